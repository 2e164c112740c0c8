"""A small real Bolt app over Socket Mode, with one of everything the page must show."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def marked(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(action_id: str, label: str, **facts: object) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(label), "value": "CR-1", **facts}


def card(asker: str) -> list[Json]:
    confirm = {
        "title": plain("Reject CR-1?"),
        "text": marked("*web-frontend* stays as it is."),
        "confirm": plain("Reject"),
        "deny": plain("Keep"),
        "style": "danger",
    }
    snooze = {
        "type": "static_select",
        "action_id": "snooze",
        "placeholder": plain("Remind"),
        "options": [{"text": plain("in 5 minutes"), "value": "5"}, {"text": plain("in an hour"), "value": "60"}],
    }
    more = {
        "type": "overflow",
        "action_id": "more",
        "options": [{"text": plain("Show the record"), "value": "record"}],
    }
    return [
        {"type": "header", "text": plain("Set probe port 80 → 8081 on web-frontend")},
        {
            "type": "section",
            "text": marked(f"<@{asker}> asks to change the *probe port* of `ins-7b21:8080` on `lb-9k2p`."),
            "fields": [marked("*Before*\n`80`"), marked("*After*\n`8081`"), marked("*Health*\n:red_circle: Dead")],
        },
        {"type": "context", "elements": [marked("CR-1 · needs 1 approval · :lock:")]},
        {
            "type": "actions",
            "block_id": f"decide {asker}",
            "elements": [
                button("approve", "Approve", style="primary", accessibility_label="Approve change CR-1"),
                button("reject", "Reject", confirm=confirm),
                snooze,
                more,
            ],
        },
    ]


def port_modal(channel: str) -> Json:
    line = {"type": "plain_text_input", "action_id": "port", "placeholder": plain("8081")}
    why = {"type": "plain_text_input", "action_id": "why", "multiline": True}
    return {
        "type": "modal",
        "callback_id": "port",
        "private_metadata": channel,
        "title": plain("Change a probe port"),
        "submit": plain("Ask"),
        "close": plain("Back"),
        "blocks": [
            {"type": "section", "text": marked("Load balancer *web-frontend*")},
            {"type": "input", "block_id": "port", "label": plain("New probe port"), "element": line},
            {"type": "input", "block_id": "why", "label": plain("Why"), "optional": True, "element": why},
            {"type": "actions", "block_id": "more", "elements": [button("explain", "What is a probe port?")]},
        ],
    }


def explanation() -> Json:
    return {
        "type": "modal",
        "title": plain("Probe ports"),
        "close": plain("Got it"),
        "blocks": [{"type": "section", "text": plain("The port a health check knocks at.")}],
    }


def tiny_app(address: str) -> AsyncApp:
    client = AsyncWebClient(token="xoxb-sandbox", base_url=f"{address}/api/")
    client.proxy = None  # the SDK would send even loopback through a proxy of the environment
    app = AsyncApp(client=client)
    app.command("/lb")(on_command)
    app.action("approve")(on_approve)
    app.action("reject")(on_reject)
    app.action("snooze")(on_snooze)
    app.action("more")(on_more)
    app.action("explain")(on_explain)
    app.view("port")(on_port)
    return app


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[None]:
    """Keep the tiny app connected to the sandbox Slack at ``address``."""
    handler = AsyncSocketModeHandler(tiny_app(address), "xapp-sandbox")
    handler.client.proxy = None
    await handler.connect_async()  # type: ignore[no-untyped-call]  # as Bolt has it
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # as Bolt has it


async def on_command(ack: AsyncAck, command: Json, client: AsyncWebClient, respond: AsyncRespond) -> None:
    await ack()
    match command["text"]:
        case "card":
            await client.chat_postMessage(
                channel=command["channel_id"], text="CR-1: set a probe port", blocks=card(command["user_id"])
            )
        case "ask":
            await client.views_open(trigger_id=command["trigger_id"], view=port_modal(command["channel_id"]))
        case text:
            await respond(f"`/lb {text}` is no command. Try `/lb card`.")


async def on_approve(ack: AsyncAck, body: Json, client: AsyncWebClient, respond: AsyncRespond) -> None:
    await ack()
    user = body["user"]["id"]
    if body["actions"][0]["block_id"] == f"decide {user}":
        await respond(text="You can't approve your own change.", replace_original=False)
        return
    await decided(body, client, f":white_check_mark: Approved by <@{user}>")


async def on_reject(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
    await ack()
    await decided(body, client, f":x: Rejected by <@{body['user']['id']}>")


async def decided(body: Json, client: AsyncWebClient, words: str) -> None:
    message, channel = body["message"], body["channel"]["id"]
    blocks = [*message["blocks"][:-1], {"type": "context", "elements": [marked(words)]}]
    await client.chat_update(channel=channel, ts=message["ts"], text=words, blocks=blocks)
    await client.chat_postMessage(channel=channel, thread_ts=message["ts"], text=f"{words}\n`▓▓▓▓░░░░` 50 %")


async def on_snooze(ack: AsyncAck, body: Json, respond: AsyncRespond) -> None:
    await ack()
    minutes = body["actions"][0]["selected_option"]["value"]
    await respond(text=f"You are reminded in {minutes} minutes.", replace_original=False)


async def on_more(ack: AsyncAck, body: Json, respond: AsyncRespond) -> None:
    await ack()
    await respond(text=f"The {body['actions'][0]['selected_option']['value']} is empty.", replace_original=False)


async def on_explain(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
    await ack()
    await client.views_push(trigger_id=body["trigger_id"], view=explanation())


async def on_port(ack: AsyncAck, body: Json, view: Json, client: AsyncWebClient) -> None:
    port = view["state"]["values"]["port"]["port"]["value"]
    if not port.isdecimal():
        await ack(response_action="errors", errors={"port": f"A port is a number; you gave “{port}”."})
        return
    await ack()
    await client.chat_postMessage(
        channel=view["private_metadata"], text=f"<@{body['user']['id']}> asks for probe port *{port}*."
    )
