"""The Socket Mode connection comes up, and comes back."""

import asyncio

import pytest

from tests.rooms.slack.edge import Edge
from tests.rooms.slack.stand_in import ALICE, StandIn

QUICK = 1.0  # seconds between two tries to connect


async def connected(slack: StandIn, *, but: frozenset[int] = frozenset()) -> frozenset[int]:
    """Wait until a connection other than ``but`` stands, and return all that do."""
    found: frozenset[int] = frozenset()
    while not found - but:
        found = frozenset((await slack.look("sockets?at_least=1"))["open"])
    return found


async def answers(idle: Edge) -> None:
    """A command gets its ack and its answer."""
    before = len(idle.slack.told(ALICE))
    assert (await idle.type("/lb help"))["ok"]
    await idle.reception.drain(5.0)
    await asyncio.gather(*await idle.thread.begin_due())
    assert len(idle.slack.told(ALICE)) == before + 1


async def test_a_line_is_up_while_its_block_runs(idle: Edge) -> None:
    line = idle.line()
    before = await line.is_up()
    async with line.up():
        during = await line.is_up()
        await answers(idle)
    after = await line.is_up()

    assert (before, during, after) == (False, True, False)
    assert not (await idle.type("/lb help"))["ok"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "handshake_failure"},
        {"kind": "connections_open_fails"},
        {"kind": "http_500", "method": "apps.connections.open"},
        {"kind": "drop_after", "method": "apps.connections.open"},
    ],
    ids=lambda fault: fault["kind"],
)
async def test_a_line_that_does_not_come_up_at_once_comes_up_later(idle: Edge, fault: dict[str, str]) -> None:
    await idle.slack.do("faults", **fault)

    async with idle.line(ping_seconds=QUICK).up():
        await answers(idle)


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
async def test_a_line_that_slack_takes_away_comes_back(idle: Edge, reason: str) -> None:
    async with idle.line().up():
        first = await connected(idle.slack)
        await idle.slack.fault("disconnect", reason=reason)
        await idle.slack.do("clock", advance=20)
        await connected(idle.slack, but=first)
        await answers(idle)


async def test_a_line_comes_back_although_the_first_try_fails(idle: Edge) -> None:
    async with idle.line(ping_seconds=QUICK).up():
        first = await connected(idle.slack)
        await idle.slack.fault("handshake_failure")
        await idle.slack.fault("disconnect", reason="refresh_requested")
        await connected(idle.slack, but=first)
        await answers(idle)


async def test_a_storm_of_disconnects_ends_in_a_line(idle: Edge) -> None:
    async with idle.line(ping_seconds=QUICK).up():
        first = await connected(idle.slack)
        await idle.slack.fault("reconnect_storm", n=3)
        await connected(idle.slack, but=first | frozenset(range(1, 4)))
        await answers(idle)
