"""What only one person sees, by the shortest way that still works."""

import pytest

from bot.slack.personal import withdraw
from bot.store.outbox import Purpose
from tests.rooms.sandbox_slack.stand_in import Slack
from tests.rooms.slack.posting import Postman
from tests.rooms.slack.stand_in import ALICE, BOB, INCIDENT, QUIET, StandIn

ANSWER = "answer:k9"


@pytest.fixture
async def hook(slack: StandIn) -> str:
    """Let alice type a command that a bare app acknowledges; return where it may be answered."""
    app_side = Slack(url=slack.url, http=slack.http)
    app = await app_side.app()
    payload, _ = await app_side.answered(app, slack.do("type", user="alice", channel=INCIDENT, text="/lb help"))
    await app.close()
    return str(payload["response_url"])


async def test_an_answer_goes_to_the_command_it_answers(postman: Postman, hook: str) -> None:
    postman.urls["k9"] = hook
    await postman.tell("only you see this")

    await postman.deliver()

    assert postman.slack.told(ALICE) == ["only you see this"]
    assert postman.slack.told(BOB) == []
    assert await postman.slack.calls("chat.postEphemeral") == []
    assert (await postman.row(ANSWER))["delivered"] == 1


async def test_an_answer_needs_no_token_where_its_command_can_be_answered_however_much_waits(
    postman: Postman, hook: str
) -> None:
    change = await postman.opened()
    for number in range(60):
        await postman.want(change, f"{Purpose.MOVED}:{number}", approver=BOB, moved=[])
    await postman.slack.fault("revoked_token", times=0)
    await postman.token.look()
    postman.urls["k9"] = hook
    await postman.tell("only you see this")
    await postman.tell("and this later", key="k10")
    calls = len(await postman.slack.look("calls"))

    await postman.deliver()

    assert postman.slack.told(ALICE) == ["only you see this"]
    assert [call["method"] for call in (await postman.slack.look("calls"))[calls:]] == ["response_url"]


@pytest.mark.parametrize("trouble", ["none is known", "nobody listens there", "it is ill", "it answers with a page"])
async def test_without_a_response_url_that_works_it_is_an_ephemeral_message(
    postman: Postman, hook: str, trouble: str
) -> None:
    page = trouble == "it answers with a page"
    await postman.slack.fault("html_body" if page else "http_500", method="response_url")
    urls = {
        "it is ill": {"k9": hook},
        "it answers with a page": {"k9": hook},
        "nobody listens there": {"k9": "http://127.0.0.1:9/"},
    }
    postman.urls.update(urls.get(trouble, {}))
    await postman.tell("only you see this")

    await postman.deliver()

    assert postman.slack.told(ALICE) == ["only you see this"]
    assert len(await postman.slack.calls("chat.postEphemeral")) == 1


@pytest.mark.parametrize("channel", [QUIET, "C0NOWHERE"])
async def test_where_the_bot_or_the_person_is_not_it_is_a_direct_message(postman: Postman, channel: str) -> None:
    await postman.tell("only you see this", channel=channel)

    await postman.deliver()

    assert postman.slack.direct(ALICE) == ["only you see this"]


async def test_somebody_who_left_the_channel_gets_a_direct_message(postman: Postman) -> None:
    await postman.slack.do("channels", id=INCIDENT, members=["bob", "countersign"])
    await postman.tell("only you see this")

    await postman.deliver()

    assert postman.slack.direct(ALICE) == ["only you see this"]
    assert postman.slack.told(BOB) == []


async def test_an_answer_slack_did_not_take_is_told_later(postman: Postman) -> None:
    await postman.slack.fault("http_500", method="chat.postEphemeral")
    await postman.tell("only you see this")

    await postman.deliver()
    early = postman.slack.told(ALICE)
    await postman.deliver(after=1.0)

    assert early == []
    assert postman.slack.told(ALICE) == ["only you see this"]


async def test_a_receipt_is_withdrawn_and_one_that_stays_does_no_harm(postman: Postman, hook: str) -> None:
    postman.urls["k9"] = hook
    await postman.tell("⏳")
    await postman.deliver()

    await withdraw(hook)
    await withdraw(hook)
    await withdraw("http://127.0.0.1:9/")
    await withdraw(None)

    assert postman.slack.told(ALICE) == []
