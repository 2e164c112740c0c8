"""The app as the workspace has it installed, and how Slack says no to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

SCOPES = frozenset({
    "channels:history", "channels:join", "channels:read", "chat:write", "commands", "groups:history", "groups:read",
    "im:history", "im:read", "im:write", "pins:write", "reactions:write", "team:read", "usergroups:read", "users:read",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """One installed app: its ids, tokens, signing secret and bot scopes.

    ``commands`` maps each slash command to its manifest's ``should_escape``.
    """

    id: str = "A0SANDBOX"
    bot_id: str = "B0COUNTER"
    name: str = "countersign"
    bot_token: str = field(default="xoxb-sandbox", repr=False)
    app_token: str = field(default="xapp-sandbox", repr=False)
    signing_secret: str = field(default="signing-secret-of-the-sandbox", repr=False)
    scopes: frozenset[str] = SCOPES
    commands: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({"/lb": True}))


class Refused(Exception):
    """Slack's answer ``ok: false``: ``error`` is its code, ``facts`` the fields that stand beside it."""

    def __init__(self, *, error: str, **facts: object) -> None:
        super().__init__(error)
        self.error = error
        self.facts = facts


def invalid(messages: list[str], *, error: str = "invalid_arguments") -> Refused:
    """Return a refusal that lists what is wrong, as Slack does in ``response_metadata.messages``."""
    return Refused(error=error, response_metadata={"messages": messages})
