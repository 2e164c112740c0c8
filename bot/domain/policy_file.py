"""The policy as an operator writes it: a small TOML file."""

import tomllib
from difflib import get_close_matches

from bot.domain.policy import Policy

EXPIRES_MIN, EXPIRES_MAX = 1, 10_080  # minutes; a week
KEYS = ("expires_minutes", "needs_health_check")


class BadPolicy(Exception):
    """A policy that can't be used. ``why`` is what is wrong, ``allowed`` what would be right, with an example."""

    def __init__(self, *, why: str, allowed: str) -> None:
        super().__init__(why, allowed)
        self.why = why
        self.allowed = allowed


def read_policy(text: str, *, expires_minutes: int) -> Policy:
    """Return the policy that ``text`` says; ``expires_minutes`` (1-10080) holds where it doesn't.

    Raises:
        BadPolicy: not TOML, an unknown key, or a value that isn't allowed.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(why=f"not TOML: {error}", allowed="lines like: expires_minutes = 60") from error
    for key in table:
        if key not in KEYS:
            near = get_close_matches(key, KEYS, n=1)
            allowed = f"did you mean {near[0]}?" if near else f"keys: {', '.join(KEYS)}"
            raise BadPolicy(why=f"unknown key {key!r}", allowed=allowed)
    minutes = table.get("expires_minutes", expires_minutes)
    if type(minutes) is not int or not EXPIRES_MIN <= minutes <= EXPIRES_MAX:
        allowed = f"whole minutes, {EXPIRES_MIN} to {EXPIRES_MAX}; for example: expires_minutes = 60"
        raise BadPolicy(why=f"expires_minutes is {minutes!r}", allowed=allowed)
    needs = table.get("needs_health_check", True)
    if type(needs) is not bool:
        allowed = "true or false; for example: needs_health_check = true"
        raise BadPolicy(why=f"needs_health_check is {needs!r}", allowed=allowed)
    return Policy(expires_after=minutes * 60.0, needs_health_check=needs)
