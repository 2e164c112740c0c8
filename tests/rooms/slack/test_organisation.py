"""The app in a whole organisation: its people decide, whichever of its workspaces they are in."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.change import State
from bot.sandbox.slack.seed import ORGANISATION
from bot.slack.cards import APPROVE
from bot.slack.wording import Wording
from bot.store.ledger import Ledger
from tests.rooms.clock import Time
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import Edge, edge, working
from tests.rooms.slack.stand_in import INCIDENT, stand_in

SISTER, DORA = "T0SISTER", "W0DORA"
NOT_A_MEMBER = Wording("en").say("refusal/not_a_member", change="CR-1")


@pytest.fixture
async def bot(ledger: Ledger, made: World, time: Time) -> AsyncIterator[Edge]:
    async with (
        stand_in(time, organisation=ORGANISATION) as slack,
        edge(slack, ledger, made) as idle,
        working(idle) as bot,
    ):
        yield bot


async def join(bot: Edge, person: str, **flags: object) -> None:
    """Let ``person`` sit in the channel."""
    await bot.slack.do("users", id=person, **flags)
    members = bot.slack.workspace.channels[INCIDENT].members
    await bot.slack.do("channels", id=INCIDENT, members=sorted(members | {person}))


async def state(bot: Edge) -> State:
    async with bot.ledger.reading() as book:
        return (await book.change(1)).state


async def test_a_person_of_a_sister_workspace_approves(bot: Edge) -> None:
    await bot.asked()

    await bot.press(APPROVE, user=DORA)

    await bot.shown("*Approved*")
    assert await state(bot) is State.APPROVED


async def test_a_stranger_of_another_organisation_decides_nothing(bot: Edge) -> None:
    await bot.asked()

    await bot.press(APPROVE, user="U0STRANGE")
    await bot.told(NOT_A_MEMBER, user="U0STRANGE")

    assert await state(bot) is State.PENDING


async def test_who_has_no_organisation_although_no_stranger_decides_nothing(bot: Edge) -> None:
    await join(bot, "U0ELSE", team_id="T0ELSE")
    await bot.asked()

    await bot.press(APPROVE, user="U0ELSE")
    await bot.told(NOT_A_MEMBER, user="U0ELSE")

    assert await state(bot) is State.PENDING


async def test_a_guest_of_a_sister_workspace_decides_nothing(bot: Edge) -> None:
    await join(bot, DORA, is_restricted=True)
    await bot.asked()

    await bot.press(APPROVE, user=DORA)
    await bot.told("Guests can't decide", user=DORA)

    assert await state(bot) is State.PENDING


@pytest.mark.parametrize(("team", "member"), [(SISTER, True), ("E0SANDBOX", True), (None, True), ("T0OTHER", False)])
async def test_a_click_names_a_workspace_of_the_person_or_none(bot: Edge, team: str | None, *, member: bool) -> None:
    assert (await bot.people.identify(DORA, team)).member is member


async def test_who_has_no_organisation_is_no_member_where_the_click_names_no_workspace(bot: Edge) -> None:
    await join(bot, "U0ELSE", team_id="T0ELSE")

    assert not (await bot.people.identify("U0ELSE", None)).member
