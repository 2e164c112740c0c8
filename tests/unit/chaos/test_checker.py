"""The checker of the chaos suite accepts a sound history and rejects every broken one, by the rule that it breaks."""

from dataclasses import replace

import pytest

from tests.chaos.checker import RULES, check
from tests.chaos.history import Call, Closure, Deed, Drift, History, Look, Post
from tests.chaos.shown import Card, Reply, Whisper
from tests.unit.chaos.broken_incidents import BROKEN_INCIDENTS
from tests.unit.chaos.broken_records import BROKEN_RECORDS
from tests.unit.chaos.broken_records import SOUND as WITH_HEAD
from tests.unit.chaos.histories import MODIFY, OLD, A, C, changed, event, more, sound, without

SUCCEEDED, REJECTED, UNKNOWN, CANCELLED = range(4)
BOB_APPROVES, BOB_REJECTS, START, CANCEL, SUCCEED, NEXT_START, LOSE = 4, 5, 8, 9, 10, 11, 12
LOST_CALL, READ_BETWEEN, SECOND_CALL, READ_AFTER, UNKNOWN_CALL = 1, 2, 3, 4, 5
NOT_STORED = "Your request could not be stored, so nothing was done. Please try again in a minute."
AGAIN = Call(n=9, at=60.0, action=MODIFY, target=A, value=8101, task="9")
ARCHIVED = (Closure(at=12.0, why="is_archived"),)
LEFT_LYING = tuple(Look(at=nth, beats={"bot-a": 7, "bot-b": nth}, owners={"CR-1.1": "bot-a"}) for nth in range(12))
BROKEN: list[tuple[str, str, History]] = [
    ("at_rest", "a change still runs", changed("changes", UNKNOWN, state="RUNNING")),
    ("at_rest", "a change waits for people", changed("changes", CANCELLED, state="PENDING")),
    ("at_rest", "the engine has a run left", replace(sound(), runs=("CR-1.1",))),
    ("at_rest", "a bot is not ready", replace(sound(), unready=("bot-1",))),
    ("no_fault_of_ours", "a run broke off", replace(sound(), faults=("bot-1: a run broke off",))),
    ("ended_once", "an approved change never ended", without("events", SUCCEED)),
    ("ended_once", "it ended twice", more("events", event(90, 1, "change.fail"))),
    ("explained", "its row says what no event says", changed("changes", REJECTED, state="EXPIRED")),
    ("explained", "it ran without approval", without("events", BOB_APPROVES)),
    ("explained", "it was approved after it was rejected", more("events", event(90, 2, "change.approve"))),
    ("explained", "nobody took it back", without("events", CANCEL)),
    ("explained", "nobody opened it", without("events", 0)),
    ("second_person", "who asked approved", changed("events", BOB_APPROVES, actor="U0ALICE")),
    ("in_time", "approved when it was over", changed("changes", SUCCEEDED, expires_at=20.0)),
    ("in_time", "rejected when it was over", changed("changes", REJECTED, expires_at=20.5)),
    ("in_time", "expired too early", more("events", event(90, 1, "change.expire", at=74.9))),
    ("one_run_at_a_time", "the second started too early", changed("events", SUCCEED, change=None)),
    ("goes_on_elsewhere", "a dead replica keeps its run", replace(sound(), looks=LEFT_LYING)),
    ("asked_for", "a call that nobody asked for", more("calls", replace(AGAIN, value=9999))),
    ("asked_for", "a call for another backend", more("calls", replace(AGAIN, target=C))),
    ("asked_for", "a call for a rejected change", changed("calls", SECOND_CALL, value=8102, target=A[:-4] + "b:80")),
    ("asked_for", "a call before the approval", changed("calls", LOST_CALL, at=19.0)),
    ("one_call_each_mark", "two calls on one mark", without("attempts", 0)),
    ("one_call_each_mark", "one call more than marks", more("calls", AGAIN)),
    ("one_call_each_mark", "the mark came after the call", changed("attempts", 1, called_at=39.0)),
    ("answers_are_the_clouds", "a task that the cloud never gave", changed("attempts", 1, task="6")),
    ("answers_are_the_clouds", "no task at all", changed("attempts", 1, task="")),
    ("answers_are_the_clouds", "not sent, yet it arrived", changed("attempts", 2, answer="not_sent")),
    ("again_only_after_reading", "no read between two calls", without("calls", READ_BETWEEN)),
    ("again_only_after_reading", "the read failed", changed("calls", READ_BETWEEN, told={}, outcome="http_500")),
    ("again_only_after_reading", "its answer was lost", changed("calls", READ_BETWEEN, fault="lose_answer")),
    ("again_only_after_reading", "it told the new value", changed("calls", READ_BETWEEN, told={"cpm-a:80": 8101})),
    ("again_only_after_reading", "it was of another listener", changed("calls", READ_BETWEEN, target="lb-one/lbl-b")),
    ("within_rate", "too many calls a second", changed("calls", 0, outcome="RequestLimitExceeded")),
    ("final_value", "a success that isn't there", replace(sound(), now={**sound().now, A: 8001})),
    ("final_value", "a third value after UNKNOWN", replace(sound(), now={**sound().now, C: 9999})),
    ("final_value", "a backend that nobody changed moved", replace(sound(), now={**sound().now, A[:-4] + "b:80": 1})),
    ("final_value", "a drift came later", replace(sound(), drifts=(Drift(at=75.0, target=A, value=9000),))),
    ("one_card", "no card", without("cards", SUCCEEDED)),
    ("one_card", "two cards", more("cards", sound().cards[SUCCEEDED])),
    ("one_card", "a message of no change", more("cards", Card(text="hello"))),
    ("card_says_so", "it shows an older state", changed("cards", UNKNOWN, text="CR-3: x\n▶️ *Running.*")),
    ("card_says_so", "it says two things", changed("cards", 0, text="CR-1: x\n✅ *Succeeded ❓ *Outcome unknown*")),
    ("card_says_so", "buttons of another state", changed("cards", SUCCEEDED, buttons=("change_approve",))),
    ("thread_is_whole", "no result", changed("cards", REJECTED, replies=())),
    ("thread_is_whole", "taken back after the approval, and nobody says so",
     changed("cards", CANCELLED, replies=(Reply(purpose="progress", text=""),))),
    ("thread_is_whole", "two results", changed("cards", REJECTED, replies=(Reply(purpose="result", text=""),) * 2)),
    ("thread_is_whole", "two progress lines",
     changed("cards", CANCELLED, replies=(Reply(purpose="progress", text=""),) * 2)),
    ("thread_is_whole", "asked again, and the thread doesn't say so", more("events", event(90, 1, "change.ask_again"))),
    ("nothing_due", "an edit is missing", changed("posts", 0, delivered=3)),
    ("nothing_due", "it was given up", changed("posts", 0, given_up="no_text")),
    ("nothing_due", "two rows for one answer", more("posts", replace(sound().posts[1], id=3))),
    ("answers_are_seen", "an answer never came", replace(sound(), whispers=())),
    ("answers_are_seen", "another person saw it", changed("whispers", 0, user="U0BOB")),
    ("told_directly", "taken back, and the channel was open", changed("events", CANCEL, actor="countersign")),
    ("told_directly", "taken back, and nobody was told",
     replace(changed("events", CANCEL, actor="countersign", facts={"why": "is_archived"}), closures=ARCHIVED)),
    ("told_directly", "told directly, and the channel was open",
     more("posts", Post(id=9, change=None, purpose="answer:CR-1.1.SUCCEEDED:U0BOB", user="U0BOB", delivered=0))),
    ("taken_in", "heard and forgotten", more("deeds", Deed(kind="command", user="U0BOB", said="help", heard=True))),
    ("taken_in", "heard twice, stored once", more("deeds", sound().deeds[1])),
    ("not_stored_is_true", "stored, and said not to be", more("whispers", Whisper(user="U0BOB", text=NOT_STORED))),
    ("answered", "still open", changed("intake", 0, finished_at=None)),
    ("answered", "a click whose decision nobody made", changed("intake", 5, finished_at=19.0)),
    ("answered", "a click without a word", without("posts", 1)),
    ("answered", "a click that says another's change", changed("intake", 5, said="2.1")),
    ("answered", "a decision that was also refused",
     more("posts", Post(id=9, change=None, purpose="answer:key-6", delivered=0, wanted=0))),
    ("answered", "a form that never opened", replace(sound(), forms=0)),
    *BROKEN_RECORDS,
    *BROKEN_INCIDENTS,
]  # fmt: skip


