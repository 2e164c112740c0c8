"""A table of cases that a policy is reviewed by: who asks for what, and what must come of it."""

import pathlib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.operation import OPERATIONS
from bot.domain.policy import Asker, Policy, Request, SlackGroup
from bot.policy_file.conditions import read_facts
from bot.policy_file.groups import PERSON
from bot.policy_file.places import places
from bot.policy_file.problems import Fault, Findings, not_toml
from bot.policy_file.reading import text_of
from bot.policy_file.table import Table

OUTCOMES = ("runs", "waits", "denied", "wrong_channel", "reason_lacks", "nobody_can_approve", "frozen",
            "no_emergencies", "not_for_emergencies", "frozen_for_emergencies")  # fmt: skip
TOP_KEYS = {"people": '{ U0ANNA = ["lb-team"] }', "case": '[{ name = "…" }]'}
EXPECT_KEYS = {"outcome": '"waits"', "rule": '"everything else"', "approvals": "2", "missing": "1",
               "can_approve": '["U0BO"]'}  # fmt: skip
CASE_KEYS = {
    "name": '"the last healthy backend at night"',
    "who": '"U0ANNA"',
    "operation": '"probe-port"',
    "load_balancer": '"lb-abcdefgh"',
    "listener": '"lbl-abcdefgh"',
    "region": '"ap-guangzhou"',
    "channel": '"C0OPS"',
    "channel_name": '"ops"',
    "at": "2026-11-26T02:00:00+08:00",
    "facts": '["last_alive"]',
    "frozen": "true",
    "reason": '"CHG-1234 health endpoint moved"',
    "emergency": "true",
    "granted": '["U0ANNA"]',
    "approved": '["U0BO"]',
    "away": '["U0ANNA"]',
    "expect": '{ outcome = "waits", rule = "everything else", missing = 1, can_approve = ["U0BO"] }',
}
MOST = 1_000  # approvals of one rule, by far


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What must come of a case. ``outcome`` is one of ``OUTCOMES``; what is None is not looked at."""

    outcome: str
    rule: str | None = None
    approvals: int | None = None
    missing: int | None = None
    can_approve: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. ``people`` are those who are there, with their groups; ``approved`` clicked, in this order.

    ``granted`` approved in advance, each with a grant that names the listener.
    ``frozen`` says that somebody froze the load balancer; what the policy's calendars freeze shows at ``request.at``.
    ``emergency`` says that whoever asks breaks the glass.
    """

    name: str
    request: Request
    reason: str
    people: Mapping[str, frozenset[str]]
    emergency: bool
    approved: tuple[str, ...]
    expected: Expected
    frozen: bool = False
    granted: tuple[str, ...] = ()


def read_cases(path: pathlib.Path, policy: Policy) -> tuple[Case, ...]:
    """Return the cases in the file at ``path`` for ``policy``.

    Raises:
        BadPolicy: with everything that is wrong in it.
        OSError: it can't be read.
    """
    text = text_of(path)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise not_toml(error, text) from error
    findings = Findings(places(text))
    top = Table(values, (), findings, TOP_KEYS)
    for key in TOP_KEYS:
        top.needs(key)
    people = _people(top, policy)
    cases = tuple(_case(table, policy, people) for table in top.tables("case", CASE_KEYS))
    findings.settle()
    return cases


def _people(top: Table, policy: Policy) -> dict[str, frozenset[str]]:
    """Return who is there, each with all the groups that hold them: those of Slack stand in the file."""
    slack = {name: group.id for name, group in policy.groups.items() if isinstance(group, SlackGroup)}
    table = top.open_table("people")
    found: dict[str, frozenset[str]] = {}
    for person in table:
        if not PERSON.fullmatch(person):
            table.wrong((person,), Fault.BAD_PERSON, value=person)
        held = table.texts(person, may_be_empty=True)
        for place, name in enumerate(held):
            if name not in slack:
                table.wrong((person, place), Fault.UNKNOWN_GROUP, value=name, allowed=tuple(slack))
        found[person] = policy.groups_of(person, {slack[name] for name in held if name in slack})
    return found


def _case(table: Table, policy: Policy, people: Mapping[str, frozenset[str]]) -> Case:
    for key in ("name", "who", "at", "expect"):
        table.needs(key)
    away = _present(table, "away", table.texts("away", may_be_empty=True), people)
    there = {person: groups for person, groups in people.items() if person not in away}
    who = _present(table, "who", (table.text("who"),) if "who" in table else (), there)
    approved = _present(table, "approved", table.texts("approved", may_be_empty=True), there)
    facts, targets = read_facts(table)
    request = Request(
        operation=table.text("operation", next(iter(OPERATIONS))),
        load_balancer=table.text("load_balancer", "lb-any"),
        listener=table.text("listener", "lbl-any"),
        region=table.text("region", "any"),
        asker=Asker(
            id="".join(who),
            groups=there.get("".join(who), frozenset()),
            channel=table.text("channel", "C0ANY"),
            channel_name=table.text("channel_name") or None,
        ),
        at=table.moment("at", datetime.fromtimestamp(0, UTC)).timestamp(),
        facts=facts,
        targets=max(targets, 1),
    )
    expect = table.table("expect", EXPECT_KEYS)
    if "expect" in table:
        expect.needs("outcome")
    return Case(
        name=table.text("name"),
        request=request,
        reason=table.text("reason"),
        people=there,
        emergency=table.flag("emergency", default=False),
        approved=approved,
        expected=_expected(expect, policy, there),
        frozen=table.flag("frozen", default=False),
        granted=_present(table, "granted", table.texts("granted", may_be_empty=True), there),
    )


def _present(table: Table, key: str, who: tuple[str, ...], people: Collection[str]) -> tuple[str, ...]:
    for person in who:
        if person not in people:
            table.wrong((key,), Fault.NOT_PRESENT, value=person, allowed=tuple(people))
    return who


def _expected(table: Table, policy: Policy, people: Collection[str]) -> Expected:
    outcome, rules = table.text("outcome", OUTCOMES[0]), tuple(rule.name for rule in policy.rules)
    if outcome not in OUTCOMES:
        table.wrong(("outcome",), Fault.UNKNOWN_OUTCOME, value=outcome, allowed=OUTCOMES)
    rule = table.text("rule")
    if rule and rule not in rules:
        table.wrong(("rule",), Fault.UNKNOWN_RULE, value=rule, allowed=rules)
    able = _present(table, "can_approve", table.texts("can_approve", may_be_empty=True), people)
    return Expected(
        outcome=outcome,
        rule=rule or None,
        approvals=table.whole("approvals", 0, least=0, most=MOST) if "approvals" in table else None,
        missing=table.whole("missing", 0, least=0, most=MOST) if "missing" in table else None,
        can_approve=frozenset(able) if "can_approve" in table else None,
    )
