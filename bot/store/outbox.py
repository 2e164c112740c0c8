"""What Slack shall show, as rows written with the state they show.

A row is due while ``wanted`` is ahead of ``delivered``. The first delivery posts and learns ``ts``; later ones edit.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, insert, literal, or_, select, true, update

from bot.domain.change import Change
from bot.store.book import SYSTEM, Book
from bot.store.tables import intake, posts, replicas

LONGEST_WAIT = 300.0  # seconds; a ``not_before`` further away was written by a clock that has been set back since
PROGRESS_CALM = 1.5  # seconds between two edits of a progress line: chat.update takes some 50 a minute (section 9)


class Purpose(StrEnum):
    """What a message is for; a change has at most one of each."""

    CARD = "card"  # the one top-level message
    PROGRESS = "progress"  # the one progress line in the thread
    MOVED = "moved"  # that people are asked again, one for each version
    RESULT = "result"  # how it ended, with mentions
    REVIEW = "review"  # what somebody found who reviewed an emergency
    STORY = "story"  # what is on record of it, one for each time that it was asked for
    ANSWER = "answer"  # what one person sees
    NOTICE = "notice"  # what a whole channel is told, apart from any change


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message to deliver. ``purpose`` may carry a suffix (``moved:2``).

    ``change`` is None for what is told one person (``user``), and for a notice to a channel, which has no ``user``.
    """

    id: int
    change: int | None
    purpose: str
    channel: str
    user: str | None
    body: Mapping[str, Any]
    wanted: int
    ts: str | None
    sending_at: float | None
    attempts: int
    delivered: int = 0

    @property
    def is_personal(self) -> bool:
        """Whether only one person sees it."""
        return self.user is not None

    @property
    def is_first_card(self) -> bool:
        """Whether this is a change's card that nobody has seen stand: it never did, or was only just ``sending``."""
        return self.purpose == Purpose.CARD and self.ts is None and self.delivered == 0


async def want(book: Book, change: Change, purpose: str, *, at: float, body: Mapping[str, Any] | None = None) -> None:
    """Ask for the message ``purpose`` of ``change`` to show the state that this transaction commits.

    A message that was given up is tried again: its new state may be one that Slack takes.
    """
    newer = {"wanted": posts.c.wanted + 1, "given_up": None, **({} if body is None else {"body": dict(body)})}
    done = await book.connection.execute(
        update(posts).where(posts.c.change == change.id, posts.c.purpose == purpose).values(**newer)
    )
    if done.rowcount == 0:
        row = {"change": change.id, "purpose": purpose, "channel": change.channel, "body": dict(body or {})}
        await book.connection.execute(insert(posts).values(**row, wanted=1, created_at=at))


async def answer(book: Book, *, key: str, channel: str, user: str, body: Mapping[str, Any], at: float) -> None:
    """Ask for one message that only ``user`` sees; ``key`` is the intake it answers."""
    row = {"purpose": f"{Purpose.ANSWER}:{key}", "channel": channel, "user": user, "body": dict(body)}
    await _add(book, row, key=key, at=at)
    await book.record(SYSTEM, "answered", at=at, facts={"to": user, **body})


async def answer_once(book: Book, *, key: str, channel: str, user: str, body: Mapping[str, Any], at: float) -> None:
    """Ask as ``answer`` does, unless ``key`` was asked for before."""
    asked = select(posts.c.id).where(posts.c.purpose == f"{Purpose.ANSWER}:{key}")
    if (await book.connection.execute(asked)).first() is None:
        await answer(book, key=key, channel=channel, user=user, body=body, at=at)


async def notice(book: Book, *, key: str, channel: str, body: Mapping[str, Any], at: float) -> None:
    """Ask for one message that everybody in ``channel`` sees; ``key`` is the intake it comes of, each notice its own.

    ``body`` has its ``text``, and maybe ``by``: who is told directly where the channel takes nothing. Its words never
    change.
    """
    row = {"purpose": f"{Purpose.NOTICE}:{key}", "channel": channel, "body": dict(body)}
    await _add(book, row, key=key, at=at)
    await book.record(SYSTEM, "noticed", at=at, facts={"channel": channel, **body})


async def _add(book: Book, row: Mapping[str, Any], *, key: str, at: float) -> None:
    """Want the message ``row`` of no change; who took the intake ``key`` in tries it first."""
    taken_by = (await book.connection.execute(select(intake.c.replica).where(intake.c.key == key))).scalar()
    await book.connection.execute(insert(posts).values(**row, wanted=1, created_at=at, replica=taken_by))


async def due(
    book: Book,
    *,
    now: float,
    most: int = 50,
    without: Collection[int] = (),
    answers_only: bool = False,
    replica: str | None = None,
    leads: bool = True,
) -> list[Post]:
    """Return what ``replica`` is to deliver now, oldest first, leaving out the changes ``without``, or all changes.

    Nothing is due below a card that doesn't stand and is not due itself, and no notice before an older one of its
    channel. One replica ``leads`` and delivers everything but what another one, still alive, is to try first.
    ``answers_only`` leaves out all that several people see.
    """
    rows = await book.connection.execute(
        select(posts)
        .where(posts.c.wanted > posts.c.delivered, posts.c.given_up.is_(None))
        .where(~_waits(posts.c.not_before, now), ~_below_no_card(now), ~_behind_a_notice())
        .where(_falls_to(replica, leads=leads))
        .where(or_(posts.c.change.is_(None), posts.c.change.not_in(without)))
        .where(posts.c.user.is_not(None) if answers_only else true())
        .order_by(posts.c.id)
        .limit(most)
    )
    return [_post(row) for row in rows]


