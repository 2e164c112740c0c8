"""What a card says of when its change starts, where that is not at once. Pure."""

from bot.domain.change import Change, State
from bot.domain.starts import START, Start
from bot.slack.wording import DAY_AND_TIME, Mrkdwn, Wording, code, date, mentions


def starts(start: Start) -> Mrkdwn:
    """Return the moment of ``start``."""
    return date(start.at, DAY_AND_TIME)


def start_lines(change: Change, words: Wording) -> list[Mrkdwn]:
    """Return the line of a card on its start; none once that came, or where the status says it all."""
    start = change.start
    if start is None or not (change.state is State.PENDING or change.waits_for_start):
        return []
    if start.window:
        return [words.say("card/window", starts=starts(start), window=code(start.window))]
    return [words.say("card/starts", starts=starts(start))] if change.state is State.PENDING else []


def scheduled(change: Change, start: Start, words: Wording) -> Mrkdwn:
    """Return the status of a change that is approved and waits for ``start``."""
    by, at = mentions(change.approvers), date(change.decided_at or change.created_at)
    return words.say("card/scheduled", by=by, at=at, starts=starts(start))


def moved_value(fact: str, value: object, words: Wording) -> Mrkdwn:
    """Return a fact that moved as a person reads it: a start is a moment."""
    if fact == START and isinstance(value, int | float):
        return date(value, DAY_AND_TIME)
    return Mrkdwn(words.value(value))
