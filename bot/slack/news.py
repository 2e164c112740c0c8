"""What requester and approver must learn even where card and thread can't be reached. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.domain.change import Change, State
from bot.slack import lines
from bot.slack.cards import status, title
from bot.slack.wording import Mrkdwn, Wording
from bot.store.outbox import Purpose

Lacking = Mapping[str, Mapping[str, Any]]  # the messages that don't show their newest state, by purpose


def news(change: Change, lacking: Lacking, words: Wording, *, command: str) -> Mrkdwn | None:
    """Return what to tell of ``change``; None where the messages that are ``lacking`` leave nobody in the dark.

    That is how it ended, what its review found, that it is approved, and that it was handed back and waits for a second
    person again. That a run began is not, since its end follows soon, but for an emergency, which begins at once.
    """
    over = []
    if Purpose.RESULT in lacking:
        over.append(lines.result(change, words, command=command, body=lacking[Purpose.RESULT]))
    if Purpose.REVIEW in lacking:
        over.append(lines.review(change, lacking[Purpose.REVIEW], words))
    if over:
        return Mrkdwn("\n".join(over))
    moved = lacking.get(f"{Purpose.MOVED}:{change.version}")
    if change.state is State.PENDING and moved is not None:
        return Mrkdwn(f"{lines.asked_again(moved, words)}\n{_state(change, words)}")
    begun = change.state is State.APPROVED or (change.is_emergency and change.state is State.RUNNING)
    if begun and Purpose.CARD in lacking:
        return _state(change, words)
    return None


def stage(change: Change, lacking: Lacking) -> str:
    """Return what tells these news from others of the same version of ``change``.

    Who was told that it is approved knows enough while it runs.
    """
    state = State.APPROVED if change.state is State.RUNNING else change.state
    return f"{state}.reviewed" if Purpose.REVIEW in lacking else str(state)


def people(change: Change, lacking: Lacking) -> set[str]:
    """Return whom to tell: the requester, and who approved, now or before it was handed back or cancelled."""
    former = {one for body in lacking.values() for one in lines.approvers_in(body)}
    return {change.requester, *former, *change.approvers} | ({change.decided_by} if change.decided_by else set())


def _state(change: Change, words: Wording) -> Mrkdwn:
    return Mrkdwn(f"{title(change, words)}\n{status(change, words)}")
