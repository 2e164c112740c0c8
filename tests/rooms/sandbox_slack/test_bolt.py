"""A real Bolt app over its real Socket Mode client: the stand-in must be Slack enough for it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from tests.rooms.sandbox_slack.stand_in import APP, BOT, INCIDENT, Slack, actions, button, modal, section

Body = dict[str, Any]


class TinyApp:
    """One command, one button, one modal."""

    def __init__(self, client: AsyncWebClient) -> None:
        self.bolt = AsyncApp(client=client)
        self.modal_open = asyncio.Event()
        self.reason = ""
        self.bolt.command("/lb")(self.command)
        self.bolt.action("reject")(self.reject)
        self.bolt.view("reject")(self.submitted)

    async def command(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        await ack("Asking.")
        blocks = [section("*Change*"), actions(button("reject", "Reject", value="CR-1"))]
        await client.chat_postMessage(channel=body["channel_id"], text="A change", blocks=blocks)

    async def reject(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(private_metadata=body["message"]["ts"]))
        await respond(text="Say why.", replace_original=False)
        self.modal_open.set()

    async def submitted(self, ack: AsyncAck, view: Body, client: AsyncWebClient) -> None:
        self.reason = view["state"]["values"]["why"]["reason"]["value"]
        if self.reason == "no":
            await ack(response_action="errors", errors={"why": "Say more."})
            return
        await client.chat_update(
            channel=INCIDENT, ts=view["private_metadata"], text=f"Rejected: {self.reason}", blocks=[]
        )
        await ack()


@pytest.fixture
async def tiny(slack: Slack) -> AsyncIterator[TinyApp]:
    client = AsyncWebClient(token=BOT, base_url=f"{slack.url}/api/")
    client.proxy = None
    app = TinyApp(client)
    running = AsyncSocketModeHandler(app.bolt, APP)
    await running.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
    await slack.look("sockets?at_least=1")
    yield app
    await running.close_async()  # type: ignore[no-untyped-call]  # as above


async def card(slack: Slack) -> str:
    state = await slack.look("state?user=bob")
    while not state["channels"][0]["messages"]:
        state = await slack.look(f"state?user=bob&since={state['revision']}")
    return str(state["channels"][0]["messages"][0]["ts"])


async def test_a_command_a_press_and_a_form_go_through_bolt(slack: Slack, tiny: TinyApp) -> None:
    typed = await slack.do("type", user="alice", channel=INCIDENT, text="/lb probe-port")
    ts = await card(slack)
    pressed = await slack.do("press", user="bob", channel=INCIDENT, ts=ts, action_id="reject")
    await tiny.modal_open.wait()
    view = (await slack.views("bob"))[0]["id"]
    short = await slack.do("submit", user="bob", view=view, values={"why": {"reason": "no"}})
    done = await slack.do("submit", user="bob", view=view, values={"why": {"reason": "too risky"}})

    assert [outcome["ok"] for outcome in (typed, pressed, done)] == [True, True, True]
    assert short["errors"] == {"why": "Say more."}
    assert tiny.reason == "too risky"
    assert "Asking." in [message["text"] for message in await slack.messages("alice")]
    assert [message["text"] for message in await slack.messages("bob")] == ["Rejected: too risky", "Say why."]
    assert {call["error"] for call in await slack.listing("calls")} == {""}


@pytest.mark.usefixtures("tiny")
async def test_bolt_comes_back_after_a_warning_and_answers_on_the_new_connection(slack: Slack) -> None:
    await slack.fault("disconnect", reason="warning")
    await slack.look("sockets?at_least=1&newer_than=1")

    outcome = await slack.do("type", user="alice", channel=INCIDENT, text="/lb")

    assert outcome["ok"] is True
    assert (await slack.listing("deliveries"))[-1]["socket"] > 1
    assert await card(slack)
