"""Results while the channel takes nothing: told directly at once, and in the thread as soon as it opens again."""

import pytest

from bot.domain.change import Move
from bot.store.outbox import Purpose
from tests.rooms.slack.posting import Postman
from tests.rooms.slack.stand_in import ALICE, BOB, INCIDENT


def members(postman: Postman) -> set[str]:
    return set(postman.slack.workspace.channels[INCIDENT].members)


async def set_members(postman: Postman, members: set[str]) -> None:
    await postman.slack.do("channels", id=INCIDENT, members=sorted(members))


async def test_a_result_without_its_channel_is_told_directly_once_and_stands_in_the_thread_later(
    postman: Postman,
) -> None:
    change = await postman.opened()
    await postman.deliver()
    before = members(postman)
    await set_members(postman, before - {postman.slack.workspace.bot_user})
    await postman.moved(change, Move.REJECT)

    for _ in range(4):
        await postman.deliver(after=60)
    closed = postman.slack.thread(await postman.card())
    await set_members(postman, before)
    for _ in range(2):
        await postman.deliver(after=60)

    [result] = postman.slack.thread(await postman.card())
    assert closed == []
    assert "rejected CR-1" in result.text
    assert postman.slack.direct(ALICE) == [result.text]
    assert postman.slack.direct(BOB) == [result.text]
    assert "*Rejected*" in postman.slack.top()[0].text


@pytest.mark.parametrize(
    "why", ["not_in_channel", "channel_not_found", "is_archived", "restricted_action", "is_inactive"]
)
async def test_a_refusal_that_can_end_is_waited_out(postman: Postman, why: str) -> None:
    change = await postman.opened()
    await postman.deliver()
    await postman.moved(change, Move.REJECT)
    await postman.slack.fault("api_error", error=why, method="chat.postMessage")

    await postman.deliver()
    refused = await postman.row(Purpose.RESULT)
    await postman.deliver(after=60)

    assert (refused["given_up"], refused["attempts"]) == (None, 1)
    assert len(postman.slack.thread(await postman.card())) == 1
