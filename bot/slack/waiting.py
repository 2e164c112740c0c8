"""What waits, in one answer: each change in a few lines, with its start and a link to its card. Pure."""

from collections.abc import Mapping, Sequence

from bot.domain.change import Change
from bot.domain.command import Review
from bot.slack.cards import status, title
from bot.slack.listing import in_one
from bot.slack.starts import start_lines
from bot.slack.wording import Mrkdwn, Wording, code, date, mention

LINKED_MOST = 15  # changes whose cards' addresses are worth asking for: more don't fit


def pending(waits: Sequence[Change], links: Mapping[int, str], words: Wording, *, command: str) -> Mrkdwn:
    """Return what ``waits``, in its order; what doesn't fit is counted. ``links`` are the cards' addresses, by change.

    Of many the last ones are left out: who waits longest comes first.
    """
    if not waits:
        return words.say("pending/nothing")
    entries = [_entry(change, links.get(change.id, ""), words, command) for change in waits]
    intro = words.say("pending/intro", count=len(waits))
    return in_one(intro, entries, lambda left: words.say("pending/more", count=left))


def _entry(change: Change, link: str, words: Wording, command: str) -> Mrkdwn:
    card = words.say("pending/card", link=Mrkdwn(f"<{link}>")) if link else ""
    stands = Mrkdwn("\n".join([status(change, words), *start_lines(change, words)]))
    told = words.say("pending/change", title=title(change, words), status=stands, card=card)
    if change.review is None or not change.review.is_open:
        return Mrkdwn(told.rstrip())
    since = date(change.review.opened_at, "{date_short_pretty} {time}")
    line = code(f"{command} {Review.line(change.name)}")
    review = words.say("pending/review", since=since, by=mention(change.requester), line=line)
    return Mrkdwn(f"{told.rstrip()}\n{review}")
