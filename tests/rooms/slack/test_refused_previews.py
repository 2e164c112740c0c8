"""What a preview says where the request would be refused: the very same, and that nothing was sent."""

from dataclasses import replace

import pytest

from bot.domain.policy import Deny, People, Policy
from bot.slack.wording import Mrkdwn, Wording
from tests.rooms.engine.ruled import ONE_OF_TEAM, leave, policy
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import ASK
from tests.rooms.slack.previewed import PREVIEW, STRICT, buttons, is_nothing_stored, previewed, under
from tests.rooms.slack.stand_in import ALICE, BOB, QUIET

WORDS = Wording("en")
RECEIPT = WORDS.say("answer/receipt")
PLAIN = policy(ONE_OF_TEAM)
FEW = {"team": People(ids=frozenset({ALICE})), "leads": People(ids=frozenset({BOB}))}


@pytest.mark.parametrize(
    ("rules", "line"),
    [
        (policy(Deny(text="Ask the network team.")), ASK),
        (policy(replace(STRICT, channels=("#ops",))), ASK),
        (policy(replace(STRICT, reason="OPS-[0-9]+", reason_example="OPS-12")), ASK),
        (replace(PLAIN, groups=FEW), ASK),
        (PLAIN, ASK.replace("8101", "8001")),
        (PLAIN, ASK.replace("quick001", "nobody00")),
        (PLAIN, ASK.replace(" the health", " --at 2023-11-14T22:00 the health")),
        (PLAIN, ASK.replace(" the health", " --window nightly the health")),
    ],
    ids=["denied", "channel", "reason", "nobody could", "nothing to do", "not bound", "passed", "no window"],
)
async def test_a_no_is_the_one_that_the_request_gets(made: World, rules: Policy, line: str) -> None:
    async with under(made, rules) as bot:
        preview = await previewed(bot, line.replace("/lb ", "/lb preview "))
        await bot.type(line)
        await bot.slack.until(lambda: len(bot.slack.told(ALICE)) == 2 and RECEIPT not in bot.slack.told(ALICE))

        assert preview.text == WORDS.say("preview/refused", answer=Mrkdwn(bot.slack.told(ALICE)[1]))
        assert buttons(preview) == []
        assert await is_nothing_stored(bot)


async def test_a_channel_in_which_no_card_can_stand_is_said_before(made: World) -> None:
    async with under(made, PLAIN) as bot:
        await bot.type(PREVIEW, channel=QUIET)
        told = WORDS.say("preview/refused", answer=WORDS.say("refusal/not_in_channel"))
        await bot.slack.until(lambda: bot.slack.told(ALICE, QUIET) == [told])


async def test_another_open_change_on_the_backend_is_told_with_its_card(made: World) -> None:
    async with under(made, PLAIN) as bot:
        card = await bot.asked()
        preview = await previewed(bot, user=BOB)

        assert "CR-1 on the same backend is still open" in preview.text
        assert f"p{card.ts.replace('.', '')}" in preview.text
        assert buttons(preview) == []


async def test_a_cloud_that_does_not_answer_is_said(made: World) -> None:
    async with under(made, PLAIN) as bot:
        made.fault("*", "http_500", times=0)
        preview = await previewed(bot)

        assert "The cloud could not be read, so nothing was asked or changed." in preview.text
        assert buttons(preview) == []
        assert await is_nothing_stored(bot)


async def test_a_slack_that_does_not_say_who_is_in_a_group_is_said(made: World) -> None:
    async with under(made, PLAIN) as bot:
        await bot.slack.fault("http_500", method="usergroups.list", times=0)
        preview = await previewed(bot)

        assert "Slack didn't tell me who is in which user group" in preview.text
        assert await is_nothing_stored(bot)


async def test_a_group_that_everybody_left_can_not_approve(made: World) -> None:
    async with under(made, PLAIN) as bot:
        await leave(made, ALICE)

        assert "Nobody who is there can bring this through" in (await previewed(bot)).text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/lb preview probe-port", "Copy and correct: `/lb preview probe-port &lt;load_balancer&gt;"),
        (PREVIEW.replace("preview", "preveiw"), f"Copy and correct: `{PREVIEW}`"),
        (PREVIEW.replace("preview", "preview emergency"), f"Copy and correct: `{PREVIEW}`"),
        ("/lb help", "`/lb preview probe-port lb-abcdefgh"),
    ],
)
async def test_a_wrong_line_gets_a_preview_to_copy(made: World, text: str, told: str) -> None:
    async with under(made, PLAIN) as bot:
        await bot.type(text)
        await bot.told(told, user=ALICE)

        assert await is_nothing_stored(bot)
