"""Approvals are counted by best assignment, as a plain reading counts them."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.policy import Asks, Stage, Tally
from tests.unit.policy.making import APPROVALS, HELD, PERSONS, STAGES
from tests.unit.policy.plain import fills, most

LB_TEAM, BOTH, LEAD = frozenset({"lb-team"}), frozenset({"lb-team", "leads"}), frozenset({"leads"})
TWO_STAGES = (Stage(approvers=("lb-team",)), Stage(approvers=("leads",)))
Approved = Mapping[str, frozenset[str]]


def tally(stages: tuple[Stage, ...], approved: Approved, barred: str | None = None) -> Tally:
    return Tally(stages=stages, approved=approved, barred=barred)


def test_who_is_in_both_groups_is_counted_where_it_helps() -> None:
    first = tally(TWO_STAGES, {"U0ANNA": BOTH})

    assert first.open_stage == 1
    assert first.adds("U0BO", LB_TEAM)
    assert tally(TWO_STAGES, {"U0ANNA": BOTH, "U0BO": LB_TEAM}).complete
    assert tally(TWO_STAGES, {"U0BO": LB_TEAM, "U0ANNA": BOTH}).complete


def test_a_later_stage_is_not_asked_before_its_time() -> None:
    nobody = tally(TWO_STAGES, {})

    assert (nobody.open_stage, nobody.missing, nobody.missing_in_all) == (0, 1, 2)
    assert not nobody.adds("U0CY", LEAD)
    assert nobody.may_fill("U0CY", LEAD)
    assert tally(TWO_STAGES, {"U0BO": LB_TEAM}).adds("U0CY", LEAD)


def test_an_approval_that_came_first_is_kept_for_its_stage_when_an_earlier_one_opens_again() -> None:
    lost = tally(TWO_STAGES, {"U0CY": LEAD})  # who approved the first stage left the group since

    assert (lost.open_stage, lost.missing, lost.missing_in_all) == (0, 1, 1)
    assert lost.joined({"U0BO": LB_TEAM}).complete


def test_a_person_counts_once() -> None:
    pair = (Stage(approvers=("anyone",), count=2),)

    assert tally(pair, {"U0BO": LB_TEAM}).missing == 1
    assert not tally(pair, {"U0BO": LB_TEAM}).adds("U0BO", BOTH)


@pytest.mark.parametrize(("counts", "missing"), [(False, 1), (True, 0)])
def test_the_requester_counts_where_the_rule_says_so(counts: bool, missing: int) -> None:
    asks = Asks(stages=(Stage(approvers=("anyone",)),), requester_counts=counts)

    assert Tally.of(asks, "U0ANNA", {}).adds("U0ANNA", LB_TEAM) is counts
    assert Tally.of(asks, "U0ANNA", {"U0ANNA": LB_TEAM}).missing == missing


def test_nothing_adds_to_what_is_complete() -> None:
    assert not tally(TWO_STAGES, {"U0BO": LB_TEAM, "U0CY": LEAD}).adds("U0DI", BOTH)


@settings(max_examples=300)
@given(stages=STAGES, approved=APPROVALS)
def test_a_change_is_complete_exactly_where_different_people_can_fill_every_place(
    stages: tuple[Stage, ...], approved: Approved
) -> None:
    assert tally(stages, approved).complete == fills(stages, approved)


@settings(max_examples=300)
@given(stages=STAGES, approved=APPROVALS)
def test_what_is_missing_is_what_the_best_assignment_leaves_empty(
    stages: tuple[Stage, ...], approved: Approved
) -> None:
    counted = tally(stages, approved)
    upto = len(stages) if counted.open_stage is None else counted.open_stage + 1

    assert counted.missing_in_all == sum(stage.count for stage in stages) - most(stages, approved)
    assert counted.missing == sum(stage.count for stage in stages[:upto]) - most(stages[:upto], approved)
    assert fills(stages[: upto - 1], approved)
    assert counted.open_stage is None or not fills(stages[:upto], approved)


@settings(max_examples=300)
@given(stages=STAGES, approved=APPROVALS, person=st.sampled_from(PERSONS), groups=HELD)
def test_an_approval_adds_exactly_where_the_open_stage_gets_nearer(
    stages: tuple[Stage, ...], approved: Approved, person: str, groups: frozenset[str]
) -> None:
    counted = tally(stages, approved)
    adds = counted.adds(person, groups)
    if counted.open_stage is None or person in approved:
        assert not adds
        return

    asked = stages[: counted.open_stage + 1]

    assert adds == (most(asked, {**approved, person: groups}) > most(asked, approved))


@given(stages=STAGES, approved=APPROVALS, barred=st.sampled_from(PERSONS))
def test_what_the_barred_requester_approved_changes_nothing(
    stages: tuple[Stage, ...], approved: Approved, barred: str
) -> None:
    others = {person: groups for person, groups in approved.items() if person != barred}
    with_them, without = tally(stages, approved, barred), tally(stages, others, barred)

    assert (with_them.open_stage, with_them.missing) == (without.open_stage, without.missing)
    assert not with_them.adds(barred, BOTH)


@given(stages=STAGES, people=st.permutations(PERSONS), held=st.lists(HELD, min_size=4, max_size=4))
def test_where_everybody_together_suffices_no_order_of_clicks_blocks(
    stages: tuple[Stage, ...], people: list[str], held: list[frozenset[str]]
) -> None:
    """People click whenever they may, in any order, again and again, until nobody adds: it is complete if it can be."""
    there = dict(zip(people, held, strict=True))
    counted = tally(stages, {})
    while now := [person for person in people if counted.adds(person, there[person])]:
        counted = counted.joined({now[0]: there[now[0]]})

    assert counted.complete == fills(stages, there)