async def waiting(book: Book) -> int:
    """Return how many messages Slack doesn't show yet as they are wanted."""
    query = select(func.count()).where(posts.c.wanted > posts.c.delivered, posts.c.given_up.is_(None))
    return int((await book.connection.execute(query)).scalar_one())


def _below_no_card(now: float) -> ColumnElement[bool]:
    card = posts.alias("card")
    waits = or_(card.c.given_up.is_not(None), _waits(card.c.not_before, now))
    return exists().where(card.c.change == posts.c.change, card.c.purpose == Purpose.CARD, card.c.ts.is_(None), waits)


def _behind_a_notice() -> ColumnElement[bool]:
    """Whether it is a notice, and its channel was not told an older one yet: what is lifted was frozen before."""
    older = posts.alias("older")
    undelivered = and_(older.c.wanted > older.c.delivered, older.c.given_up.is_(None))
    same = [older.c.channel == posts.c.channel, *(one.c.user.is_(None) for one in (older, posts))]
    return exists().where(
        *same, older.c.change.is_(None), posts.c.change.is_(None), older.c.id < posts.c.id, undelivered
    )


def _falls_to(replica: str | None, *, leads: bool) -> ColumnElement[bool]:
    living = select(replicas.c.id).where(replicas.c.buried_at.is_(None))
    anybodys = and_(literal(leads), or_(posts.c.replica.is_(None), posts.c.replica.not_in(living)))
    return or_(posts.c.replica == replica, anybodys)


def _post(row: Row[Any]) -> Post:
    return Post(
        id=row.id,
        change=row.change,
        purpose=row.purpose,
        channel=row.channel,
        user=row.user,
        body=row.body,
        wanted=row.wanted,
        ts=row.ts,
        sending_at=row.sending_at,
        attempts=row.attempts,
        delivered=row.delivered,
    )


def _waits(not_before: ColumnElement[float], now: float) -> ColumnElement[bool]:
    return and_(not_before > now, not_before <= now + LONGEST_WAIT)


async def lacking(book: Book, change: int) -> dict[str, Mapping[str, Any]]:
    """Return the messages of ``change`` whose newest state Slack doesn't show, each with what it was to say."""
    query = select(posts.c.purpose, posts.c.body).where(posts.c.change == change, posts.c.wanted > posts.c.delivered)
    return {row.purpose: row.body for row in await book.connection.execute(query)}


async def body(book: Book, change: int, purpose: str) -> Mapping[str, Any] | None:
    """Return what the message ``purpose`` of ``change`` was last asked to say, or None if it was never asked for."""
    query = select(posts.c.body).where(posts.c.change == change, posts.c.purpose == purpose)
    row = (await book.connection.execute(query)).first()
    return None if row is None else row.body


async def card_ts(book: Book, change: int) -> str | None:
    """Return the ``ts`` of the card of ``change``, once it was posted."""
    query = select(posts.c.ts).where(posts.c.change == change, posts.c.purpose == Purpose.CARD)
    return (await book.connection.execute(query)).scalar()


async def sending(book: Book, post: Post, *, at: float) -> None:
    """Note that ``post`` is about to be posted for the first time."""
    await book.connection.execute(update(posts).where(posts.c.id == post.id).values(sending_at=at))


async def not_sent(book: Book, post: Post) -> None:
    """Note that no message stands of what was ``sending``: it need not be looked up."""
    await book.connection.execute(update(posts).where(posts.c.id == post.id).values(sending_at=None))


async def delivered(book: Book, post: Post, *, ts: str, at: float) -> str | None:
    """Note that Slack shows ``post`` as it was wanted when it was read; return the ``ts`` of the message that stands.

    That is another one, or none, where somebody noted so since ``post`` was read; then nothing is noted.
    """
    calm = at + PROGRESS_CALM if post.purpose == Purpose.PROGRESS else 0.0
    shown = {"delivered": post.wanted, "ts": ts, "sending_at": None, "attempts": 0, "not_before": calm}
    as_read = or_(posts.c.ts.is_not_distinct_from(post.ts), posts.c.ts == ts)
    is_new = or_(posts.c.ts.is_distinct_from(ts), posts.c.delivered < post.wanted)
    noted = await book.connection.execute(update(posts).where(posts.c.id == post.id, as_read, is_new).values(**shown))
    if noted.rowcount == 0:
        return (await book.connection.execute(select(posts.c.ts).where(posts.c.id == post.id))).scalar()
    facts = {"purpose": post.purpose, "ts": ts}
    kind = "post.sent" if post.ts is None else "post.edited"
    await book.record(SYSTEM, kind, at=at, change=post.change, facts=facts)
    return ts


async def put_off(book: Book, post: Post, *, wait: float, at: float) -> None:
    """Try ``post`` again in ``wait`` seconds, or in ``LONGEST_WAIT`` where that is less.

    An answer falls to the leader then: the quick way that only one replica had is spent, and that one may be cut off.
    """
    later = {"not_before": at + min(wait, LONGEST_WAIT), "attempts": post.attempts + 1, "replica": None}
    await book.connection.execute(update(posts).where(posts.c.id == post.id).values(**later))


async def give_up(book: Book, post: Post, *, why: str, at: float) -> None:
    """Stop trying ``post``; ``why`` is Slack's error."""
    await book.connection.execute(update(posts).where(posts.c.id == post.id).values(given_up=why))
    await book.record(SYSTEM, "post.given_up", at=at, change=post.change, facts={"purpose": post.purpose, "why": why})
