"""The card of a change: pure, rendered whole from the stored state (Slack fact sheet, sections 11, 15, 16)."""

from typing import Any

from bot.domain.change import Change, State
from bot.domain.facts import ALIVE
from bot.slack.approvals import is_plain, rule_lines, waiting_for
from bot.slack.glass import glass_lines, nobody, status_key
from bot.slack.starts import moved_value, scheduled, start_lines
from bot.slack.wording import DAY_AND_TIME, Mrkdwn, Wording, code, date, mention, mentions

APPROVE, REJECT, CANCEL, CHECK_AGAIN = "change_approve", "change_reject", "change_cancel", "change_check_again"
ACTIONS = (APPROVE, REJECT, CANCEL, CHECK_AGAIN)

HEADER_MAX = 150  # characters; Slack fact sheet, section 11
TEXT_MAX = 3000  # characters of a text object; the same section
FIELD_MAX = 2000  # characters of a section's field; the same section
SUMMARY_MAX = 4000  # characters of an edited message's text; Slack fact sheet, section 9
DIGITS_MAX = 18  # what a database holds as a number

AGAINST = frozenset({State.REJECTED, State.CANCELLED})  # what was decided against whoever approved before

Block = dict[str, Any]


def value(change: Change) -> str:
    """Return what a button carries: the change's id and the card's version, nothing else."""
    return f"{change.id}.{change.version}"


def parse_value(text: str) -> tuple[int, int]:
    """Return the change's id and the card's version.

    Raises:
        ValueError: a value that ``value`` didn't write.
    """
    number, dot, version = text.partition(".")
    if not (dot and all(part.isascii() and part.isdigit() and len(part) <= DIGITS_MAX for part in (number, version))):
        msg = "not a value of ours"
        raise ValueError(msg)
    return int(number), int(version)


def title(change: Change, words: Wording, *, name: str = "") -> str:
    """Return the one line that says what the change does, and first of all whether nobody approved it.

    ``name`` stands for the change's own, where it has none yet.
    """
    operation = change.operation
    before, new = words.port(operation.before(change.facts)), words.port(operation.after)
    said = words.say(
        f"card/title/{operation.description.verb}",
        change=name or change.name,
        host=operation.host,
        port=operation.port,
        before=Mrkdwn(before),
        after=Mrkdwn(new),
    )
    return words.say("card/emergency/title", title=said) if change.is_emergency else said


def card(change: Change, words: Wording, *, command: str) -> list[Block]:
    """Return the card's blocks; ``command`` is ours, with its slash."""
    blocks: list[Block] = [
        {"type": "header", "text": {"type": "plain_text", "text": title(change, words)[:HEADER_MAX], "emoji": False}},
        _section(status(change, words), f"status:{value(change)}"),
        {"type": "section", "fields": [_text(field, FIELD_MAX) for field in _fields(change, words)]},
    ]
    blocks += [_section(line) for line in _told(change, words, command)]
    blocks.append(_section(words.say("card/reason")))
    blocks.append({"type": "section", "text": {"type": "plain_text", "text": change.reason[:TEXT_MAX], "emoji": False}})
    asked = words.say("card/asked", requester=mention(change.requester), at=date(change.created_at), change=change.name)
    blocks.append({"type": "context", "elements": [_text(asked)]})
    buttons = _buttons(change, words)
    if buttons:
        blocks.append({"type": "actions", "block_id": f"decide:{value(change)}", "elements": buttons})
    return blocks


def summary(change: Change, words: Wording, *, command: str) -> str:
    """Return the card in one text, for notifications and screen readers."""
    lines = [title(change, words), status(change, words), *facts(change, words), *_told(change, words, command)]
    return "\n".join([*lines, words.say("card/reason"), words.say("value/text", text=change.reason)])[:SUMMARY_MAX]