def test_a_head_that_is_in_the_record_is_accepted() -> None:
    assert check(WITH_HEAD) == []


def test_a_sound_history_is_accepted() -> None:
    assert check(sound()) == []


@pytest.mark.parametrize(("rule", "what", "history"), BROKEN, ids=[f"{rule}: {what}" for rule, what, _ in BROKEN])
def test_a_broken_history_is_rejected(rule: str, what: str, history: History) -> None:
    assert rule in {violation.rule for violation in check(history)}, what


def test_every_rule_has_a_history_that_breaks_it() -> None:
    assert {rule.__name__ for rule in RULES} == {rule for rule, _, _ in BROKEN}


def test_after_unknown_either_value_may_stand() -> None:
    assert check(replace(sound(), now={**sound().now, C: 8001})) == []


def test_unknown_may_become_known_later() -> None:
    known = changed("changes", UNKNOWN, state="SUCCEEDED")
    card = Card(text="CR-3: x\n✅ *Succeeded and read back*", replies=sound().cards[UNKNOWN].replies)
    cards = (*sound().cards[:UNKNOWN], card, sound().cards[CANCELLED])
    events = (*sound().events, event(90, 3, "change.succeed"))

    assert check(replace(known, cards=cards, events=events)) == []
    old = replace(known, cards=cards, events=events, now={**sound().now, C: 8001})
    assert [violation.rule for violation in check(old)] == ["final_value"]


