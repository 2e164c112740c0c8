"""What a card says of an emergency: who broke the glass, that nobody approved it, and its review. Pure."""

from bot.domain.change import Change, State
from bot.domain.command import Review as ReviewLine
from bot.domain.policy.emergency import HOUR
from bot.domain.review import Review
from bot.slack.wording import Mrkdwn, Wording, code, date, mention


def glass_lines(change: Change, words: Wording, *, command: str) -> list[Mrkdwn]:
    """Return the lines of a card on its emergency; none where it is an ordinary change."""
    if change.review is None:
        return []
    key = "card/emergency/use" if change.is_emergency else "card/emergency/returned"
    through = [
        words.say("card/emergency/overrides", until=words.end(one.until), by=words.freezer(one.by), reason=one.reason)
        for one in change.overridden
    ]
    return [words.say(key, **_facts(change, change.review)), *through, _review(change, change.review, words, command)]


def nobody(change: Change, words: Wording) -> Mrkdwn:
    """Return, in the place of who approved an emergency, that nobody did."""
    return words.say("card/emergency/nobody", by=mention(change.requester))


def status_key(change: Change) -> str | None:
    """Return which sentence says where an emergency stands, None where an ordinary one does."""
    if not change.is_emergency:
        return None
    unended = {State.APPROVED: "card/emergency/approved", State.RUNNING: "card/emergency/running"}
    return unended.get(change.state)


def _review(change: Change, review: Review, words: Wording, command: str) -> Mrkdwn:
    if review.signed_by is None:
        return words.say("card/emergency/to_review", line=code(f"{command} {ReviewLine.line(change.name)}"))
    at = date(review.signed_at or review.opened_at)
    return words.say("card/emergency/reviewed", by=mention(review.signed_by), at=at)


def _facts(change: Change, review: Review) -> dict[str, object]:
    return {
        "by": mention(change.requester),
        "at": date(review.opened_at),
        "use": review.use,
        "quota": review.quota,
        "hours": round(review.period / HOUR),
    }
