"""Who may decide, and until when."""

from dataclasses import replace

import pytest

from bot.domain.asks import ANYONE
from bot.domain.change import Change, State
from bot.domain.errors import Refusal
from bot.domain.policy import (
    AlreadyDecided,
    Guest,
    NotActive,
    NotAMember,
    NotHuman,
    OldCard,
    OwnRequest,
    Person,
    TooLate,
    must_be_current,
    must_be_member,
    must_have_a_say,
    tally_of,
)
from tests.unit.slack.making import APPROVER, CHANGE, NOW, REQUESTER, changed

BOB = Person(id=APPROVER, member=True, active=True, human=True, guest=False, language="en")
LATER = NOW + 100
DECIDED = [state for state in State if state not in {State.PENDING, State.EXPIRED}]


def may_decide(person: Person, change: Change) -> None:
    must_be_member(person, change)
    must_have_a_say(person, frozenset({ANYONE}), change, tally_of(change))


def test_a_full_active_human_member_other_than_the_requester_may_decide() -> None:
    may_decide(BOB, CHANGE)
    must_be_member(BOB, CHANGE)


@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        (replace(BOB, human=False), NotHuman),
        (replace(BOB, member=False), NotAMember),
        (replace(BOB, active=False), NotActive),
        (replace(BOB, guest=True), Guest),
        (replace(BOB, human=False, member=False, active=False, guest=True), NotHuman),
        (replace(BOB, id=REQUESTER, guest=True), Guest),
        (replace(BOB, id=REQUESTER), OwnRequest),
    ],
)
def test_anybody_else_is_refused_with_the_reason(person: Person, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as raised:
        may_decide(person, CHANGE)

    assert raised.value.facts == {"change": "CR-7"}


def test_the_requester_is_a_member_like_everybody() -> None:
    must_be_member(replace(BOB, id=REQUESTER), CHANGE)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("flags", range(16))
def test_whether_a_person_may_decide_does_not_depend_on_the_state(flags: int, state: State) -> None:
    member, active, human, guest = (bool(flags & bit) for bit in (1, 2, 4, 8))
    person = replace(BOB, member=member, active=active, human=human, guest=guest)

    try:
        may_decide(person, changed(state))
        passed = True
    except Refusal:
        passed = False

    assert passed == (member and active and human and not guest)


def test_the_newest_card_of_a_change_that_waits_is_current_until_it_expires() -> None:
    must_be_current(CHANGE, 1, now=CHANGE.expires_at - 0.001)


@pytest.mark.parametrize(
    ("change", "now"),
    [(CHANGE, CHANGE.expires_at), (CHANGE, CHANGE.expires_at + 1e6), (changed(State.EXPIRED), NOW)],
)
def test_a_change_whose_time_is_up_is_too_late_even_before_the_sweep_saw_it(change: Change, now: float) -> None:
    with pytest.raises(TooLate) as raised:
        must_be_current(change, 1, now=now)

    assert raised.value.facts == {"change": "CR-7", "at": CHANGE.expires_at}


@pytest.mark.parametrize("state", DECIDED)
def test_a_click_on_what_is_decided_is_told_by_whom_and_when(state: State) -> None:
    with pytest.raises(AlreadyDecided) as raised:
        must_be_current(changed(state), 1, now=LATER)

    assert raised.value.facts == {"change": "CR-7", "state": state, "by": APPROVER, "at": NOW + 60}


def test_what_was_decided_before_it_expired_is_decided_and_not_too_late() -> None:
    with pytest.raises(AlreadyDecided):
        must_be_current(changed(State.APPROVED), 1, now=CHANGE.expires_at + 1)


@pytest.mark.parametrize("version", [0, 1, 3])
def test_another_version_of_the_card_is_old(version: int) -> None:
    with pytest.raises(OldCard) as raised:
        must_be_current(replace(CHANGE, version=2), version, now=LATER)

    assert raised.value.facts == {"change": "CR-7"}


def test_a_late_click_on_an_old_card_is_too_late_first() -> None:
    with pytest.raises(TooLate):
        must_be_current(replace(CHANGE, version=2), 1, now=CHANGE.expires_at)
