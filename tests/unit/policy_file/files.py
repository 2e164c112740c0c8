"""Policy files in a folder that has nothing but a few calendars."""

from pathlib import Path

from bot.domain.policy import Policy
from bot.policy_file import BadPolicy, Fault, policy_from

HERE = Path(__file__).parent / "calendars"
ACME = Path(__file__).parents[3] / "docs" / "policy"


def read(text: str) -> Policy:
    return policy_from(text, HERE, expires_minutes=60)


def mistakes(text: str) -> list[tuple[int, Fault]]:
    """Return the line and the kind of everything that is wrong with ``text``."""
    try:
        read(text)
    except BadPolicy as bad:
        return [(problem.line, problem.fault) for problem in bad.problems]
    return []
