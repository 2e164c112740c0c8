"""What could not be stored: its person is told, or Slack says that it was not heard."""

import asyncio

import pytest

from bot.slack.cards import APPROVE
from bot.slack.reception import COMMAND
from bot.slack.wording import Wording
from tests.rooms.slack import away
from tests.rooms.slack.away import written_by_another
from tests.rooms.slack.edge import BODY, Edge
from tests.rooms.slack.stand_in import BOB

HEARD_WITHIN = 4  # seconds: Slack waits 3 for an ack
url, through, bot = away.url, away.through, away.bot


@pytest.mark.parametrize("why", ["not_in_channel", "is_archived", "token_revoked"])
async def test_who_presses_where_slack_takes_no_message_is_told_so_by_the_click_s_own_url(
    bot: Edge, url: str, why: str
) -> None:
    await bot.asked()
    await bot.slack.do("faults", method="chat.postEphemeral", kind="api_error", error=why)
    with written_by_another(url):
        assert (await bot.press(APPROVE, user=BOB))["ok"]
        await bot.slack.until(lambda: bool(bot.slack.told(BOB)))

    assert bot.slack.told(BOB) == [Wording("en").say("answer/not_stored")]


async def test_of_what_comes_twice_nobody_hears_that_it_was_not_stored_when_it_was(bot: Edge, url: str) -> None:
    assert await bot.reception.take(COMMAND, "1.1", BODY)
    with written_by_another(url):
        assert await bot.reception.take(COMMAND, "1.1", BODY) is None


async def test_a_press_that_is_not_stored_is_heard_only_once_its_person_was_told(bot: Edge, url: str) -> None:
    await bot.asked()
    await bot.slack.fault("drop_before", method="chat.postEphemeral")
    with written_by_another(url):
        pressing = asyncio.create_task(bot.press(APPROVE, user=BOB))
        while not await bot.slack.calls("chat.postEphemeral"):
            pass
        await bot.slack.do("clock", advance=HEARD_WITHIN)

    assert not (await pressing)["ok"]  # Slack itself shows that nothing was heard
    assert bot.slack.told(BOB) == []
    assert (await bot.press(APPROVE, user=BOB))["ok"]
    await bot.shown("*Approved*")
