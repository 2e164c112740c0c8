"""Rate limits (Slack fact sheet, section 9)."""

import httpx

from bot.sandbox.slack.platform import Options
from tests.rooms.sandbox_slack.conftest import Opener
from tests.rooms.sandbox_slack.stand_in import BOT, INCIDENT, Slack

BEARER = {"Authorization": f"Bearer {BOT}"}


async def posts(slack: Slack, count: int, channel: str = INCIDENT) -> list[httpx.Response]:
    url = f"{slack.url}/api/chat.postMessage"
    return [await slack.http.post(url, json={"channel": channel, "text": "x"}, headers=BEARER) for _ in range(count)]


async def test_forty_fast_posts_to_one_channel_meet_the_limit(slack: Slack) -> None:
    answers = await posts(slack, 40)

    refused = [answer for answer in answers if answer.status_code == httpx.codes.TOO_MANY_REQUESTS]
    assert len(refused) == 20
    assert {answer.headers["Retry-After"] for answer in refused} == {"1"}
    assert len(await slack.messages()) == 20


async def test_after_the_wait_one_more_message_goes_through(slack: Slack) -> None:
    await posts(slack, 20)
    await slack.advance(1)

    statuses = [answer.status_code for answer in await posts(slack, 2)]

    assert statuses == [200, 429]


async def test_each_channel_has_its_own_pace(slack: Slack) -> None:
    await posts(slack, 21)

    assert (await posts(slack, 1, channel="U0BOB"))[0].status_code == 200


async def test_tiers_count_only_where_switched_on(opened: Opener) -> None:
    async with opened(Options(tiers=True)) as slack:
        for _ in range(20):
            await slack.api("users.list")
        url = f"{slack.url}/api/users.list"
        refused = await slack.http.get(url, headers=BEARER)
        await slack.advance(3)

        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3")
        assert (await slack.http.get(url, headers=BEARER)).status_code == 200


async def test_without_tiers_reads_are_not_counted(slack: Slack) -> None:
    answers = [await slack.api("users.list") for _ in range(25)]

    assert all(answer["ok"] for answer in answers)
