"""``[[rule]]``: what applies to which request, and what it asks."""

import re
from collections.abc import Sequence

from bot.domain.policy import ANYONE, Asks, Confirm, Deny, Rule, Stage, Tally
from bot.policy_file.conditions import CONDITION_KEYS, Names, read_channels, read_when
from bot.policy_file.groups import named_people, read_who
from bot.policy_file.problems import Fault
from bot.policy_file.table import Table

STAGE_KEYS = {"approvers": '["lb-team"]', "count": "1"}
ASK_KEYS = {
    "approvers": '["anyone"]',
    "approvals": "1",
    "stages": '[{ approvers = ["lb-team"], count = 1 }]',
    "requester_counts": "false",
    "confirm": '"typed"',
    "reason": '"INC-[0-9]+"',
    "reason_example": '"INC-7 the pool is dry"',
    "pings": '["on-call"]',
    "expires_minutes": "60",
    "channels": '["#inc-*", "C0OPS"]',
    "freeze_approvers": '["leads"]',
}
RULE_KEYS = {"name": '"everything else"', **CONDITION_KEYS, "deny": '"Ask the network team."', **ASK_KEYS}
COUNT_MOST = 20  # approvals of one stage
MINUTES_MOST = 10_080  # a week, as for the whole installation


def read_rules(tables: Sequence[Table], names: Names, minutes: int) -> tuple[Rule, ...]:
    """Return the rules of the file, in its order; ``minutes`` are those of a rule that doesn't say when it expires."""
    rules = tuple(_rule(table, names, minutes) for table in tables)
    read = [(rule, table.sound) for rule, table in zip(rules, tables, strict=True)]
    for later, table in enumerate(tables):
        rule = rules[later]
        if rule.name and rule.name in {earlier.name for earlier, _ in read[:later]}:
            table.wrong(("name",), Fault.NAME_TAKEN, name=rule.name)
        before = [earlier.name for earlier, sound in read[:later] if sound and earlier.when.covers(rule.when)]
        if before:
            table.wrong((), Fault.UNREACHABLE, name=rule.name, earlier=before[0])
    if tables and (conditions := tables[-1].have(*CONDITION_KEYS)):
        tables[-1].wrong((), Fault.LAST_HAS_CONDITIONS, name=rules[-1].name, conditions=conditions)
    return rules


def _rule(table: Table, names: Names, minutes: int) -> Rule:
    table.needs("name")
    when = read_when(table, names)
    asked = table.have(*ASK_KEYS)
    if "deny" not in table:
        approvers = read_who(table, "freeze_approvers", names.people)
        then = _asks(table, names, minutes, when_frozen=approvers)
        return Rule(name=table.text("name"), when=when, then=then, freeze_approvers=approvers)
    if asked:
        table.wrong(("deny",), Fault.DENIES_AND_ASKS, keys=asked)
    return Rule(name=table.text("name"), when=when, then=Deny(text=table.text("deny")))


def _asks(table: Table, names: Names, minutes: int, *, when_frozen: tuple[str, ...]) -> Asks:
    stages = _stages(table, names)
    asked_last = (Stage(approvers=when_frozen),) if when_frozen else ()
    _must_be_fillable(table, (*stages, *asked_last), names)
    confirm = table.text("confirm", Confirm.CLICK)
    if confirm not in list(Confirm):
        table.wrong(("confirm",), Fault.BAD_CONFIRM, value=confirm, allowed=tuple(Confirm))
        confirm = Confirm.CLICK
    reason, example = read_reason(table)
    return Asks(
        stages=stages,
        requester_counts=table.flag("requester_counts", default=False),
        confirm=Confirm(confirm),
        reason=reason,
        reason_example=example,
        pings=read_who(table, "pings", names.people - {ANYONE}),
        expires_after=table.whole("expires_minutes", minutes, least=1, most=MINUTES_MOST) * 60.0,
        channels=read_channels(table, "channels"),
    )


def _stages(table: Table, names: Names) -> tuple[Stage, ...]:
    if "stages" in table:
        if table.have("approvers", "approvals"):
            table.wrong(("stages",), Fault.ASKS_TWICE)
        tables = table.tables("stages", STAGE_KEYS)
        for one in tables:
            one.needs("approvers")
        stages = tuple(_stage(one, "count", names) for one in tables)
    else:
        if "approvers" not in table:
            table.wrong((), Fault.ASKS_NOTHING, name=table.text("name"))
        stages = (_stage(table, "approvals", names),)
    return stages


def _stage(table: Table, key: str, names: Names) -> Stage:
    approvers = read_who(table, "approvers", names.people)
    return Stage(approvers=approvers, count=table.whole(key, 1, least=1, most=COUNT_MOST))


def _must_be_fillable(table: Table, stages: tuple[Stage, ...], names: Names) -> None:
    """Note it where the stages that only named people can fill need more people than are named."""
    people: set[str] = set()
    closed: list[Stage] = []
    for stage in stages:
        named = named_people(stage.approvers, names.groups)
        if named and stage.approvers:
            people |= named
            closed.append(Stage(approvers=tuple(sorted(named)), count=stage.count))
    tally = Tally(stages=tuple(closed), approved=dict.fromkeys(sorted(people), frozenset()))
    if closed and not tally.complete:
        needs = sum(stage.count for stage in closed)
        key = "stages" if "stages" in table else "approvals"
        table.wrong((key,), Fault.TOO_FEW_PEOPLE, needs=needs, have=needs - tally.missing_in_all)


def read_reason(table: Table) -> tuple[str, str]:
    """Return the regular expression for reasons that the table says, and the example that it must take."""
    reason, example = table.text("reason"), table.text("reason_example")
    if "reason_example" in table and "reason" not in table:
        table.needs("reason")
    if "reason" not in table:
        return "", example
    table.needs("reason_example")
    try:
        found = re.search(reason, example)
    except re.error as error:
        table.wrong(("reason",), Fault.BAD_REASON, value=reason, error=error, example=table.example("reason"))
        return "", example
    if example and not found:
        table.wrong(("reason_example",), Fault.BAD_EXAMPLE, value=example, reason=reason)
    return reason, example
