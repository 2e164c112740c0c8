"""The policy as an operator writes it: a TOML file, its calendars, and a table of cases to review it by."""

from bot.policy_file.problems import BadPolicy, Fault, Problem
from bot.policy_file.reading import policy_from, read_policy, text_of

__all__ = ["BadPolicy", "Fault", "Problem", "policy_from", "read_policy", "text_of"]
