"""What is on record of one change, as a message in its thread. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.domain.change import Change, Move, State
from bot.domain.command import Begin, Opening, Request, render
from bot.domain.command.moments import Moment
from bot.domain.grant import grant_name
from bot.slack.listing import MOST, in_one
from bot.slack.wording import Mrkdwn, Wording, code, date, mention

NOTE_MOST = 200  # characters of what somebody wrote, and of a request
ENDS = {
    f"change.{move}": state
    for move, state in ((Move.SUCCEED, State.SUCCEEDED), (Move.FAIL, State.FAILED), (Move.LOSE_TRACK, State.UNKNOWN))
}


def story(change: Change, body: Mapping[str, Any], words: Wording) -> Mrkdwn:
    """Return the story that ``body`` holds, as ``bot.engine.record`` wrote it; what doesn't fit is counted."""
    head = words.say("result/head", head=code(str(body["head"])))
    told = in_one(
        words.say("story/title", change=change.name, by=mention(str(body["by"]))),
        [_line(change, event, words) for event in body["events"]],
        lambda left: words.say("story/more", count=left),
        most=MOST - len(head) - 1,
        beyond=int(body["total"]) - len(body["events"]),
    )
    return Mrkdwn(f"{told}\n{head}")


def _line(change: Change, event: Mapping[str, Any], words: Wording) -> Mrkdwn:
    kind, facts = str(event["kind"]), event["facts"]
    key = "ended" if kind in ENDS else kind.rpartition(".")[2]
    said = {
        "by": _actor(event, words),
        "version": facts.get("version", "-"),
        "digest": code(str(facts.get("digest") or "-")),
        "note": _short(facts.get("note") or "-"),
        "attempt": facts.get("attempt", ""),
        "answer": facts.get("answer", ""),
        "task": code(str(facts.get("task") or "-")),
        "request_id": code(str(facts.get("request_id") or "-")),
        "code": code(str(facts.get("code") or "-")),
        "rule": str((facts.get("rule") or {}).get("name", "-")),
        "request": _request(facts.get("request")),
        "found": _short(facts.get("found") or "-"),
        "ending": code(str(facts.get("ending") or "-")),
        "state": words.say(f"state/{ENDS[kind]}") if kind in ENDS else "",
        "line": _asked(change, facts.get("start")) if key == "opened" else "",
    }
    return Mrkdwn(f"{date(event['at'], '{date_num} {time_secs}')} · {words.say(f'story/{key}', **said)}")


def _asked(change: Change, start: Mapping[str, Any] | None) -> Mrkdwn:
    begin: Begin = None
    if start is not None:
        begin = Opening(start["window"]) if start["window"] else Moment.of(start["at"])
    emergency = change.review is not None
    request = Request(operation=change.operation, reason=change.reason, begin=begin, emergency=emergency)
    return code(_short(render(request)))


def _actor(event: Mapping[str, Any], words: Wording) -> Mrkdwn | str:
    """Return who did it, and with which grant where it was an approval in advance: the newest is the last."""
    actor = str(event["actor"])
    if not actor.startswith(("U", "W")):
        return actor
    approvals = event["facts"].get("approvals") or [{}]
    grant = approvals[-1].get("grant")
    by = mention(actor)
    return by if grant is None else words.say("story/in_advance", by=by, grant=grant_name(int(grant)))


def _request(request: Mapping[str, Any] | None) -> Mrkdwn:
    if request is None:  # recorded by a version that didn't keep it
        return Mrkdwn("-")
    sent = {**request.get("headers", {}), **(request.get("form") or request.get("body") or {})}
    return code(f"{request['method']} {request['url']} {' '.join(f'{name}={value}' for name, value in sent.items())}")


def _short(text: object) -> str:
    whole = str(text)
    return whole if len(whole) <= NOTE_MOST else f"{whole[: NOTE_MOST - 1]}…"
