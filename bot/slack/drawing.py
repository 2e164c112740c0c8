"""What a row of the outbox looks like as a message."""

from bot.domain.change import Change
from bot.slack import lines
from bot.slack.cards import Block, card, summary
from bot.slack.sending import blocks
from bot.slack.stories import story
from bot.slack.wording import Mrkdwn, Wording
from bot.store.outbox import Post, Purpose


def draw(post: Post, change: Change, words: Wording, *, command: str, now: float) -> tuple[str, list[Block]]:
    """Return the text (notifications, screen readers) and the blocks of ``post``."""
    if post.purpose == Purpose.CARD:
        return summary(change, words, command=command), card(change, words, command=command)
    if post.purpose == Purpose.PROGRESS:
        return in_lines(lines.progress(change, post.body, words, now=now))
    if post.purpose == Purpose.RESULT:
        return in_lines(lines.result(change, words, command=command, body=post.body))
    if post.purpose.startswith(f"{Purpose.STORY}:"):
        return in_lines(story(change, post.body, words))
    if post.purpose == Purpose.REVIEW:
        return in_lines(lines.review(change, post.body, words))
    return in_lines(lines.asked_again(post.body, words))


def for_one(post: Post) -> list[Block] | None:
    """Return the blocks of what one person sees, None where it is its text alone."""
    send = post.body.get("send")
    return blocks(post.body["text"], send, key=post.purpose.partition(":")[2]) if send else None


def in_lines(text: Mrkdwn) -> tuple[str, list[Block]]:
    """Return ``text`` as a message's text and its one block."""
    return text, [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}]
