"""Requests to the control API, read and checked."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request


class BadWish(ValueError):
    """A request that can't be understood; the message says why."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A JSON object somebody posted."""

    body: dict[str, Any]

    def text(self, name: str) -> str:
        """Return a string that must be there."""
        value = self.body.get(name)
        if not isinstance(value, str):
            message = f"{name!r} must be a string"
            raise BadWish(message)
        return value

    def maybe_text(self, name: str) -> str | None:
        """Return a string that may be missing."""
        return None if self.body.get(name) is None else self.text(name)

    def number(self, name: str) -> float:
        """Return a number that must be there."""
        value = self.body.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            message = f"{name!r} must be a number"
            raise BadWish(message)
        return float(value)

    def items(self, name: str) -> list[object]:
        """Return an array that must be there."""
        value = self.body.get(name)
        if not isinstance(value, list):
            message = f"{name!r} must be an array"
            raise BadWish(message)
        return value

    def form(self, name: str) -> dict[str, dict[str, str]]:
        """Return a form: block id, action id, text."""
        value = self.body.get(name, {})
        fine = isinstance(value, dict) and all(isinstance(fields, dict) for fields in value.values())
        if not fine or not all(isinstance(text, str) for fields in value.values() for text in fields.values()):
            message = f"{name!r} must be an object of block ids, of action ids, of strings"
            raise BadWish(message)
        return dict(value)


async def read(request: Request) -> Wish:
    """Return the JSON object in ``request``.

    Only ``application/json`` is taken: no page of another site can make a browser send it here.

    Raises:
        BadWish: it isn't one.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        message = "send application/json"
        raise BadWish(message)
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        message = "send a JSON object"
        raise BadWish(message)
    return Wish(body)
