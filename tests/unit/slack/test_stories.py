"""The story of a change as a message: within Slack's limits, whatever stands in the record."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.drawing import draw
from bot.slack.listing import MOST
from bot.slack.stories import story
from bot.slack.wording import Wording
from bot.store.outbox import Post
from bot.store.story import KINDS
from bot.texts import LANGUAGES
from tests.unit.slack.drawn import entities, hostile, stored
from tests.unit.slack.making import CHANGE, NOW

HEAD = "0c1d" * 16


def event(kind: str, **facts: object) -> dict[str, Any]:
    return {"at": NOW, "actor": "U0BOB", "kind": kind, "facts": facts}


def body(*events: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    return {"by": "U0ALICE", "events": list(events), "total": len(events) if total is None else total, "head": HEAD}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_has_a_line_though_an_older_version_recorded_less_of_it(kind: str, language: str) -> None:
    told = story(CHANGE, body(event(kind)), Wording(language)).splitlines()

    assert len(told) == 3
    assert told[-1].endswith(f"`{HEAD}`")


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=st.data())
def test_a_story_is_a_valid_message_whatever_people_wrote(language: str, data: st.DataObject) -> None:
    facts = {name: data.draw(hostile) for name in ("note", "found", "task", "request_id", "code")}
    told = [event(kind, version=1, digest=HEAD, attempt=1, **facts) for kind in KINDS] * data.draw(st.integers(1, 9))
    post = Post(
        id=1, change=7, purpose="story:abc", channel="C0INCIDENT", user=None, body=body(*told), wanted=1, ts=None,
        sending_at=None, attempts=0,
    )  # fmt: skip
    for text in stored(*draw(post, CHANGE, Wording(language), command="/lb", now=NOW)):
        assert {one for one in entities(text) if not one.startswith("<!date^")} <= {"<@U0ALICE>", "<@U0BOB>"}


def test_what_was_asked_for_later_stands_there_with_its_start() -> None:
    told = story(
        CHANGE,
        body(
            event("change.opened", start={"at": NOW, "window": ""}),
            event("change.opened", start={"at": NOW, "window": "nightly"}),
            event("start.due", version=1),
        ),
        Wording("en"),
    )

    assert " 12345 --at 2023-11-14T22:13+00:00 move the probe" in told
    assert " 12345 --window nightly move the probe" in told
    assert "· its start came" in told


@pytest.mark.parametrize("kind", ["change.approve", "approval.counted"])
def test_an_approval_in_advance_is_told_as_one(kind: str) -> None:
    first, last = {"person": "U0CARLA", "grant": 2}, {"person": "U0BOB", "grant": 3}
    granted = story(CHANGE, body(event(kind, version=1, approvals=[first, last])), Wording("en"))
    clicked = story(CHANGE, body(event(kind, version=1, approvals=[first, {"person": "U0BOB"}])), Wording("en"))

    assert "· <@U0BOB> (in advance, G-3) approved card 1" in granted
    assert "· <@U0BOB> approved card 1" in clicked


def test_what_does_not_fit_is_counted_and_the_head_still_stands_there() -> None:
    told = story(CHANGE, body(*[event("change.reject", note="x" * 500)] * 60, total=100), Wording("en"))
    lines = told.splitlines()

    assert len(told) <= MOST
    assert f"… and {100 - (len(lines) - 3)} more: the operator has all of it with" in lines[-2]
    assert lines[-1].endswith(f"`{HEAD}`")


def test_events_that_were_not_kept_are_counted_too() -> None:
    told = story(CHANGE, body(event("change.opened"), total=3), Wording("en")).splitlines()

    assert "and 2 more" in told[-2]
