"""Approving in advance, and taking that back: who may, where, how far, and that each counts once."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.errors import Refusal
from bot.domain.grant import GrantOver, NoSuchGrant, NotYourGrant
from bot.domain.policy import Grants, GrantTooWide, MayNotGrant, NoGrants, NoGrantsHere
from bot.store import grants, retention
from bot.store.ledger import Ledger
from bot.store.tables import events, posts
from bot.store.tables import grants as table
from tests.rooms.engine.granted import (
    GRANTS,
    INCIDENT,
    NAMED,
    TARGETS,
    give,
    granting,
    granting_policy,
    order,
    revoke,
)
from tests.rooms.engine.ruled import CARLA, ONE_OF_TEAM, policy
from tests.rooms.engine.world import ALICE, BOB, World, world
from tests.rooms.store.ledgers import rows

GUEST = "U0GUEST"


@pytest.fixture
async def made(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=granting_policy(policy(ONE_OF_TEAM))) as made:
        yield made


async def noticed(made: World) -> list[tuple[str, str]]:
    """Return every notice: its channel, and its words."""
    return [
        (row["channel"], row["body"]["text"]) for row in await rows(made.ledger, posts) if "notice" in row["purpose"]
    ]


async def test_a_grant_is_stored_recorded_and_told_the_channel_in_one_transaction(made: World) -> None:
    grant = await give(made, targets=NAMED)

    async with made.ledger.reading() as book:
        assert await grants.active(book, at=made.time.now()) == [grant]
    assert (grant.name, grant.giver, grant.left, grant.until) == ("G-1", CARLA.id, 3, made.time.now() + 1800.0)
    [given] = [row for row in await rows(made.ledger, events) if row["kind"] == "grant.given"]
    assert (given["actor"], given["facts"]["grant"], given["facts"]["targets"]["listener"]) == (
        CARLA.id,
        "G-1",
        "lbl-quicktst",
    )
    assert await noticed(made) == [(INCIDENT, "given G-1")]
    assert await made.unanswered() == 0


async def test_the_same_command_gives_one_grant(made: World) -> None:
    wanted = await order(made)
    for _ in range(2):
        await granting(made).give(wanted, TARGETS, lasts=60.0, uses=1, told=lambda grant: grant.name)

    assert len(await rows(made.ledger, table)) == 1
    assert await noticed(made) == [(INCIDENT, "G-1")]


async def test_what_waited_to_be_worked_on_ends_when_it_was_meant_to(made: World) -> None:
    wanted = await order(made)
    made.time.jump(600.0)

    await granting(made).give(wanted, TARGETS, lasts=1800.0, uses=1, told=lambda grant: grant.name)

    [row] = await rows(made.ledger, table)
    assert row["until"] == wanted.since + 1800.0


@pytest.mark.parametrize(
    ("said", "by", "channel", "lasts", "uses", "refusal"),
    [
        (None, CARLA.id, INCIDENT, 60.0, 1, NoGrants),
        (GRANTS, BOB.id, INCIDENT, 60.0, 1, MayNotGrant),
        (replace(GRANTS, by=("anyone",)), GUEST, INCIDENT, 60.0, 1, MayNotGrant),
        (GRANTS, CARLA.id, "C0QUIET", 60.0, 1, NoGrantsHere),
        (GRANTS, CARLA.id, INCIDENT, 3660.0, 1, GrantTooWide),
        (GRANTS, CARLA.id, INCIDENT, 60.0, 6, GrantTooWide),
    ],
)
async def test_what_the_policy_does_not_allow_is_refused_and_stores_nothing(
    made: World, said: Grants | None, by: str, channel: str, lasts: float, uses: int, refusal: type[Refusal]
) -> None:
    made.policy = granting_policy(made.policy, said)
    wanted = await order(made, by, channel=channel)

    with pytest.raises(refusal):
        await granting(made).give(wanted, TARGETS, lasts=lasts, uses=uses, told=lambda grant: grant.name)

    assert await rows(made.ledger, table) == []
    assert await made.unanswered() == 1  # the reception answers it


async def test_nobody_of_whom_slack_does_not_tell_approves_in_advance(made: World) -> None:
    wanted = await order(made)
    await made.slack.fault("http_503", method="users.info", times=5)

    with pytest.raises(Refusal):
        await granting(made).give(wanted, TARGETS, lasts=60.0, uses=1, told=lambda grant: grant.name)

    assert await rows(made.ledger, table) == []


@pytest.mark.parametrize("by", [CARLA.id, ALICE.id])  # who gave it; another lead
async def test_its_giver_and_the_other_leads_revoke_a_grant(made: World, by: str) -> None:
    grant = await give(made)

    await revoke(made, grant, by)

    async with made.ledger.reading() as book:
        assert await grants.active(book, at=made.time.now()) == []
    [row] = await rows(made.ledger, table)
    assert (row["revoked_at"], row["revoked_by"], row["revoked_why"]) == (made.time.now(), by, "over")
    assert [one["actor"] for one in await rows(made.ledger, events) if one["kind"] == "grant.revoked"] == [by]
    assert (await noticed(made))[1:] == [(INCIDENT, "revoked G-1")]


async def test_the_giver_revokes_a_grant_though_the_policy_names_them_no_more(made: World) -> None:
    grant = await give(made)
    made.policy = granting_policy(made.policy, None)

    await revoke(made, grant)

    assert (await rows(made.ledger, table))[0]["revoked_by"] == CARLA.id


async def test_nobody_else_revokes_a_grant(made: World) -> None:
    grant = await give(made)

    with pytest.raises(NotYourGrant):
        await revoke(made, grant, BOB.id)

    assert (await rows(made.ledger, table))[0]["revoked_at"] is None


async def test_a_giver_who_became_a_guest_revokes_nothing(made: World) -> None:
    grant = await give(made)
    await made.slack.do("users", id=CARLA.id, is_restricted=True)

    with pytest.raises(MayNotGrant):
        await revoke(made, grant)


async def test_what_is_over_or_never_was_is_not_revoked(made: World) -> None:
    grant = await give(made)

    with pytest.raises(NoSuchGrant):
        await revoke(made, replace(grant, id=2))
    made.time.jump(1800.0)
    with pytest.raises(GrantOver):
        await revoke(made, grant)


async def test_what_is_active_is_told_full_members_only(made: World) -> None:
    ended, revoked, active = await give(made, minutes=1), await give(made), await give(made, channel=INCIDENT)
    await revoke(made, revoked)
    made.time.jump(60.0)

    assert await granting(made).active(BOB.id) == [active]
    assert ended.id == 1
    with pytest.raises(MayNotGrant):
        await granting(made).active(GUEST)


async def test_what_somebody_sent_to_give_a_grant_is_kept(made: World) -> None:
    await give(made)
    made.time.jump(1.0)
    shelf = next(one for one in retention.SHELVES if one.name == "intake")

    async with made.ledger.writing() as book:
        keys = await retention.past(book, shelf, before=made.time.now(), most=10)

    assert keys == []
