"""What uses up the quota of emergencies: each that called, or may still call; none that ended before any call."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.change import Change, Ending, State
from bot.domain.policy import EmergenciesSpent
from bot.store import reviews
from bot.store.ledger import Ledger
from tests.rooms.engine.glass import GLASS, SIBLING, THIRD, broken, policy
from tests.rooms.engine.ruled import CARLA, approve
from tests.rooms.engine.world import ALICE, OPERATION, World, world

ONE = replace(GLASS, quota=1)


@pytest.fixture
async def made(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=policy(glass=ONE)) as made:
        yield made


async def spent(made: World) -> None:
    """See that alice has nothing left."""
    with pytest.raises(EmergenciesSpent):
        await broken(made, operation=THIRD)


async def left(made: World) -> None:
    """See that alice may break the glass, for the first time as it counts."""
    change = await broken(made, operation=SIBLING)

    assert change.review is not None
    assert change.review.use == 1
    await spent(made)


async def open_reviews(made: World) -> int:
    async with made.ledger.reading() as book:
        return (await reviews.standing(book))[0]


async def cancelled(made: World) -> Change:
    change = await broken(made)
    await made.decisions().cancel(await made.click(change, ALICE))
    return await made.change(change.id)


async def handed_back(made: World) -> Change:
    change = await broken(made)
    made.drift(probe_port=8055)
    return await made.ran(change)


async def test_one_that_may_still_call_counts(made: World) -> None:
    change = await broken(made)
    await spent(made)
    await made.started(change)

    await spent(made)


@pytest.mark.parametrize("kind", ["", "error", "refuse_connection_after_read", "lose_answer"])
async def test_one_that_called_counts_whatever_came_of_it(made: World, kind: str) -> None:
    if kind:
        made.fault_on_writes(kind, times=9, **({"code": 4000} if kind == "error" else {}))
    await made.ran(await broken(made))

    await spent(made)


async def test_one_that_was_taken_back_gives_its_use_back_and_is_reviewed_all_the_same(made: World) -> None:
    assert (await cancelled(made)).state is State.CANCELLED

    await left(made)
    assert await open_reviews(made) == 2


async def test_one_that_ended_without_a_call_gives_its_use_back(made: World) -> None:
    change = await broken(made)
    made.drift(probe_port=OPERATION.probe_port)

    assert (await made.ran(change)).ending is Ending.ALREADY_THERE
    await left(made)
    assert await open_reviews(made) == 2


async def test_one_that_was_handed_to_people_gives_its_use_back_also_once_they_let_it_call(made: World) -> None:
    again = await handed_back(made)
    assert (again.state, made.calls) == (State.PENDING, 0)
    ended = await made.ran(await approve(made, again, CARLA))

    assert (ended.ending, made.calls) == (Ending.VERIFIED, 1)
    await left(made)


async def test_nobody_calls_more_often_in_emergencies_than_the_quota_by_taking_them_back(made: World) -> None:
    for _ in range(3):
        await cancelled(made)
    await made.ran(await broken(made))

    await spent(made)
    assert made.calls == 1