def status(change: Change, words: Wording) -> Mrkdwn:
    """Return where the change stands, in one sentence."""
    ending = change.ending
    approved = nobody(change, words) if change.is_emergency else mentions(change.approvers)
    key = f"card/status/{change.state}"
    if ending and words.has(f"{key}/{ending}"):
        key = f"{key}/{ending}"
    if change.state is State.PENDING and not is_plain(change):
        return waiting_for(change, words)
    if change.waits_for_start and change.start:
        return scheduled(change, change.start, words)
    return words.say(
        status_key(change) or (key if words.has(key) else f"{key}/other"),
        by=mention(change.decided_by) if change.state in AGAINST and change.decided_by else approved,
        at=date(change.decided_at or change.created_at),
        ended=date(change.ended_at or change.created_at),
        expires=date(change.expires_at, DAY_AND_TIME),
        requester=mention(change.requester),
        after=change.operation.after,
        note=change.note or "-",
    )


def facts(change: Change, words: Wording) -> list[Mrkdwn]:
    """Return what is true of the load balancer, a line for each of a card's fields."""
    return [Mrkdwn(field.replace("\n", " ")) for field in _fields(change, words)]


def _fields(change: Change, words: Wording) -> list[Mrkdwn]:
    operation, facts = change.operation, change.facts
    listener, balancer = facts.listener, facts.load_balancer
    backend = facts.backend(operation.host, operation.port)
    health = backend.health if backend else ""
    return [
        words.say("card/field/change", before=Mrkdwn(words.port(operation.before(facts))), after=operation.after),
        words.say("card/field/backend", backend=code(f"{operation.host}:{operation.port}"),
                  alias=backend.alias if backend else ""),
        words.say("card/field/health", health=health or words.say("value/unchecked"),
                  weight=backend.weight if backend else "-"),
        words.say("card/field/siblings", alive=facts.alive, all=len(facts.backends)),
        words.say("card/field/listener", listener=code(listener.id), name=listener.name, protocol=listener.protocol,
                  port=listener.port),
        words.say("card/field/load_balancer", load_balancer=code(balancer.id), name=balancer.name),
    ]  # fmt: skip


def _told(change: Change, words: Wording, command: str) -> list[Mrkdwn]:
    rule = [*start_lines(change, words), *rule_lines(change, words)]
    return [*glass_lines(change, words, command=command), *warnings(change, words), *rule]


def warnings(change: Change, words: Wording) -> list[Mrkdwn]:
    """Return what an approver must not overlook, a line for each."""
    operation, facts = change.operation, change.facts
    backend = facts.backend(operation.host, operation.port)
    found = []
    if facts.is_last_alive(operation.host, operation.port):
        found.append(words.say("card/warning/last_alive"))
    if backend is not None and backend.health != ALIVE and facts.listener.health_check:
        found.append(words.say("card/warning/not_alive", health=backend.health or words.say("value/unchecked")))
    if operation.before(facts) is None:
        found.append(words.say("card/warning/not_known"))
    if change.moved and change.state is State.PENDING:
        moved = [moved_line(one.fact, one.was, one.now, words) for one in change.moved]
        found.append(Mrkdwn("\n".join([words.say("card/warning/moved"), *moved])))
    return found


def moved_line(fact: str, was: object, now: object, words: Wording) -> Mrkdwn:
    """Return one line that tells how a fact moved."""
    name = words.say(f"fact/{fact}")
    return words.say("card/moved", fact=name, was=moved_value(fact, was, words), now=moved_value(fact, now, words))


def _buttons(change: Change, words: Wording) -> list[Block]:
    shown = {
        State.PENDING: (APPROVE, REJECT, CANCEL),
        State.APPROVED: (CANCEL,),
        State.UNKNOWN: (CHECK_AGAIN,),
    }.get(change.state, ())
    return [_button(action, change, words) for action in shown]


def _button(action: str, change: Change, words: Wording) -> Block:
    label = words.say(f"button/{action}")
    button: Block = {
        "type": "button",
        "action_id": action,
        "text": {"type": "plain_text", "text": label, "emoji": False},
        "value": value(change),
        "accessibility_label": words.say("button/label", label=label, change=change.name),
    }
    return {**button, "style": "primary"} if action == APPROVE else button


def _section(text: Mrkdwn, block_id: str | None = None) -> Block:
    block: Block = {"type": "section", "text": _text(text)}
    return {**block, "block_id": block_id} if block_id else block


def _text(text: Mrkdwn, most: int = TEXT_MAX) -> Block:
    return {"type": "mrkdwn", "text": text[:most], "verbatim": True}
