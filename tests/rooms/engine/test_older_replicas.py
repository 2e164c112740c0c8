"""A replica of the version before, which knows no emergencies, beside the newer tables and a newer replica."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain.change import Change, Ending, State
from bot.domain.policy import OwnRequest
from bot.engine.reviewing import Reviewing
from bot.store import reviews
from bot.store.book import Book
from bot.store.ledger import Ledger
from bot.store.verify import verify
from tests.rooms.engine.glass import broken, policy
from tests.rooms.engine.ruled import CARLA, approve
from tests.rooms.engine.world import ALICE, BOB, World, world
from tests.rooms.store.ledgers import behind

RECORD = "INSERT INTO events (at, change, actor, kind, facts) VALUES (:at, :change, 'countersign', :kind, :facts)"
STARTS = "UPDATE changes SET state = 'RUNNING', started_at = :at WHERE id = :id AND state = 'APPROVED' AND version = 1"
ASKS_AGAIN = (  # as revision 0007 does: it knows no rule [emergency], so another one applies by now
    "UPDATE changes SET state = 'PENDING', version = 2, moved = :moved, rule = :rule, approvals = '[]', turn = NULL, "
    'expires_at = :until, starts_at = NULL, "window" = NULL, decided_by = NULL, decided_at = NULL, started_at = NULL '
    "WHERE id = :id AND state = 'RUNNING' AND version = 1"
)


@pytest.fixture
async def made(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=policy()) as made:
        yield made


async def hand_back(made: World, change: Change, url: str) -> Change:
    """Let such a replica run ``change``, find that its rule isn't there, and ask people."""
    at = made.time.now()
    rule = json.dumps((await made.ruling().ordinary(change, change.facts, at=at)).to_json())
    moved = json.dumps([{"fact": "rule", "was": change.ruled.name, "now": "the last"}])
    said: dict[str, Any] = {"id": change.id, "at": at, "moved": moved, "rule": rule, "until": at + 3600}
    with behind(url).begin() as older:
        for order, kind, facts in ((STARTS, "start", "{}"), (ASKS_AGAIN, "ask_again", f'{{"moved": {moved}}}')):
            assert older.execute(sa.text(order), said).rowcount == 1
            told = {"at": at, "change": change.id, "kind": f"change.{kind}", "facts": facts}
            older.execute(sa.text(RECORD), told)
    return await made.change(change.id)


async def test_an_emergency_that_it_hands_back_asks_people_and_still_waits_for_its_review(
    made: World, url: str
) -> None:
    change = await broken(made)
    again = await hand_back(made, change, url)

    assert (again.state, again.version, again.is_emergency) == (State.PENDING, 2, False)
    assert again.review == change.review
    with pytest.raises(OwnRequest):
        await approve(made, again, ALICE)
    ended = await made.ran(await approve(made, again, CARLA))
    assert (ended.ending, made.calls) == (Ending.VERIFIED, 1)

    async def tell(_book: Book, _change: Change) -> None:
        return

    reviewing = Reviewing(made.ledger, made.time, made.ruling())
    await reviewing.sign(change.id, BOB, "an old replica asked people", key=await made.key(), tell=tell)
    async with made.ledger.reading() as book:
        assert await reviews.standing(book) == (0, None)
        assert (await book.run_sync(verify)).flaw is None
