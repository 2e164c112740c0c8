"""From the bytes of an HTTP answer to typed fields, or to the error that says what is wrong with them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from bot.cloud.call import Call, Origin
from bot.cloud.codes import UNKNOWN, Ours, v2_code
from bot.domain.errors import CloudError

_SHOWN = 8192  # bytes of an unreadable body that the error starts from; the transport removes secrets, then cuts
_CODE_MOST = 100  # characters; the longest documented code has 45
_DIGITS = 18  # a number sent as text is no longer than a 64-bit integer
_SUCCESS = 200
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})  # asking again may help


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One HTTP answer. ``skew`` is its Date header minus our clock, in seconds."""

    status: int
    body: bytes
    skew: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One JSON object of an answer. ``place`` is where it stands, as ``listenerSet[0].``.

    ``spelling`` turns a v2 name into the name this API version uses: 3.0 spells them with an upper first letter.
    A field that is missing or of another type raises ``CallUnanswered`` with the code ``unreadable`` and the field's
    full name as its message.
    """

    fields: Mapping[str, Any]
    origin: Origin
    spelling: Callable[[str], str] = str
    place: str = ""

    def text(self, name: str) -> str:
        """Return a text; an id given as a number comes back in decimal."""
        value = self._field(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            raise self.unreadable(name)
        return printable(value)

    def optional(self, name: str) -> str:
        """Return a text, ``""`` where the field is missing or null."""
        return "" if self.fields.get(self.spelling(name)) is None else self.text(name)

    def number(self, name: str) -> int:
        """Return an integer, also one that came as text."""
        number = integer(self._field(name))
        if number is None:
            raise self.unreadable(name)
        return number

    def records(self, name: str) -> tuple[Self, ...]:
        """Return the objects of an array; null counts as an empty one."""
        value = self._field(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.unreadable(name)
        return tuple(self._inner(entry, f"{name}[{index}]") for index, entry in enumerate(value))

    def record(self, name: str) -> Self:
        """Return an object."""
        return self._inner(self._field(name), name)

    def unreadable(self, name: str) -> CloudError:
        """Return the error that names the field ``name``."""
        return self.origin.silence(Ours.UNREADABLE, f"{self.place}{self.spelling(name)}")

    def _field(self, name: str) -> Any:  # noqa: ANN401  # JSON has no type yet; every caller checks it
        try:
            return self.fields[self.spelling(name)]
        except KeyError:
            raise self.unreadable(name) from None

    def _inner(self, value: object, name: str) -> Self:
        if not isinstance(value, dict):
            raise self.unreadable(name)
        return replace(self, fields=value, place=f"{self.place}{self.spelling(name)}.")


def read_v2(reply: Reply, call: Call) -> Record:
    """Return the answer of a v2 call; fact sheet, section 6.1.

    Raises:
        CloudError: the answer is a failure, or isn't one of API v2.
    """
    answer = Record(fields=_json_object(reply, call), origin=Origin(call=call, skew=reply.skew))
    code = answer.number("code")
    if code:
        message = _any_text(answer.fields.get("message"))
        raise answer.origin.refusal(v2_code(code, message, _any_text(answer.fields.get("codeDesc"))), message)
    return answer


def read_v3(reply: Reply, call: Call) -> Record:
    """Return the ``Response`` of a 3.0 call; fact sheet, section 9.2.

    Raises:
        CloudError: the answer is a failure, or isn't one of API 3.0.
    """
    outer = Record(fields=_json_object(reply, call), origin=Origin(call=call, skew=reply.skew), spelling=upper_first)
    response = outer.record("response")
    named = outer.origin.named(response.optional("requestId"))
    answer = replace(response, origin=named)
    if answer.fields.get("Error") is not None:
        error = answer.record("error")
        raise named.refusal(error.text("code")[:_CODE_MOST] or UNKNOWN, _any_text(error.fields.get("Message")))
    return answer


def upper_first(name: str) -> str:
    """Return ``name`` as API 3.0 spells it."""
    return name[:1].upper() + name[1:]


def integer(value: object) -> int | None:
    """Return a JSON integer, or a text of decimal digits, as a number; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) <= _DIGITS and value.removeprefix("-").isdecimal():
        return int(value)
    return None


def printable(text: str) -> str:
    """Return ``text`` without what a database or a terminal refuses: lone surrogates and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _json_object(reply: Reply, call: Call) -> dict[str, Any]:
    origin = Origin(call=call, skew=reply.skew)
    shown = printable(reply.body[:_SHOWN].decode("utf-8", "replace"))
    if reply.status != _SUCCESS:
        # Both APIs answer failures with 200 too: any other status is a gateway's, and says nothing of the call.
        raise origin.silence(Ours.HTTP_STATUS, f"HTTP {reply.status}: {shown}", retryable=reply.status in _PASSING)
    try:
        parsed = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise origin.silence(Ours.NOT_JSON, shown, retryable=True) from error
    if not isinstance(parsed, dict):
        raise origin.silence(Ours.NOT_JSON, shown, retryable=True)
    return parsed


def _any_text(value: object) -> str:
    return printable(value) if isinstance(value, str) else ""
