"""What stands in a card's thread: the progress line, the result, the notice that people are asked again. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.domain.change import Change, State
from bot.domain.command import Request, Review, render
from bot.domain.facts import ALIVE, UNSET
from bot.slack.approvals import in_advance
from bot.slack.cards import moved_line
from bot.slack.wording import Mrkdwn, Wording, code, mention, mentions

STEPS = ("checking", "calling", "following", "verifying", "watching", "ended")
NOT_RUN = frozenset({"asked_again", "cancelled"})  # steps of no run: without a bar
_PLACE = {
    **{step: place + 1 for place, step in enumerate(STEPS)},
    "waiting": 0,
    "held": 2,
    "settling": 3,
    "watching_unread": 5,
}
PLACES = {1: "place/1", 2: "place/2", 3: "place/3"}  # of the waiting line: those with words of their own
MINUTE = 60


def progress(change: Change, body: Mapping[str, Any], words: Wording, *, now: float) -> Mrkdwn:
    """Return the one progress line: a bar, the step, and the time since the run began."""
    step = str(body["step"])
    if step in NOT_RUN:
        return words.say(f"step/{step}")
    done = _PLACE[step]
    bar = Mrkdwn("▰" * done + "▱" * (len(STEPS) - done))
    facts = {"behind": "", "load_balancer": "", "task": "", "of": "", "after": change.operation.after, **body}
    place = int(body.get("place") or 1)
    facts["place"] = words.say(PLACES.get(place, "place/later"), place=place)
    facts["health"] = body.get("health") or words.say("value/not_known")
    line = words.say(f"step/{step}", **facts)
    until = change.ended_at or now
    return words.say("step/line", bar=bar, line=line, elapsed=Mrkdwn(elapsed(until - (change.started_at or until))))


def elapsed(seconds: float) -> str:
    """Return a duration as ``42 s`` or ``3 min 5 s``."""
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < MINUTE else f"{whole // MINUTE} min {whole % MINUTE} s"


def result(change: Change, words: Wording, *, command: str, body: Mapping[str, Any] | None = None) -> Mrkdwn:
    """Return the one reply that says how it ended.

    ``body`` names the ``approvers`` of what was cancelled after that, and the ``head`` of the record then.
    """
    people = {"requester": mention(change.requester), "by": mentions(_by(change, body or {}))}
    head = [words.say("result/head", head=code(str(body["head"])))] if body and body.get("head") else []
    if change.state in {State.REJECTED, State.EXPIRED, State.CANCELLED}:
        ended = words.say(f"result/{change.state}", change=change.name, note=change.note, **people)
        return Mrkdwn("\n".join([ended, *_to_review(change, words, command), *head]))
    found = change.findings
    asked = "result/people_emergency" if change.is_emergency else "result/people"
    lines = [_headline(change, words), words.say(asked, **people), *in_advance(change, words)]
    if change.state is State.SUCCEEDED and "health" in found:
        key = "alive" if found["health"] == ALIVE else "not_alive"
        health = found["health"] or words.say("value/unread")
        lines.append(words.say(f"result/health/{key}", health=health, watched=found["watched"]))
    lines.append(_evidence(change, words))
    if change.state is State.SUCCEEDED:
        lines.append(_undo(change, words, command))
    if change.state is State.UNKNOWN:
        lines.append(words.say("result/unknown"))
    return Mrkdwn("\n".join([*lines, *_to_review(change, words, command), *head]))


def _to_review(change: Change, words: Wording, command: str) -> list[Mrkdwn]:
    """Return how an emergency is reviewed that nobody reviewed yet: so it is whatever became of it."""
    if change.review is None or not change.review.is_open:
        return []
    return [words.say("result/to_review", line=code(f"{command} {Review.line(change.name)}"))]


def approvers_in(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return who had approved what ``body`` tells of; a version before it wrote one ``approver``."""
    return tuple(body.get("approvers") or ([str(body["approver"])] if body.get("approver") else []))


def _by(change: Change, body: Mapping[str, Any]) -> tuple[str, ...]:
    if change.state is State.REJECTED:
        return (change.decided_by or change.requester,)
    return approvers_in(body) or change.approvers


def _headline(change: Change, words: Wording) -> Mrkdwn:
    operation, found = change.operation, change.findings
    meaning, advice = words.cloud(str(found.get("code") or "unknown"))
    facts = {
        "after": operation.after,
        "before": Mrkdwn(words.port(operation.before(change.facts))),
        "backend": code(f"{operation.host}:{operation.port}"),
        "code": found.get("code") or "-",
        "meaning": meaning,
        "advice": advice,
        "why": "",
    }
    if "refusal" in found:
        refused = {name: value for name, value in found.items() if name != "refusal"}
        facts["why"] = words.refused(str(found["refusal"]), refused)
    return words.with_clock(words.say(f"ending/{change.ending}", **facts), found.get("skew"))


def _evidence(change: Change, words: Wording) -> Mrkdwn:
    found = change.findings
    took = elapsed((change.ended_at or 0) - (change.started_at or 0))
    request = code(str(found["request_id"])) if found.get("request_id") else words.say("value/no_request_id")
    task = code(str(found["task"])) if found.get("task") else words.say("value/none")
    return words.say("result/evidence", took=Mrkdwn(took), task=task, request_id=request, change=change.name)


def _undo(change: Change, words: Wording, command: str) -> Mrkdwn:
    before = change.operation.before(change.facts)
    undo = change.operation.undo(before)
    if undo is None:
        return words.say("result/undo/unset" if before == UNSET else "result/undo/not_known")
    reason = words.say("result/undo/reason", change=change.name)
    line = render(Request(operation=undo, reason=reason))
    return words.say("result/undo/line", line=code(f"{command} {line}"))


def review(change: Change, body: Mapping[str, Any], words: Wording) -> Mrkdwn:
    """Return the reply that says who reviewed an emergency, and what they found."""
    facts = {"by": mention(str(body["by"])), "requester": mention(change.requester), "note": str(body["note"])}
    return words.say("result/review", **facts)


def asked_again(body: Mapping[str, Any], words: Wording) -> Mrkdwn:
    """Return the notice that facts moved and the card waits again."""
    moved = [moved_line(one["fact"], one["was"], one["now"], words) for one in body["moved"]]
    return Mrkdwn("\n".join([words.say("result/asked_again", by=mentions(approvers_in(body))), *moved]))
