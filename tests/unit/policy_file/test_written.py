"""Whatever a policy is, its file is read as it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.policy import (
    Asks,
    Calendar,
    Confirm,
    Deny,
    Emergency,
    FreezeRules,
    Grants,
    LiveFact,
    People,
    Policy,
    Rule,
    Stage,
    When,
    Window,
)
from tests.unit.policy.making import NAMED, WEEKLY
from tests.unit.policy_file.files import read
from tests.unit.policy_file.writing import written

NAMES = ("anyone", "lb-team", "leads", "on-call", "U0CY", "U0DI")
WHO = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(tuple)


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2).map(tuple)


def has_people(stages: tuple[Stage, ...]) -> bool:
    """Say whether stages that only people who are named can fill name as many as there are stages."""
    groups = {name: group.ids for name, group in NAMED.items() if isinstance(group, People)}
    closed = [stage for stage in stages if all(who in groups or who.startswith("U") for who in stage.approvers)]
    named = {one for stage in closed for who in stage.approvers for one in groups.get(who, {who})}
    return len(named) >= len(closed)


CHANNELS = some("C0OPS", "#inc-*", "#ops")
WHENS = st.builds(
    When,
    operation=some("probe-port", "probe-*"),
    load_balancer=some("lb-a", "lb-core*", "l*", "lb-[ab]?"),
    listener=some("lbl-a", "lbl-*"),
    region=some("ap-*", "eu"),
    channel=CHANNELS,
    requester=some("lb-team", "U0CY"),
    window=some("nightly", "weekend"),
    facts=st.frozensets(st.sampled_from(LiveFact)),
    targets=st.integers(0, 3),
)
ASKS = st.builds(
    Asks,
    stages=st.lists(st.builds(Stage, approvers=WHO, count=st.just(1)), min_size=1, max_size=2)
    .map(tuple)
    .filter(has_people),
    requester_counts=st.booleans(),
    confirm=st.sampled_from(Confirm),
    pings=some("lb-team", "U0CY"),
    expires_after=st.integers(1, 10_080).map(lambda minutes: minutes * 60.0),
    channels=CHANNELS,
) | st.just(Asks(stages=(Stage(approvers=("lb-team",), count=3),), reason='"\\d+"', reason_example='see "7"'))
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=8)


def calendars(name: str) -> st.SearchStrategy[Calendar]:
    return st.builds(
        Calendar,
        name=st.just(name),
        window=st.sampled_from((("nightly",), ("weekend", "nightly"))),
        reason=TEXTS,
        load_balancer=some("lb-a", "lb-core*"),
    )


FREEZES = st.builds(
    FreezeRules,
    may_freeze=WHO,
    may_lift=WHO,
    calendars=st.just(()) | st.tuples(calendars("year-end"), calendars("q_4")),
)
RULES = st.lists(
    st.builds(Rule, name=TEXTS, when=WHENS, then=ASKS, freeze_approvers=some("lb-team"))
    | st.builds(Rule, name=TEXTS, when=WHENS, then=st.builds(Deny, text=TEXTS)),
    max_size=3,
    unique_by=lambda rule: rule.name,
)
EMERGENCIES = st.builds(
    Emergency,
    people=st.sampled_from([("lb-team",), ("leads", "U0CY")]),
    quota=st.integers(1, 100),
    period=st.integers(1, 720).map(lambda hours: hours * 3600.0),
    pings=some("lb-team", "U0CY"),
    overrides_freezes=st.booleans(),
    reviewers=st.sampled_from([("anyone",), ("lb-team", "U0DI"), ("U0DI",)]),
) | st.just(Emergency(people=("on-call",), reason="INC", reason_example="INC-7 is down"))

GRANTS = st.builds(
    Grants,
    by=WHO,
    channels=st.sampled_from([("C0OPS",), ("#inc-*", "C0OPS")]),
    lasts_most=st.integers(1, 1440).map(lambda minutes: minutes * 60.0),
    uses_most=st.integers(1, 50),
)


def reachable(rules: list[Rule]) -> bool:
    return not any(rule.when.covers(later.when) for at, rule in enumerate(rules) for later in rules[at + 1 :])


@given(
    expires=st.integers(1, 10_080),
    needs=st.booleans(),
    rules=RULES.filter(reachable),
    last=ASKS,
    windows=st.fixed_dictionaries({"nightly": WEEKLY, "weekend": WEEKLY}),
    staged=st.booleans(),
    tables=st.fixed_dictionaries(
        {"freezes": FREEZES, "grants": st.none() | GRANTS, "emergency": st.none() | EMERGENCIES}
    ),
)
def test_a_policy_that_is_written_is_read_as_it_was(
    expires: int,
    needs: bool,
    rules: list[Rule],
    last: Asks,
    windows: dict[str, Window],
    staged: bool,
    tables: dict[str, Any],
) -> None:
    rules = [rule for rule in rules if rule.when != When()]
    meant = Policy(
        expires_after=expires * 60.0,
        needs_health_check=needs,
        rules=(*rules, Rule(name="rest, at last", then=last)),
        groups=NAMED,
        windows=windows,
        **tables,
    )

    assert read(written(meant, staged=staged)) == meant
