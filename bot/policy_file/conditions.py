"""The conditions of a rule, as the file says them."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from bot.domain.operation import OPERATIONS
from bot.domain.policy import ANYONE, Group, LiveFact, When
from bot.policy_file.groups import read_who
from bot.policy_file.problems import Fault
from bot.policy_file.table import Table

CONDITION_KEYS = {
    "operation": '["probe-port"]',
    "load_balancer": '["lb-core*"]',
    "listener": '["lbl-abcdefgh"]',
    "region": '["ap-*"]',
    "channel": '["#inc-*", "C0OPS"]',
    "requester": '["on-call"]',
    "window": '["nightly"]',
    "facts": '["last_alive"]',
}
_TARGETS = re.compile(r"targets>=([1-9][0-9]{0,3})")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{2,}")  # as Slack writes channels' ids
_WILD = re.compile(r"[*?]|\[!?[^\]]+\]")
_PREFIX = {"load_balancer": "lb-", "listener": "lbl-", "region": ""}
FACTS = (*LiveFact, "targets>=2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the rules of a file may name."""

    groups: Mapping[str, Group]
    windows: frozenset[str]

    @property
    def people(self) -> frozenset[str]:
        """Return the names that stand for people, ``anyone`` included."""
        return frozenset({*self.groups, ANYONE})


def read_when(table: Table, names: Names) -> When:
    """Return when the rule in ``table`` applies."""
    facts, targets = read_facts(table)
    return When(
        operation=_checked(table, "operation", _operation),
        load_balancer=read_globs(table, "load_balancer"),
        listener=read_globs(table, "listener"),
        region=read_globs(table, "region"),
        channel=read_channels(table, "channel"),
        requester=read_who(table, "requester", names.people),
        window=read_named_windows(table, names.windows),
        facts=facts,
        targets=targets,
    )


def read_channels(table: Table, key: str) -> tuple[str, ...]:
    """Return the channels at ``key``: ids, and globs over names that begin with ``#``."""
    return _checked(table, key, _channel)


def read_globs(table: Table, key: str) -> tuple[str, ...]:
    """Return the globs over ids at ``key``: of a load balancer, a listener or a region."""
    return _checked(table, key, _glob)


def _checked(table: Table, key: str, check: Callable[[Table, str, int, str], None]) -> tuple[str, ...]:
    values = table.texts(key)
    for place, value in enumerate(values):
        check(table, key, place, value)
    return values


def _operation(table: Table, key: str, place: int, value: str) -> None:
    if not any(fnmatchcase(verb, value) for verb in OPERATIONS):
        table.wrong((key, place), Fault.UNKNOWN_OPERATION, value=value, allowed=tuple(OPERATIONS))


def _glob(table: Table, key: str, place: int, value: str) -> None:
    """Note a glob that no id can be like: ids are lower-case letters, digits and dashes behind their prefix."""
    prefix = _PREFIX[key]
    begin = _WILD.split(value, maxsplit=1)[0]
    plain = re.fullmatch(r"[a-z0-9-]*", _WILD.sub("", value))
    if not plain or not (begin.startswith(prefix) or (prefix.startswith(begin) and begin != value)):
        table.wrong((key, place), Fault.BAD_GLOB, value=value, key=key, example=table.example(key))


def _channel(table: Table, key: str, place: int, value: str) -> None:
    name = value.removeprefix("#")
    is_name = value.startswith("#") and name and not re.search(r"[\s#\[\]]|[A-Z]", _WILD.sub("", name))
    if not is_name and not _CHANNEL_ID.fullmatch(value):
        table.wrong((key, place), Fault.BAD_CHANNEL, value=value, example=table.example(key))


def read_named_windows(table: Table, windows: Collection[str]) -> tuple[str, ...]:
    """Return the names at ``window``, each of which must be one of ``windows``."""
    named = table.texts("window")
    for place, one in enumerate(named):
        if one not in windows:
            allowed = get_close_matches(one, windows, n=1) or sorted(windows)
            table.wrong(("window", place), Fault.UNKNOWN_WINDOW, value=one, allowed=tuple(allowed))
    return named


def read_facts(table: Table) -> tuple[frozenset[LiveFact], int]:
    """Return the live facts at ``facts``, and how many targets it asks for, 0 where it doesn't."""
    facts: set[LiveFact] = set()
    targets = 0
    for place, text in enumerate(table.texts("facts")):
        counted = _TARGETS.fullmatch(text.replace(" ", ""))
        if counted:
            targets = max(targets, int(counted[1]))
        elif text in list(LiveFact):
            facts.add(LiveFact(text))
        else:
            allowed = get_close_matches(text, FACTS, n=1) or FACTS
            table.wrong(("facts", place), Fault.UNKNOWN_FACT, value=text, allowed=tuple(allowed))
    return frozenset(facts), targets
