"""What people paste: a request's address, as the cloud's own pages show it, and ``tccli`` lines.

Sources: seed document, request example; fact sheet, section 9.3. Of an address only the action and the operation's
own parameters are looked at, so that a key or a signature in it goes nowhere.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote_plus

from bot.domain.command.fields import REASON, fold, is_placeholder, keys
from bot.domain.command.words import Word
from bot.domain.operation import OPERATIONS, Operation

_BEFORE = frozenset({"$", "get", "post", "curl"})
_MARKS = "*_~`\"'>)],;."
_ADDRESS = re.compile(r"[^\s?&=]*\?|(?=action=)", re.IGNORECASE)
_PARAMETER = re.compile(
    r"\s*+(?:(?P<joint>&)\s*+)?(?:<[^<>]*>|(?P<name>[A-Za-z][A-Za-z0-9._]*)=(?P<value><[^<>]*>|[^\s&]*))"
)
_SERVICE = "bmlb"

# The API's own word on what kind of host it is, which we know from the cloud itself.
TYPED_IGNORED: Mapping[str, bool] = MappingProxyType({"bindtype": True})
# tccli's global options, and whether each takes a value.
TCCLI_IGNORED: Mapping[str, bool] = MappingProxyType(
    {
        **TYPED_IGNORED,
        **dict.fromkeys(("region", "profile", "secretid", "secretkey", "token", "output", "filter", "timeout"), True),
        **dict.fromkeys(("endpoint", "language", "version", "rolearn", "rolesessionname"), True),
        **dict.fromkeys(("usecvmrole", "cliunfoldargument", "warning", "detail"), False),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paste:
    """A pasted request.

    ``action`` is ``""`` where it names none; ``operation`` is None where the action is none of ours. ``fields`` are
    its parameters by our names. The text behind it begins at ``rest``, where the keys ``ignored`` say nothing.
    """

    action: str
    operation: type[Operation] | None
    fields: tuple[tuple[str, str], ...]
    rest: int
    ignored: Mapping[str, bool]


def actions() -> tuple[str, ...]:
    """Return the actions a pasted request may name."""
    described = [operation.description for operation in OPERATIONS.values()]
    return tuple(action for one in described for action in (one.v2_action, one.v3_action))


def paste_at(text: str, words: Sequence[Word], index: int, end: int) -> Paste | None:
    """Return the request pasted at ``words[index]``, or None where the person typed something else."""
    while index < len(words) and words[index].bare.lower() in _BEFORE:
        index += 1
    if index >= len(words):
        return None
    head = words[index].text.lower()
    if words[index].bare.lower() == "tccli":
        return _command_line(words[index + 1 :], end)
    if "://" in head or head.lstrip("*_~`\"'").startswith("action=") or ("?" in head and "action=" in head):
        return _address(text, words[index].start, end)
    return None


def _operation(action: str) -> type[Operation] | None:
    known = (
        one
        for one in OPERATIONS.values()
        if fold(action) in {fold(one.description.v2_action), fold(one.description.v3_action)}
    )
    return next(known, None)


def _command_line(words: Sequence[Word], end: int) -> Paste:
    named, behind = words[:2], words[2:]
    service, action = [*(word.bare for word in named), "", ""][:2]
    operation = _operation(action) if service.lower() == _SERVICE else None
    if operation is None and service.lower() != _SERVICE:
        action = f"{service} {action}".strip()
    rest = behind[0].start if behind else end
    return Paste(action=action, operation=operation, fields=(), rest=rest, ignored=TCCLI_IGNORED)


def _address(text: str, start: int, end: int) -> Paste:
    while text[start] in _MARKS:
        start += 1
    head = _ADDRESS.match(text, start, end)
    at = head.end() if head else end
    is_first, found = True, []
    while parameter := _PARAMETER.match(text, at, end):
        is_joined = bool(parameter["joint"]) or is_first
        if not is_joined or fold(parameter["name"] or "") == REASON:
            break
        if parameter["name"]:
            found.append((fold(parameter["name"]), _unquoted(parameter["value"])))
        is_first, at = False, parameter.end()
    action = ", ".join(dict.fromkeys(value for name, value in found if name == "action"))
    operation = _operation(action)
    names = keys(operation.description) if operation else {}
    fields = tuple((names[name], value) for name, value in found if names.get(name, REASON) != REASON and value)
    return Paste(action=action, operation=operation, fields=fields, rest=at, ignored=TYPED_IGNORED)


def _unquoted(value: str) -> str:
    return value if is_placeholder(value) else unquote_plus(value).strip(_MARKS)
