"""Policies, requests and people for the tests, drawn small so that they meet."""

from typing import Any

from hypothesis import strategies as st

from bot.domain.policy import (
    Asker,
    Asks,
    Deny,
    Group,
    LiveFact,
    People,
    Policy,
    Request,
    Rule,
    SlackGroup,
    Spans,
    Stage,
    Weekly,
    When,
)

NAMES = ("anyone", "lb-team", "leads", "on-call")
PERSONS = ("U0ANNA", "U0BO", "U0CY", "U0DI")
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
SPRING = 1_774_738_800  # 2026-03-29 00:00 in Berlin; an hour of that night is skipped
DAY = 86_400

GROUPS = st.frozensets(st.sampled_from(NAMES[1:])).map(lambda held: held | {"anyone"})
IDS = st.text("ab-", min_size=1, max_size=3)
GLOBS = st.lists(st.text("ab-*?", min_size=1, max_size=3), max_size=2).map(tuple)
WHO = st.sampled_from(NAMES + PERSONS)
MOMENTS = st.integers(SPRING - 8 * DAY, SPRING + 8 * DAY).map(float) | st.integers(0, 2_000_000_000).map(float)

WEEKLY = st.builds(
    Weekly,
    days=st.frozensets(st.integers(0, 6), min_size=1),
    start=st.integers(0, 1439),
    end=st.integers(1, 1440),
    zone=st.sampled_from(ZONES),
).filter(lambda window: window.start != window.end)
SPANS = st.lists(st.tuples(MOMENTS, MOMENTS), max_size=4).map(Spans.of)

ASKERS = st.builds(
    Asker,
    id=st.sampled_from(PERSONS),
    groups=GROUPS,
    channel=st.sampled_from(("C0OPS", "C0INC")),
    channel_name=st.none() | IDS,
)
REQUESTS = st.builds(
    Request,
    operation=IDS,
    load_balancer=IDS,
    listener=IDS,
    region=IDS,
    asker=ASKERS,
    at=MOMENTS,
    facts=st.frozensets(st.sampled_from(LiveFact)),
    targets=st.integers(1, 3),
)
CHANNELS = st.lists(st.sampled_from(("C0OPS", "C0INC")) | st.text("ab*", max_size=2).map("#{}".format), max_size=2)
CONDITIONS: dict[str, st.SearchStrategy[Any]] = {
    "operation": GLOBS,
    "load_balancer": GLOBS,
    "listener": GLOBS,
    "region": GLOBS,
    "channel": CHANNELS.map(tuple),
    "requester": st.lists(WHO, max_size=2).map(tuple),
    "window": st.lists(st.sampled_from(("nightly", "year-end")), max_size=2).map(tuple),
    "facts": st.frozensets(st.sampled_from(LiveFact), min_size=1, max_size=2),
    "targets": st.integers(0, 3),
}
WHENS = (  # few conditions at a time, or hardly any rule would ever match
    st.lists(st.sampled_from(sorted(CONDITIONS)), min_size=1, max_size=2, unique=True)
    .flatmap(lambda names: st.fixed_dictionaries({name: CONDITIONS[name] for name in names}))
    .map(lambda said: When(**said))
)
FEW = ("lb-team", "leads", "U0ANNA")  # few, so that they compete for places
STAGES = (
    st.lists(
        st.builds(
            Stage, approvers=st.lists(st.sampled_from(FEW), min_size=1, max_size=2).map(tuple), count=st.integers(1, 2)
        ),
        min_size=1,
        max_size=3,
    )
    .filter(lambda stages: sum(stage.count for stage in stages) <= len(PERSONS))
    .map(tuple)
)
THEN = st.builds(Deny, text=IDS) | st.builds(Asks, stages=STAGES, requester_counts=st.booleans())
RULES = st.builds(
    Rule,
    name=IDS,
    when=st.just(When()) | WHENS,
    then=THEN,
    freeze_approvers=st.lists(st.sampled_from(FEW), max_size=1).map(tuple),
)
NAMED: dict[str, Group] = {
    "lb-team": SlackGroup(id="S0LB"),
    "on-call": SlackGroup(id="S0ONCALL", on_call=True),
    "leads": People(ids=frozenset({"U0ANNA", "U0BO"})),
}
POLICIES = st.builds(
    Policy,
    rules=st.tuples(st.lists(RULES, max_size=4), st.builds(Rule, name=IDS, then=THEN)).map(
        lambda two: (*two[0], two[1])
    ),
    groups=st.just(NAMED),
    windows=st.fixed_dictionaries({"nightly": WEEKLY, "year-end": SPANS}),
)
HELD = st.frozensets(st.sampled_from(FEW[:2]), min_size=1)
APPROVALS = st.lists(st.sampled_from(PERSONS), unique=True).flatmap(
    lambda people: st.fixed_dictionaries(dict.fromkeys(people, HELD))
)
