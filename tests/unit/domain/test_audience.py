"""Who may read what is on record of a change."""

from dataclasses import replace

import pytest

from bot.domain.audience import NotForYou, may_read
from bot.domain.policy import Person
from tests.unit.slack.making import CHANGE

AUDITOR = Person(id="U0AUDITOR", member=True, active=True, human=True, guest=False, language="en")


def passes(person: Person) -> bool:
    try:
        may_read(person, CHANGE, deciders={"U0BOB"}, auditors={"U0AUDITOR"})
    except NotForYou:
        return False
    return True


@pytest.mark.parametrize("who", [CHANGE.requester, "U0BOB", "U0AUDITOR"])
def test_who_asked_who_decided_and_auditors_may(who: str) -> None:
    assert passes(replace(AUDITOR, id=who))


@pytest.mark.parametrize(
    "person",
    [
        replace(AUDITOR, id="U0EVE"),
        replace(AUDITOR, member=False),
        replace(AUDITOR, active=False),
        replace(AUDITOR, human=False),
        replace(AUDITOR, guest=True),
    ],
)
def test_nobody_else_may_and_an_auditor_must_be_a_full_member(person: Person) -> None:
    assert not passes(person)
