"""What holds however Slack's requests arrive."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from bot.slack.cards import APPROVE
from bot.slack.wording import Wording
from bot.store.database import sqlite_path
from bot.store.tables import changes
from tests.rooms.slack.edge import Edge
from tests.rooms.slack.stand_in import BOB
from tests.rooms.store.ledgers import rows

NOT_STORED = Wording("en").say("answer/not_stored")


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Hold the database's write lock from outside."""
    connection = sqlite3.connect(sqlite_path(url), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.close()


async def what_can_not_be_stored_is_said(bot: Edge, url: str) -> None:
    """Let bob type and press while ``url`` is locked: both are acknowledged, and he is told twice."""
    await bot.asked()
    await bot.reception.drain(5.0)
    with locked(url):
        typed = await bot.type(user="bob")
        pressed = await bot.press(APPROVE)
    await bot.slack.until(lambda: len(bot.slack.told(BOB)) == 2)

    assert (typed["ok"], pressed["ok"]) == (True, True)
    assert bot.slack.told(BOB) == [NOT_STORED, NOT_STORED]


async def what_comes_twice_is_one_change(bot: Edge) -> None:
    """Let Slack deliver one command twice."""
    await bot.slack.fault("duplicate_envelope")

    await bot.asked()
    await bot.reception.drain(5.0)

    assert len(await rows(bot.ledger, changes)) == 1
    assert len(bot.cards()) == 1