def test_who_approved_what_was_renewed_may_be_told_so_once() -> None:
    said = (*sound().cards[SUCCEEDED].replies, Reply(purpose="moved:2", text=""))
    told = changed("cards", SUCCEEDED, replies=said)
    approved, renewed = event(90, 1, "approval.counted"), event(91, 1, "change.renew")

    def broken(history: History) -> bool:
        return "thread_is_whole" in {violation.rule for violation in check(history)}

    assert not broken(replace(told, events=(*told.events, approved, renewed)))
    assert not broken(replace(sound(), events=(*sound().events, approved, renewed)))
    assert broken(replace(told, events=(*told.events, renewed)))
    assert broken(replace(told, events=(*told.events, renewed, approved)))
    twice = changed("cards", SUCCEEDED, replies=(*said, said[-1]))
    assert broken(replace(twice, events=(*twice.events, approved, renewed)))


def test_a_card_that_was_renewed_before_people_were_asked_again_counts() -> None:
    renewed, again = event(90, 1, "change.renew"), event(91, 1, "change.ask_again")
    history = replace(sound(), events=(*sound().events, renewed, again))
    said = (*sound().cards[SUCCEEDED].replies, Reply(purpose="moved:3", text=""))
    cards = (replace(sound().cards[SUCCEEDED], replies=said), *sound().cards[1:])

    assert "thread_is_whole" in {one.rule for one in check(history)}
    assert "thread_is_whole" not in {one.rule for one in check(replace(history, cards=cards))}


def test_a_drift_while_a_change_runs_may_win_or_lose() -> None:
    history = replace(sound(), drifts=(Drift(at=40.0, target=A, value=9000),))

    assert check(history) == []
    assert check(replace(history, now={**sound().now, A: 9000})) == []


def test_what_was_refused_for_want_of_a_database_counts_as_answered() -> None:
    deed = Deed(kind="command", user="U0BOB", said="help", heard=True)
    told = Whisper(user="U0BOB", text=NOT_STORED)
    history = more("deeds", deed)

    assert check(replace(history, whispers=(*history.whispers, told))) == []
    unsure = Whisper(user="U0BOB", text="I can't tell whether your request was stored: the database is not answering.")
    assert check(replace(history, whispers=(*history.whispers, unsure))) == []
    chinese = Whisper(user="U0BOB", text="你的请求没能存下，所以什么都没做。请过一分钟再试。")
    assert check(replace(history, whispers=(*history.whispers, chinese))) == []
    twice = replace(history, deeds=(*history.deeds, deed), whispers=(*history.whispers, told))
    assert [violation.rule for violation in check(twice)] == ["taken_in"]


def test_an_answer_that_is_shown_twice_tells_nothing_of_anything_else() -> None:
    whisper = Whisper(user="U0ALICE", text=NOT_STORED)
    history = replace(changed("posts", 1, text=NOT_STORED), whispers=(whisper, whisper))

    assert check(history) == []
    more_often = replace(history, whispers=(whisper,) * 4)  # one thing that she did came to nothing, and no two
    assert [violation.rule for violation in check(more_often)] == ["not_stored_is_true"]


def test_a_violation_names_rule_change_and_evidence() -> None:
    [violation] = check(changed("posts", 0, delivered=3))

    assert str(violation) == "nothing_due (CR-1): post 1 (card) is due: wanted 4, delivered 3"


def test_reads_of_the_old_value_by_a_late_answer_count() -> None:
    assert check(changed("calls", READ_BETWEEN, fault="answer_late", told=OLD)) == []


def test_one_deed_that_was_lost_is_one_violation() -> None:
    lost = Deed(kind="command", user="U0BOB", said="help", heard=True)
    [violation] = check(replace(sound(), deeds=(lost, *sound().deeds)))

    assert violation.rule == "taken_in"
    assert "'help'" in violation.evidence
