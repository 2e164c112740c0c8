"""What the app is told of a press, and what the person sees (Slack fact sheet, section 5)."""

import asyncio

import pytest

from tests.rooms.sandbox_slack.stand_in import INCIDENT, Bare, Json, Slack, actions, button, modal, plain, section

SIZES = {
    "type": "static_select",
    "action_id": "size",
    "options": [{"text": plain("Small"), "value": "s"}, {"text": plain("Large"), "value": "l"}],
}
CARD = [section("*Change*"), actions(button("approve", "Approve", value="CR-1:1"), SIZES, block_id="v1")]


async def press(slack: Slack, ts: str, user: str = "bob", action_id: str = "approve", **more: object) -> Json:
    return await slack.do("press", user=user, channel=INCIDENT, ts=ts, action_id=action_id, **more)


async def test_a_press_tells_who_where_and_what(slack: Slack, app: Bare) -> None:
    ts = await slack.post("card", blocks=CARD)

    payload, outcome = await slack.answered(app, press(slack, ts))

    assert outcome["ok"] is True
    assert payload["type"] == "block_actions"
    assert payload["user"] == {"id": "U0BOB", "username": "bob", "name": "bob", "team_id": "T0SANDBOX"}
    assert payload["team"] == {"id": "T0SANDBOX", "domain": "sandbox"}
    assert payload["channel"] == {"id": INCIDENT, "name": "incident-42"}
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": INCIDENT,
        "is_ephemeral": False,
    }
    assert payload["message"]["blocks"][1]["block_id"] == "v1"
    assert (payload["enterprise"], payload["is_enterprise_install"]) == (None, False)
    action = payload["actions"][0]
    assert float(action.pop("action_ts")) > 0
    assert action == {
        "type": "button",
        "action_id": "approve",
        "block_id": "v1",
        "text": {"type": "plain_text", "text": "Approve", "emoji": True},
        "value": "CR-1:1",
    }


async def test_the_state_holds_every_choice_the_person_made(slack: Slack, app: Bare) -> None:
    ts = await slack.post("card", blocks=CARD)

    before, _ = await slack.answered(app, press(slack, ts))
    choice, _ = await slack.answered(app, press(slack, ts, action_id="size", value="l"))
    after, _ = await slack.answered(app, press(slack, ts))

    assert before["state"]["values"] == {"v1": {"size": {"type": "static_select", "selected_option": None}}}
    assert choice["actions"][0]["selected_option"]["value"] == "l"
    assert after["state"]["values"]["v1"]["size"]["selected_option"]["value"] == "l"


async def test_a_stranger_may_press_and_comes_from_another_team(slack: Slack, app: Bare) -> None:
    ts = await slack.post("card", blocks=CARD)

    payload, outcome = await slack.answered(app, press(slack, ts, user="stranger"))

    assert outcome["ok"] is True
    assert payload["user"]["team_id"] == "T0OTHER"
    assert payload["team"]["id"] == "T0SANDBOX"


async def test_a_press_in_a_thread_names_the_thread(slack: Slack, app: Bare) -> None:
    parent = await slack.post()
    reply = await slack.post("reply", thread_ts=parent, blocks=CARD)

    payload, _ = await slack.answered(app, press(slack, reply))

    assert payload["container"]["thread_ts"] == parent
    assert payload["message"]["thread_ts"] == parent


async def test_a_press_on_an_ephemeral_message_comes_without_the_message(slack: Slack, app: Bare) -> None:
    answer = await slack.api("chat.postEphemeral", channel=INCIDENT, user="U0ALICE", text="x", blocks=CARD)

    payload, _ = await slack.answered(app, press(slack, answer["message_ts"], user="alice"))
    not_bobs = await press(slack, answer["message_ts"], user="bob")

    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    assert not_bobs["error"] == "bob sees no such message"


async def test_somebody_may_still_press_on_an_old_copy(slack: Slack, app: Bare) -> None:
    ts = await slack.post("card", blocks=CARD)
    await slack.api("chat.update", channel=INCIDENT, ts=ts, text="done", blocks=[section("Approved")])

    gone = await press(slack, ts)
    payload, _ = await slack.answered(app, press(slack, ts, block_id="v1"))

    assert "nothing with action_id 'approve'" in gone["error"]
    assert payload["actions"][0]["value"] == "CR-1:1"


async def test_a_forged_click_carries_the_value_it_likes(slack: Slack, app: Bare) -> None:
    ts = await slack.post("card", blocks=CARD)

    payload, _ = await slack.answered(app, press(slack, ts, value="CR-999:1"))

    assert payload["actions"][0]["value"] == "CR-999:1"


async def test_an_overflow_menu_tells_the_option(slack: Slack, app: Bare) -> None:
    menu = {"type": "overflow", "action_id": "more", "options": SIZES["options"]}
    ts = await slack.post("card", blocks=[section("x", accessory=menu)])

    payload, _ = await slack.answered(app, press(slack, ts, action_id="more", value="s"))
    none = await press(slack, ts, action_id="more", value="xl")

    assert payload["actions"][0]["selected_option"]["text"]["text"] == "Small"
    assert none["error"] == "no option has the value 'xl'"


async def test_a_press_without_an_answer_shows_an_error_mark(slack: Slack, app: Bare) -> None:
    ts = await slack.post("card", blocks=CARD)

    doing = asyncio.create_task(press(slack, ts))
    await app.envelope()
    await slack.advance(3.1)

    assert (await doing)["error"] == "the button shows an error mark: operation_timeout"


async def test_an_answer_to_a_press_is_ignored_and_recorded(slack: Slack, app: Bare) -> None:
    ts = await slack.post("card", blocks=CARD)

    _, outcome = await slack.answered(app, press(slack, ts), {"text": "hello"})

    assert outcome["ok"] is True
    assert (await slack.listing("deliveries"))[0]["refused"] == "an answer to block_actions is ignored"
    assert len(await slack.messages()) == 1


async def test_two_people_may_press_in_the_same_moment(slack: Slack, app: Bare) -> None:
    ts = await slack.post("card", blocks=CARD)

    doing = [asyncio.create_task(press(slack, ts, user=user)) for user in ("bob", "carla")]
    envelopes = [await app.envelope(), await app.envelope()]
    for envelope in reversed(envelopes):
        await app.ack(envelope)

    assert [(await task)["ok"] for task in doing] == [True, True]
    assert {envelope["payload"]["user"]["id"] for envelope in envelopes} == {"U0BOB", "U0CARLA"}


@pytest.mark.parametrize("dispatching", [True, False])
async def test_a_choice_in_a_modal_is_told_only_where_the_app_asked(slack: Slack, app: Bare, dispatching: bool) -> None:
    asked = {"type": "input", "block_id": "q", "label": plain("Size"), "element": SIZES}
    view = modal(asked | {"dispatch_action": dispatching})
    opened = await slack.api("views.open", trigger_id=await slack.trigger(app), view=view)
    choose = slack.do("press", user="alice", view=opened["view"]["id"], action_id="size", value="l")

    payload = (await slack.answered(app, choose))[0] if dispatching else await choose

    kinds = [delivery["kind"] for delivery in await slack.listing("deliveries")]
    assert kinds == ["slash_commands", *(["block_actions"] if dispatching else [])]
    kept = (await slack.views("alice"))[0]["state"]["values"]["q"]["size"]["selected_option"]["value"]
    assert kept == "l"
    if dispatching:
        assert payload["container"] == {"type": "view", "view_id": opened["view"]["id"]}
        assert payload["view"]["state"]["values"]["q"]["size"]["selected_option"]["value"] == "l"
