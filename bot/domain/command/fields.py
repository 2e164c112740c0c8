"""The fields of an operation: the names people give them, and whether a text can be the value of one."""

import difflib
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot.domain.command.problems import Problem, ProblemCode, shown
from bot.domain.operation import (
    HOST,
    LISTENER_ID,
    LOAD_BALANCER_ID,
    PORT_MAX,
    PORT_MIN,
    Description,
    Field,
)

REASON = "reason"
IDS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {"load_balancer": LOAD_BALANCER_ID, "listener": LISTENER_ID, "host": HOST}
)
_OTHER_NAMES = {
    "load_balancer": ("lb", "lb_id", "负载均衡", "负载均衡实例ID"),
    "listener": ("lbl", "lbl_id", "监听器", "监听器ID"),
    "host": ("instance", "backend", "cpm", "主机", "后端", "物理机实例ID"),
    "port": ("端口",),
    "probe_port": ("新的探测端口", "探测端口"),
    REASON: ("原因", "理由"),
}
_KIND = re.compile(
    r"(?P<listener>lbl[-_])|(?P<load_balancer>lb[-_])|(?P<host>t?cpm[-_]|[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9.]))",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"<(?![@#!])[^<>]*>")
_NUMBER = re.compile(r"-?[0-9]+")
_DIGITS_MAX = 9  # more can't be a port, and Python refuses to read thousands of digits


def fold(name: str) -> str:
    """Return ``name`` without what differs between spellings: case, dashes, underscores."""
    return name.replace("_", "").replace("-", "").lower()


def keys(description: Description) -> Mapping[str, str]:
    """Return each field's name by everything it is called, folded: ours, v2's, 3.0's and a few in Chinese."""
    names = dict(reason_keys())
    for field in description.fields:
        for other in (field.name, field.v2, field.v3, *_OTHER_NAMES.get(field.name, ())):
            names[fold(other)] = field.name
    return MappingProxyType(names)


def reason_keys() -> Mapping[str, str]:
    """Return the reason's name by everything it is called, folded."""
    return {fold(other): REASON for other in (REASON, *_OTHER_NAMES[REASON])}


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the one of ``known`` that ``word`` seems to mean, or all of them where none is near."""
    known = tuple(known)
    near = difflib.get_close_matches(fold(word), [fold(one) for one in known], n=1, cutoff=0.75)
    return tuple(one for one in known if fold(one) in near) or known


def kind(text: str) -> str:
    """Return the field whose id ``text`` begins like, or ``""``."""
    found = _KIND.match(text)
    return found.lastgroup or "" if found else ""


def is_placeholder(text: str) -> bool:
    """Say whether ``text`` still waits for its value: ``<port>``."""
    return _PLACEHOLDER.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Say whether ``text`` is a whole number, whatever its range."""
    return _NUMBER.fullmatch(text) is not None


def problem_with(field: Field, text: str) -> Problem | None:
    """Return why ``text`` can't be the value of ``field``, or None where it can."""
    if is_placeholder(text):
        return Problem(code=ProblemCode.MISSING_FIELD, field=field.name, allowed=(field.example,))
    if field.name in IDS:
        return _problem_with_id(field, text)
    bounds = (str(PORT_MIN), str(PORT_MAX))
    if not is_number(text):
        return Problem(code=ProblemCode.NOT_A_NUMBER, field=field.name, value=shown(text), allowed=bounds)
    if len(text) > _DIGITS_MAX or not PORT_MIN <= int(text) <= PORT_MAX:
        return Problem(code=ProblemCode.PORT_OUT_OF_RANGE, field=field.name, value=shown(text), allowed=bounds)
    return None


def _problem_with_id(field: Field, text: str) -> Problem | None:
    if kind(text) not in {field.name, ""}:
        code = ProblemCode.WRONG_KIND_OF_ID
    elif not IDS[field.name].fullmatch(text):
        code = ProblemCode.MALFORMED_ID
    else:
        return None
    return Problem(code=code, field=field.name, value=shown(text), allowed=(field.example,))
