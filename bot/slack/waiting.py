"""What waits, in one answer: each change in three lines, the last a link to its card. Pure."""

from collections.abc import Mapping, Sequence

from bot.domain.change import Change
from bot.slack.cards import status, title
from bot.slack.wording import Mrkdwn, Wording

MOST = 2900  # characters of an answer: Slack takes 3000 in a section
LINKED_MOST = 15  # changes whose cards' addresses are worth asking for: more don't fit


def pending(waits: Sequence[Change], links: Mapping[int, str], words: Wording) -> Mrkdwn:
    """Return what ``waits``, in its order; what doesn't fit is counted. ``links`` are the cards' addresses, by change.

    Of many the last ones are left out: who waits longest comes first.
    """
    if not waits:
        return words.say("pending/nothing")
    lines = [words.say("pending/intro", count=len(waits))]
    for at, change in enumerate(waits):
        told = _entry(change, links.get(change.id, ""), words)
        more = words.say("pending/more", count=len(waits) - at)
        if len("\n".join([*lines, told, more])) > MOST:
            return Mrkdwn("\n".join([*lines, more]))
        lines.append(told)
    return Mrkdwn("\n".join(lines))


def _entry(change: Change, link: str, words: Wording) -> Mrkdwn:
    card = words.say("pending/card", link=Mrkdwn(f"<{link}>")) if link else ""
    told = words.say("pending/change", title=title(change, words), status=status(change, words), card=card)
    return Mrkdwn(told.rstrip())
