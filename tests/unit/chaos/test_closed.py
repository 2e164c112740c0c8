"""What Slack's administrator did excuses what hangs on it, and nothing else."""

from dataclasses import replace

import pytest

from tests.chaos.checker import check
from tests.chaos.history import Change, Closure, Deletion, Event, History, Intake, Post
from tests.chaos.shown import Card, Reply, Whisper
from tests.unit.chaos.histories import changed, more, sound, without

SUCCEEDED, REJECTED = 0, 1
SAID = "CR-5: I took it back, and nothing was changed."


def rules(history: History) -> set[str]:
    return {violation.rule for violation in check(history)}


def deletion(at: float, change: str = "CR-1", purpose: str = "card") -> tuple[Deletion, ...]:
    return (Deletion(at=at, change=change, purpose=purpose),)


def test_a_card_that_was_deleted_after_the_last_word_need_not_stand() -> None:
    left = replace(sound().cards[SUCCEEDED], text="CR-1: deleted", deleted=True)
    gone = changed("cards", SUCCEEDED, text=left.text, deleted=True, buttons=())

    assert rules(replace(gone, deletions=deletion(50.1))) == set()
    assert rules(replace(gone, deletions=deletion(49.0))) == {"one_card"}
    assert rules(replace(gone, deletions=deletion(50.1, change="CR-2"))) == {"one_card"}
    assert rules(replace(gone, deletions=deletion(50.1, purpose="result"))) == {"one_card"}


def test_a_card_that_was_deleted_may_stand_anew_and_its_thread_goes_on_below_the_new_one() -> None:
    progress, result = sound().cards[SUCCEEDED].replies
    old = Card(text="CR-1: deleted", replies=(progress,), deleted=True)
    anew = replace(sound(), cards=(*changed("cards", SUCCEEDED, replies=(result,)).cards, old))

    assert rules(replace(anew, deletions=deletion(40.0))) == set()
    twice = replace(anew, cards=(*anew.cards, anew.cards[SUCCEEDED]), deletions=deletion(40.0))
    assert "one_card" in rules(twice)
    doubled = replace(anew, cards=(*sound().cards, old), deletions=deletion(40.0))
    assert rules(doubled) == {"thread_is_whole"}


def test_what_lost_its_answer_below_a_deleted_card_may_be_posted_below_the_new_one() -> None:
    progress, _ = sound().cards[SUCCEEDED].replies
    old = Card(text="CR-1: deleted", replies=(progress,), deleted=True)
    noted = Event(id=90, at=41.0, change=1, actor="countersign", kind="post.sent", facts={"purpose": "progress"})
    doubled = replace(sound(), cards=(*sound().cards, old), deletions=deletion(40.0))

    assert rules(replace(doubled, events=(*doubled.events, noted))) == set()
    twice = replace(doubled, events=(*doubled.events, noted, replace(noted, id=91)))
    assert rules(twice) == {"thread_is_whole"}
    standing = changed("cards", SUCCEEDED, replies=(*sound().cards[SUCCEEDED].replies, progress))
    assert rules(replace(standing, events=(*standing.events, noted))) == {"thread_is_whole"}


def test_a_message_in_a_thread_that_was_deleted_may_be_missing_or_posted_anew() -> None:
    gone = changed("cards", REJECTED, replies=())

    assert rules(replace(gone, deletions=deletion(30.0, "CR-2", "result"))) == set()
    assert rules(replace(sound(), deletions=deletion(30.0, "CR-2", "result"))) == set()
    assert rules(replace(gone, deletions=deletion(30.0, "CR-1", "result"))) == {"thread_is_whole"}
    twice = changed("cards", REJECTED, replies=(Reply(purpose="result", text=""),) * 2)
    assert rules(replace(twice, deletions=deletion(30.0, "CR-2", "result"))) == {"thread_is_whole"}


def taken_back(why: str = "is_archived") -> History:
    """Return the sound history with one change more that was taken back for want of a card, and its requester told."""
    key = "answer:card-7"
    change = Change(
        id=5,
        state="CANCELLED",
        version=1,
        target="lb/lbl/h:80",
        value=8,
        requester="U0BOB",
        intake="key-9",
        expires_at=140.0,
    )
    history = more("changes", change)
    events = (
        Event(id=90, at=80.0, change=5, actor="U0BOB", kind="change.opened"),
        Event(id=91, at=81.0, change=5, actor="countersign", kind="change.cancel", facts={"why": why}),
    )
    return replace(
        history,
        events=(*history.events, *events),
        intake=(*history.intake, Intake(key="key-9", kind="command", user="U0BOB", said="x", finished_at=80.0)),
        posts=(
            *history.posts,
            Post(id=7, change=5, purpose="card", wanted=2, delivered=0, given_up=why),
            Post(id=8, change=None, purpose=key, user="U0BOB", text=SAID),
        ),
        whispers=(*history.whispers, Whisper(user="U0BOB", text=SAID)),
        closures=(Closure(at=79.0, why="is_archived"),),
    )


def test_a_change_whose_channel_took_no_card_is_taken_back_and_its_requester_told() -> None:
    assert rules(taken_back()) == set()
    assert rules(replace(taken_back(), posts=without("posts", 0).posts)) == {"told_directly"}


@pytest.mark.parametrize(
    "closures", [(), (Closure(at=82.0, why="is_archived"),), (Closure(at=79.0, why="not_in_channel"),)]
)
def test_a_channel_that_was_open_excuses_nothing(closures: tuple[Closure, ...]) -> None:
    assert {"one_card", "nothing_due", "told_directly"} <= rules(replace(taken_back(), closures=closures))


def test_what_is_given_up_for_another_reason_is_no_excuse() -> None:
    history = taken_back()
    posts = tuple(replace(one, given_up="is_archived", change=1) if one.id == 1 else one for one in history.posts)
    assert rules(replace(history, posts=posts)) == {"nothing_due"}
