"""The Web API methods the stand-in serves: adding one is one function under ``@method``."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.sandbox.slack.app import Refused, invalid
from bot.sandbox.slack.platform import Platform

# Errors Slack gives on every method, which the single methods' pages don't repeat.
EVERYWHERE = frozenset({
    "not_authed", "invalid_auth", "not_allowed_token_type", "token_revoked", "missing_scope", "invalid_arguments",
    "unknown_method", "ratelimited", "internal_error",
})  # fmt: skip


class TooFast(Exception):
    """Slack's 429; ``seconds`` is its ``Retry-After``."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call with its accepted arguments, whichever way they came: query, form or JSON."""

    platform: Platform
    args: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a string argument, ``""`` where it isn't given."""
        value = self.args.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """Return a boolean argument; ``1`` and ``true`` are true, too."""
        return str(self.args.get(name, "")).lower() in {"1", "true"}

    def structure(self, name: str, *, error: str = "invalid_arguments") -> Any:  # noqa: ANN401 - JSON of any shape
        """Return a nested argument; a string is read as JSON.

        Raises:
            Refused: ``error``, where it can't be read.
        """
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise invalid([f"[ERROR] must be valid JSON [json-pointer:/{name}]"], error=error) from None

    def need(self, scope: str) -> None:
        """Hold the token to ``scope``.

        Raises:
            Refused: ``missing_scope``, with what was needed and what the token has.
        """
        require(self.platform, (scope,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method: what it takes, what it may refuse, and what it costs.

    ``scopes`` are alternatives. ``tier`` is ``t1`` to ``t4``, or ``t5`` for Slack's "special". ``caller`` says whose
    token it wants.
    """

    name: str
    run: Callable[[Call], dict[str, Any]]
    tier: str
    scopes: tuple[str, ...]
    required: tuple[str, ...]
    optional: tuple[str, ...]
    errors: frozenset[str]
    caller: Literal["bot", "app", "anybody"]


METHODS: dict[str, Method] = {}


def method(
    name: str,
    *,
    tier: str,
    scopes: tuple[str, ...] = (),
    required: tuple[str, ...] = (),
    optional: tuple[str, ...] = (),
    errors: tuple[str, ...] = (),
    caller: Literal["bot", "app", "anybody"] = "bot",
) -> Callable[[Callable[[Call], dict[str, Any]]], Callable[[Call], dict[str, Any]]]:
    """Register the decorated function as the method ``name``; it returns the fields beside ``ok: true``."""

    def register(run: Callable[[Call], dict[str, Any]]) -> Callable[[Call], dict[str, Any]]:
        METHODS[name] = Method(
            name=name,
            run=run,
            tier=tier,
            scopes=scopes,
            required=required,
            optional=optional,
            errors=frozenset(errors),
            caller=caller,
        )
        return run

    return register


def require(platform: Platform, scopes: tuple[str, ...]) -> None:
    """Hold the bot's token to one of ``scopes``.

    Raises:
        Refused: ``missing_scope``.
    """
    if scopes and not platform.app.scopes.intersection(scopes):
        provided = ",".join(sorted(platform.app.scopes))
        raise Refused(error="missing_scope", needed=",".join(scopes), provided=provided)
