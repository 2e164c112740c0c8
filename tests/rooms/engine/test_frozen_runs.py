"""What a freeze does to a run: at the guard, and at the moment before a call; on both databases."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.domain.change import Change, Ending, State
from bot.domain.operation import Operation
from bot.domain.task import Receipt
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose
from tests.rooms.engine.frozen import LEADS, TEAM, Sudden, by_leads, freeze, lift
from tests.rooms.engine.ruled import CARLA, approve
from tests.rooms.engine.ways import Way
from tests.rooms.engine.world import BOB, World, world
from tests.rooms.store.ledgers import kinds


@pytest.fixture
async def made(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=by_leads()) as made:
        yield made


@pytest.fixture
async def strict(ledger: Ledger) -> AsyncIterator[World]:
    """Return a world whose rule names nobody who could approve what is frozen."""
    async with world(ledger, policy=by_leads(when_frozen=())) as made:
        yield made


async def moved(made: World, change: Change) -> list[tuple[str, object, object]]:
    return [(one.fact, one.was, one.now) for one in (await made.change(change.id)).moved]


async def test_a_freeze_after_the_approval_stops_the_run_and_asks_its_approvers(made: World) -> None:
    change = await approve(made, await made.asked(), BOB)
    await freeze(made)

    again = await made.ran(change)

    assert (again.state, again.version) == (State.PENDING, 2)
    assert again.ruled.asks.stages == (TEAM, LEADS)
    assert await moved(made, again) == [("freeze", False, "release week"), ("approvals", 1, 1)]
    assert (made.calls, f"{Purpose.MOVED}:2" in await made.purposes()) == (0, True)
    await approve(made, again, BOB)
    assert (await made.ran(await approve(made, again, CARLA))).ending is Ending.VERIFIED


async def test_a_freeze_after_the_approval_ends_the_run_where_nobody_could_approve_it(strict: World) -> None:
    change = await approve(strict, await strict.asked(), BOB)
    await freeze(strict)

    ended = await strict.ran(change)

    assert (ended.ending, ended.findings["refusal"]) == (Ending.NO_LONGER_POSSIBLE, "frozen")
    assert strict.calls == 0


async def test_what_was_approved_under_a_freeze_runs_when_that_is_over(made: World) -> None:
    await freeze(made)
    change = await made.asked()
    await approve(made, change, BOB)
    approved = await approve(made, change, CARLA)
    await lift(made)

    assert (await made.ran(approved)).ending is Ending.VERIFIED


async def test_what_was_approved_under_one_freeze_does_not_run_under_the_next(made: World) -> None:
    await freeze(made)
    change = await made.asked()
    await approve(made, change, BOB)
    approved = await approve(made, change, CARLA)
    await lift(made)
    await freeze(made)

    assert (await made.ran(approved)).state is State.PENDING
    assert made.calls == 0


async def test_no_call_begins_after_a_freeze_though_the_guard_had_let_it_pass(made: World) -> None:
    change = await approve(made, await made.asked(), BOB)

    again = await made.ran(change, place=Sudden(made))

    assert (again.state, again.version, made.calls) == (State.PENDING, 2, 0)
    recorded = await kinds(made.ledger)
    assert "call.about_to" not in recorded
    assert recorded.index("freeze.set") < recorded.index("change.ask_again")


async def test_nor_where_nobody_could_approve_it(strict: World) -> None:
    change = await approve(strict, await strict.asked(), BOB)

    ended = await strict.ran(change, place=Sudden(strict))

    assert (ended.ending, strict.calls) == (Ending.NO_LONGER_POSSIBLE, 0)


@dataclass
class Frosty(Way):
    """The way to the cloud, on which somebody freezes while the first modify call is under way."""

    frozen: bool = False

    async def modify(self, operation: Operation, bind_type: int) -> Receipt:
        if not self.frozen:
            self.frozen = True
            await freeze(self.world)
        return await super().modify(operation, bind_type)


async def test_a_call_that_was_under_way_is_followed_to_its_end(strict: World) -> None:
    change = await approve(strict, await strict.asked(), BOB)

    ended = await strict.ran(change, cloud=Frosty(strict))

    assert (ended.ending, strict.calls) == (Ending.VERIFIED, 1)


async def test_a_call_that_was_not_answered_is_not_made_again_once_it_is_frozen(strict: World) -> None:
    change = await approve(strict, await strict.asked(), BOB)
    strict.fault_on_writes("refuse_connection_after_read")

    ended = await strict.ran(change, cloud=Frosty(strict))

    assert (ended.ending, ended.state, strict.calls) == (Ending.UNSETTLED, State.UNKNOWN, 1)
