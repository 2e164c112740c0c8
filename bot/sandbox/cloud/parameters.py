"""The parameters of an action: how each face names them, what they may be, and how they are read."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox.cloud.problems import MISSING_PARAMETER, UNKNOWN_PARAMETER, Problem
from bot.sandbox.cloud.tasks import task_number

_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
_ELEMENT = re.compile(r"([^.]+)\.(\d{1,6})(?:\.([^.]+))?", re.ASCII)


class Unfit(Exception):
    """A value is not what its parameter allows; ``allowed`` says what is."""

    def __init__(self, *, allowed: str) -> None:
        super().__init__(allowed)
        self.allowed = allowed


Convert = Callable[[object], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter: our name, the name on each face (None: not offered there), and how its value is read."""

    name: str
    v2: str | None
    v3: str | None
    convert: Convert
    required: bool = False


def text(*choices: str, pattern: str = "") -> Convert:
    """Return how a text is read: any, one of ``choices``, or what fits ``pattern``."""

    def convert(given: object) -> str:
        if not isinstance(given, str):
            raise Unfit(allowed="a string")
        if choices and given not in choices:
            raise Unfit(allowed=", ".join(choices))
        if pattern and not re.fullmatch(pattern, given, re.ASCII):
            raise Unfit(allowed=pattern)
        return given

    return convert


def integer(least: int, most: int) -> Convert:
    """Return how an integer from ``least`` to ``most`` is read."""

    def convert(given: object) -> int:
        if isinstance(given, Written):
            given = int(given) if _INTEGER.fullmatch(given) else given
        if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
            raise Unfit(allowed=f"an integer, {least} to {most}")
        return given

    return convert


def texts(given: object) -> tuple[str, ...]:
    """Read an array of strings."""
    if not isinstance(given, list) or not all(isinstance(element, str) for element in given):
        raise Unfit(allowed="an array of strings")
    return tuple(given)


def bindings(given: object) -> tuple[tuple[str, int], ...]:
    """Read an array of {port, instanceId} as (host, port) pairs; both belong to every element."""
    if not isinstance(given, list) or not all(isinstance(element, dict) for element in given):
        raise Unfit(allowed="an array of {port, instanceId}")
    found = []
    for element in given:
        by_name = {str(key)[:1].lower() + str(key)[1:]: value for key, value in element.items()}
        found.append((text()(by_name.get("instanceId")), PORT(by_name.get("port"))))
    return tuple(found)


def task_id(given: object) -> int:
    """Read a task id in any of its forms: an integer, digits, or digits with a suffix (fact sheet, section 9.4)."""
    number = given if isinstance(given, int) and not isinstance(given, bool) else task_number(str(given))
    if number is None:
        raise Unfit(allowed="a task id")
    return number


PORT = integer(1, 65535)


class Written(str):
    """A value that came as text in a query or a form, where integers are written in decimal."""

    __slots__ = ()


def unflatten(flat: Mapping[str, str]) -> dict[str, Any]:
    """Return nested values from dotted names: ``a.0=x`` and ``b.1.port=2``; any indexes, ordered by number (Q25)."""
    plain: dict[str, Any] = {}
    elements: dict[str, dict[int, Any]] = {}
    for key, value in flat.items():
        match = _ELEMENT.fullmatch(key)
        if not match:
            plain[key] = Written(value)
        elif match[3]:
            element = elements.setdefault(match[1], {}).setdefault(int(match[2]), {})
            if isinstance(element, dict):
                element[match[3]] = Written(value)
        else:
            elements.setdefault(match[1], {})[int(match[2])] = Written(value)
    return plain | {name: [by_index[n] for n in sorted(by_index)] for name, by_index in elements.items()}


def read_v2(parameters: Sequence[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values by our names; parameters that nobody asked for are ignored.

    Raises:
        Problem: 9003, one is missing or not allowed.
    """
    return _read([(each, each.v2) for each in parameters if each.v2], given, missing=9003)


def read_v3(parameters: Sequence[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values by our names.

    Raises:
        Problem: ``UnknownParameter``, ``MissingParameter`` or 9003 (``InvalidParameter``).
    """
    named = [(each, each.v3) for each in parameters if each.v3]
    unknown = sorted(set(given) - {name for _, name in named})
    if unknown:
        raise Problem(UNKNOWN_PARAMETER, ", ".join(unknown))
    return _read(named, given, missing=MISSING_PARAMETER)


def _read(named: list[tuple[Parameter, str]], given: Mapping[str, Any], missing: int | str) -> dict[str, Any]:
    values = {}
    for parameter, name in named:
        if given.get(name) in (None, "", []):
            if parameter.required:
                raise Problem(missing, name)
            continue
        try:
            values[parameter.name] = parameter.convert(given[name])
        except Unfit as unfit:
            detail = f"{name}={str(given[name])[:80]} (allowed: {unfit.allowed})"
            raise Problem(9003, detail) from unfit
    return values
