"""What would come of a request is what comes of it, and what a preview showed is sent once."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.change import Change, State
from bot.domain.errors import Refusal
from bot.domain.policy import Deny, Policy
from bot.domain.starts import Start
from bot.engine.explaining import Explaining
from bot.engine.previewing import Outlook, Previewing
from bot.store.book import AlreadyOpen
from bot.store.ledger import Ledger
from bot.store.sent import SentAlready
from bot.store.tables import changes, events, grants, posts
from tests.rooms.engine.frozen import by_leads, freeze
from tests.rooms.engine.granted import asked, give, granting_policy
from tests.rooms.engine.ruled import GROUPS, ONE_OF_TEAM, TEAM_THEN_LEADS, TWO_OF_TEAM, leave, policy
from tests.rooms.engine.scheduled import IN_AN_HOUR, NIGHTLY, WINDOWED
from tests.rooms.engine.world import ALICE, BOB, OPERATION, World, world
from tests.rooms.store.ledgers import rows

CHANNEL = "C0INCIDENT"


async def send(made: World, preview: str, key: str) -> Change | None:
    """Let bob send what ``preview`` showed."""
    return await made.changes().open(OPERATION, "x", requester=BOB.id, channel=CHANNEL, key=key, preview=preview)


async def outlook(made: World, start: Start | None = None) -> Outlook:
    previewing = Previewing(made.changes(), Explaining(made.ledger, made.time, made.ruling()))
    return await previewing.outlook(OPERATION, "INC-7", requester=BOB.id, channel=CHANNEL, start=start)


async def stored(ledger: Ledger) -> list[object]:
    return [await rows(ledger, table) for table in (changes, events, posts, grants)]


def same(change: Change) -> Change:
    """Return ``change`` without what only the stored one has: its number, and where its approvals brought it."""
    approvals = tuple(replace(one, at=0.0) for one in change.approvals)
    told = replace(change, id=0, approvals=approvals, state=State.PENDING, decided_by=None, decided_at=None)
    return replace(told, turn=None, facts=replace(change.facts, observed_at=0.0))


@pytest.mark.parametrize("start", [None, IN_AN_HOUR, NIGHTLY])
@pytest.mark.parametrize(
    "rules",
    [
        replace(WINDOWED, groups=GROUPS),
        *(replace(policy(asks), windows=WINDOWED.windows) for asks in (ONE_OF_TEAM, TEAM_THEN_LEADS)),
    ],
    ids=["default", "one", "two"],
)
async def test_what_is_foreseen_is_what_opens_and_looking_stores_nothing(
    ledger: Ledger, rules: Policy, start: Start | None
) -> None:
    async with world(ledger, policy=granting_policy(rules)) as made:
        await give(made, ALICE.id, minutes=60)
        before = await stored(ledger)

        seen = await outlook(made, start)

        assert await stored(ledger) == before
        assert same(seen.change) == same(await asked(made, by=BOB.id, start=start))
        assert made.calls == 0


async def test_a_freeze_is_foreseen(ledger: Ledger) -> None:
    async with world(ledger, policy=by_leads()) as made:
        await freeze(made)

        assert same((await outlook(made)).change) == same(await asked(made, by=BOB.id))


async def test_a_grant_is_counted_as_far_as_it_goes(ledger: Ledger) -> None:
    async with world(ledger, policy=granting_policy(policy(TEAM_THEN_LEADS))) as made:
        await give(made)
        seen = await outlook(made)

    assert [one.grant for one in seen.change.approvals] == [1]
    assert (seen.able, seen.on_call) == (frozenset({ALICE.id}), frozenset())


@pytest.mark.parametrize("asks", [Deny(text="no"), TWO_OF_TEAM], ids=["denied", "nobody could"])
async def test_a_no_is_the_same(ledger: Ledger, asks: Deny) -> None:
    async with world(ledger, policy=policy(asks)) as made:
        await leave(made, ALICE.id)
        with pytest.raises(Refusal) as foreseen:
            await outlook(made)
        with pytest.raises(Refusal) as told:
            await asked(made, by=BOB.id)

    assert (foreseen.value.code, foreseen.value.facts) == (told.value.code, told.value.facts)


async def test_an_open_change_on_the_backend_is_foreseen(ledger: Ledger) -> None:
    async with world(ledger) as made:
        await made.asked()
        with pytest.raises(AlreadyOpen):
            await outlook(made)


async def test_what_a_preview_showed_opens_once_however_many_send_it_at_once(ledger: Ledger) -> None:
    async with world(ledger) as made:
        preview, *presses = [await made.key() for _ in range(4)]

        came = await asyncio.gather(*(send(made, preview, key) for key in presses), return_exceptions=True)

        assert sorted(type(one).__name__ for one in came) == ["Change", "SentAlready", "SentAlready"]
        assert [row["intake"] for row in await rows(ledger, changes)] == [preview]


@pytest.mark.parametrize("is_run", [False, True], ids=["cancelled", "run"])
async def test_what_was_sent_is_not_sent_again_once_it_is_over(ledger: Ledger, *, is_run: bool) -> None:
    async with world(ledger) as made:
        preview = await made.key()
        change = await send(made, preview, await made.key())
        assert change is not None
        if is_run:
            await made.decisions().approve(await made.click(change, ALICE))
            assert (await made.ran(change)).state is State.SUCCEEDED
        else:
            await made.decisions().cancel(await made.click(change, BOB))
        with pytest.raises(SentAlready) as no:
            await send(made, preview, await made.key())

        assert no.value.facts == {"change": "CR-1"}
