"""Opening, stacking and replacing modals (Slack fact sheet, section 4)."""

import pytest

from tests.rooms.sandbox_slack.stand_in import INCIDENT, Bare, Json, Slack, actions, button, modal, plain, section


async def opened(slack: Slack, app: Bare, view: Json | None = None) -> Json:
    answer = await slack.api("views.open", trigger_id=await slack.trigger(app), view=view or modal())
    assert answer["ok"], answer
    return dict(answer["view"])


async def pushed(slack: Slack, app: Bare, view: Json) -> Json:
    press = slack.do("press", user="alice", view=view["id"], action_id="more")
    payload, _ = await slack.answered(app, press)
    more = modal(actions(button("more")), external_id="")
    return await slack.api("views.push", trigger_id=payload["trigger_id"], view=more)


async def test_an_opened_modal_is_shown_to_whoever_caused_the_trigger(slack: Slack, app: Bare) -> None:
    view = await opened(slack, app, modal(private_metadata="CR-1", notify_on_close=True))

    shown = (await slack.views("alice"))[0]
    assert shown["id"] == view["id"] == view["root_view_id"]
    assert (view["private_metadata"], view["notify_on_close"], view["previous_view_id"]) == ("CR-1", True, None)
    assert (view["team_id"], view["app_id"], view["bot_id"]) == ("T0SANDBOX", "A0SANDBOX", "B0COUNTER")
    assert view["state"] == {"values": {}}
    assert await slack.views("bob") == []


async def test_a_used_trigger_is_refused_as_exchanged(slack: Slack, app: Bare) -> None:
    trigger = await slack.trigger(app)
    await slack.api("views.open", trigger_id=trigger, view=modal())

    again = await slack.api("views.open", trigger_id=trigger, view=modal())

    assert again["error"] == "exchanged_trigger_id"


async def test_a_trigger_lasts_three_seconds(slack: Slack, app: Bare) -> None:
    in_time, too_late = await slack.trigger(app), await slack.trigger(app)
    await slack.advance(3)
    opened_in_time = await slack.api("views.open", trigger_id=in_time, view=modal())
    await slack.advance(0.1)

    expired = await slack.api("views.open", trigger_id=too_late, view=modal())

    assert opened_in_time["ok"] is True
    assert expired["error"] == "expired_trigger_id"


async def test_an_invented_trigger_and_none_at_all_are_refused(slack: Slack) -> None:
    invented = await slack.api("views.open", trigger_id="1.2.abc", view=modal())
    missing = await slack.api("views.open", view=modal())

    assert (invented["error"], missing["error"]) == ("invalid_trigger_id", "invalid_arguments")


async def test_a_view_that_cannot_be_shown_leaves_the_trigger_unused(slack: Slack, app: Bare) -> None:
    trigger = await slack.trigger(app)

    long = await slack.api("views.open", trigger_id=trigger, view=modal(title=plain("x" * 25)))
    broken = await slack.api("views.open", trigger_id=trigger, view="{")
    large = await slack.api("views.open", trigger_id=trigger, view=modal(section("x"), colour="x" * 250_000))
    fine = await slack.api("views.open", trigger_id=trigger, view=modal())

    assert long["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]
    assert (broken["error"], large["error"]) == ("invalid_arguments", "view_too_large")
    assert fine["ok"] is True


async def test_three_modals_are_the_most_on_a_stack(slack: Slack, app: Bare) -> None:
    first = await opened(slack, app, modal(actions(button("more"))))
    second = await pushed(slack, app, first)
    third = await pushed(slack, app, second["view"])

    fourth = await pushed(slack, app, third["view"])

    assert second["view"]["previous_view_id"] == first["id"]
    assert third["view"]["root_view_id"] == first["id"]
    assert fourth["error"] == "push_limit_reached"
    assert len(await slack.views("alice")) == 3


async def test_pushing_needs_a_trigger_from_an_open_modal(slack: Slack, app: Bare) -> None:
    answer = await slack.api("views.push", trigger_id=await slack.trigger(app), view=modal())

    assert answer["error"] == "not_found"


async def test_an_update_with_an_old_hash_is_a_conflict(slack: Slack, app: Bare) -> None:
    view = await opened(slack, app)
    change = {"view_id": view["id"], "view": modal(title=plain("Later"))}

    first = await slack.api("views.update", hash=view["hash"], **change)
    second = await slack.api("views.update", hash=view["hash"], **change)

    assert first["view"]["title"]["text"] == "Later"
    assert first["view"]["hash"] != view["hash"]
    assert second["error"] == "hash_conflict"


async def test_an_update_finds_its_modal_by_either_id(slack: Slack, app: Bare) -> None:
    await opened(slack, app, modal(external_id="form-1"))

    by_name = await slack.api("views.update", external_id="form-1", view=modal(external_id="form-1"))
    lost = await slack.api("views.update", view_id="V0NOWHERE", view=modal())
    unnamed = await slack.api("views.update", view=modal())

    assert by_name["ok"] is True
    assert (lost["error"], unnamed["error"]) == ("not_found", "invalid_arguments")


async def test_an_external_id_is_one_modals_alone(slack: Slack, app: Bare) -> None:
    await opened(slack, app, modal(external_id="form-1"))

    twin = modal(external_id="form-1")
    again = await slack.api("views.open", trigger_id=await slack.trigger(app, "bob"), view=twin)

    assert again["error"] == "duplicate_external_id"


@pytest.mark.parametrize("how", ["press", "submit", "close"])
async def test_nobody_acts_in_a_modal_that_is_not_theirs(slack: Slack, app: Bare, how: str) -> None:
    view = await opened(slack, app)

    outcome = await slack.do(how, user="bob", view=view["id"], action_id="reason", values={}, channel=INCIDENT)

    assert outcome["error"] == "bob has no such modal open"
