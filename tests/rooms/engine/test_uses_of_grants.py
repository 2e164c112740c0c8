"""The uses of a grant count down, each once, and what began with one is guarded like any other."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from bot.domain.change import Change, Ending, State
from bot.domain.grant import Grant
from bot.domain.starts import Start
from bot.store.book import AlreadyOpen
from bot.store.ledger import Ledger
from bot.store.tables import changes
from tests.rooms.engine.granted import GRANTS, OTHER, asked, give, granting_policy, revoke, told, used
from tests.rooms.engine.ruled import ONE_OF_TEAM, leave, policy
from tests.rooms.engine.world import ALICE, BOB, OPERATION, World, world
from tests.rooms.store.ledgers import rows

HALF_AN_HOUR = 1800.0


@pytest.fixture
async def made(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=granting_policy(policy(ONE_OF_TEAM))) as made:
        yield made


async def test_a_grant_counts_down_and_then_people_are_asked(made: World) -> None:
    await give(made, uses=1)

    first, second = await asked(made), await asked(made, OTHER)

    assert (first.state, second.state, second.approvals) == (State.APPROVED, State.PENDING, ())
    assert await used(made) == [1]


async def test_people_who_ask_at_once_never_use_a_grant_more_often_than_it_says(made: World) -> None:
    await give(made, uses=1)

    changes = await asyncio.gather(asked(made), asked(made, OTHER, BOB.id))

    assert sorted(one.state for one in changes) == [State.APPROVED, State.PENDING]
    assert await used(made) == [1]
    assert len(await made.enqueued()) == 1


async def test_what_does_not_open_uses_nothing(made: World) -> None:
    await give(made)
    await asked(made)

    with pytest.raises(AlreadyOpen):
        await asked(made, replace(OPERATION, probe_port=9))

    assert await used(made) == [1]


async def test_the_same_command_uses_a_grant_once(made: World) -> None:
    await give(made)
    key = await made.key()
    for expected in (1, None):
        change = await made.changes().open(OPERATION, "x", requester=ALICE.id, channel="C0INCIDENT", key=key, used=told)
        assert (change and change.id) == expected

    assert await used(made) == [1]


@pytest.mark.parametrize(("passed", "state"), [(HALF_AN_HOUR - 1, State.APPROVED), (HALF_AN_HOUR, State.PENDING)])
async def test_a_grant_is_over_at_its_minute(made: World, passed: float, state: State) -> None:
    await give(made)
    made.time.jump(passed)

    assert (await asked(made)).state is state


async def test_a_revoked_grant_counts_no_more(made: World) -> None:
    await revoke(made, await give(made))

    assert (await asked(made)).state is State.PENDING


async def test_a_giver_who_lost_the_right_before_the_call_stops_the_run(made: World) -> None:
    await give(made)
    change = await asked(made)
    await leave(made, BOB.id)

    again = await made.ran(change)

    assert (again.state, again.version, again.approvals) == (State.PENDING, 2, ())
    assert [(one.fact, one.was, one.now) for one in again.moved] == [("approvals", 1, 0)]
    assert made.calls == 0


@pytest.mark.parametrize("end", ["revoked", "over"])
async def test_what_began_with_a_grant_goes_on_though_the_grant_ended_since(made: World, end: str) -> None:
    grant = await give(made)
    change = await asked(made)
    if end == "revoked":
        await revoke(made, grant)
    else:
        made.time.jump(HALF_AN_HOUR)

    assert (await made.ran(change)).ending is Ending.VERIFIED


async def test_nothing_of_a_grant_is_used_where_the_transaction_that_opens_does_not_commit(made: World) -> None:
    await give(made)
    key = await made.key()

    def broken(_change: Change, _used: Sequence[Grant]) -> str:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        await made.changes().open(OPERATION, "x", requester=ALICE.id, channel="C0INCIDENT", key=key, used=broken)

    assert (await used(made), await made.enqueued(), await made.unanswered()) == ([0], [], 1)


async def test_what_starts_later_with_a_grant_waits_for_its_start(made: World) -> None:
    await give(made)

    change = await asked(made, start=Start(at=made.time.now() + HALF_AN_HOUR - 60.0))

    assert (change.state, await used(made), await made.enqueued()) == (State.APPROVED, [1], [])
    [row] = await rows(made.ledger, changes)
    assert row["turn"] is None


async def test_what_starts_after_the_end_of_a_grant_waits_for_people(made: World) -> None:
    await give(made)

    change = await asked(made, start=Start(at=made.time.now() + HALF_AN_HOUR))

    assert (change.state, await used(made)) == (State.PENDING, [0])


async def test_of_two_grants_in_two_channels_the_one_of_the_channel_is_used(made: World) -> None:
    made.policy = replace(made.policy, grants=replace(GRANTS, channels=("#*",)))
    await give(made, channel="C0QUIET")
    await give(made)

    assert (await asked(made)).approvals[0].grant == 2
    assert await used(made) == [0, 1]
