"""Taking the tables to a named revision, for the way back to an older version: while nobody works on them."""

from contextlib import ExitStack

from bot.engine.ports import Clock
from bot.engine.standing import DEAD_SECONDS
from bot.store import chain, replicas
from bot.store.database import is_sqlite, open_database, owning
from bot.store.ledger import Ledger
from bot.store.migrate import known_revisions, move, revisions, target


class AtWork(Exception):
    """Replicas work on the database; ``replicas`` are their ids."""

    def __init__(self, replicas: tuple[str, ...]) -> None:
        super().__init__(replicas)
        self.replicas = replicas


async def move_to(asked: str, url: str, clock: Clock, *, force: bool) -> str:
    """Take the database at ``url`` to the revision ``asked`` (``-1``: the one before); return the one it is at then.

    Unless told to ``force`` it, only while nobody works on the database: on PostgreSQL the replicas are watched for
    ``DEAD_SECONDS``, and those that stood still are buried.

    Raises:
        AtWork: replicas live (PostgreSQL).
        InUse: another process works on the file (SQLite).
        NewerDatabase: a later version made the tables.
        NotADatabase: it can't be opened.
        NotStored: the database went away.
        UnknownRevision: this version has no such revision.
    """
    now, _ = await revisions(url)
    to = target(asked, now=now, known=known_revisions(url))
    with ExitStack() as stack:
        if not force and is_sqlite(url):
            stack.enter_context(owning(url))
        elif not force:
            await _must_be_left(url, clock)
        await move(url, to)
    return to


async def _must_be_left(url: str, clock: Clock) -> None:
    ledger = Ledger(open_database(url))
    try:
        before = await _beats(ledger)
        if not before:
            return
        await clock.sleep(DEAD_SECONDS)
        after = await _beats(ledger)
        alive = sorted(one for one, beats in after.items() if beats != before.get(one))
        if alive:
            raise AtWork(tuple(alive))
        async with ledger.writing() as book:
            book.chained = await book.run_sync(chain.is_kept)
            await replicas.bury(book, set(after), at=clock.now())
    finally:
        await ledger.close()


async def _beats(ledger: Ledger) -> dict[str, int]:
    async with ledger.reading() as book:
        if not await replicas.are_kept(book):
            return {}
        return {one.id: one.beats for one in await replicas.living(book)}
