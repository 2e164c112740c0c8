"""Who somebody is, asked live."""

from datetime import UTC, datetime

import pytest

from bot.domain.command.moments import moment
from bot.sandbox.slack.app import App
from bot.slack.client import web_client
from bot.slack.installation import Installation
from bot.slack.people import LANGUAGE_KEPT, CannotIdentify, NoTimeZone, People
from bot.slack.zones import SkippedTime, meant
from tests.rooms.clock import Time
from tests.rooms.slack.stand_in import ALICE, BOB, CARLA, StandIn

TEAM = "T0SANDBOX"


@pytest.fixture
def people(slack: StandIn, time: Time) -> People:
    return People(web_client(App().bot_token, slack.api_url), Installation(team=TEAM), language="en", now=time.now)


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (ALICE, {"member": True, "active": True, "human": True, "guest": False, "language": "en"}),
        (CARLA, {"member": True, "active": True, "human": True, "guest": False, "language": "zh"}),
        ("U0GUEST", {"member": True, "active": True, "human": True, "guest": True, "language": "en"}),
        ("U0GONE", {"member": True, "active": False, "human": True, "guest": False, "language": "en"}),
        ("U0STRANGE", {"member": False, "active": True, "human": True, "guest": False, "language": "en"}),
        ("U0COUNTER", {"member": True, "active": True, "human": False, "guest": False, "language": "en"}),
    ],
)
async def test_everybody_is_what_slack_says_right_now(people: People, user: str, expected: dict[str, object]) -> None:
    person = await people.identify(user, TEAM)

    assert {name: getattr(person, name) for name in expected} == expected
    assert person.id == user


async def test_slackbot_is_no_human_although_slack_says_so(people: People, slack: StandIn) -> None:
    await slack.do("users", id="USLACKBOT", name="slackbot", is_bot=False)

    assert not (await people.identify("USLACKBOT", TEAM)).human


async def test_a_workflow_is_no_human_although_it_is_no_bot(people: People, slack: StandIn) -> None:
    await slack.do("users", id="U0FLOW", is_workflow_bot=True, is_bot=False)

    assert not (await people.identify("U0FLOW", TEAM)).human


async def test_a_person_of_another_workspace_is_no_member_although_no_stranger(people: People, slack: StandIn) -> None:
    await slack.do("users", id="U0DORA", team_id="T0SISTER")

    assert not (await people.identify("U0DORA", TEAM)).member


@pytest.mark.parametrize("flag", ["is_restricted", "is_ultra_restricted"])
async def test_both_kinds_of_guest_are_guests(people: People, slack: StandIn, flag: str) -> None:
    await slack.do("users", id=BOB, **{flag: True})

    assert (await people.identify(BOB, TEAM)).guest


@pytest.mark.parametrize(("team", "member"), [(TEAM, True), (None, True), ("T0OTHER", False)])
async def test_a_click_from_another_team_is_no_member_s(people: People, team: str | None, *, member: bool) -> None:
    assert (await people.identify(BOB, team)).member is member


async def test_rights_are_asked_each_time(people: People, slack: StandIn) -> None:
    before = await people.identify(BOB, TEAM)
    await slack.do("users", id=BOB, deleted=True)
    after = await people.identify(BOB, TEAM)

    assert (before.active, after.active) == (True, False)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"kind": "api_error", "error": "user_not_found"}, "user_not_found"),
        ({"kind": "api_error", "error": "fatal_error"}, "fatal_error"),
        ({"kind": "http_500"}, "internal_error"),
        ({"kind": "revoked_token"}, "token_revoked"),
        ({"kind": "drop_before"}, "ServerDisconnectedError"),
        ({"kind": "drop_after"}, "ServerDisconnectedError"),
        ({"kind": "html_body"}, None),
    ],
)
async def test_no_answer_is_a_no(people: People, slack: StandIn, fault: dict[str, str], why: str | None) -> None:
    await slack.do("faults", method="users.info", times=0, **fault)

    with pytest.raises(CannotIdentify) as raised:
        await people.identify(BOB, TEAM)

    assert why in {None, raised.value.facts["why"]}


async def test_a_moment_is_meant_in_the_time_zone_of_the_profile(people: People, slack: StandIn) -> None:
    now, at_six = datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp(), moment("18:00")
    assert at_six
    before = await meant(at_six, CARLA, people, now=now)
    await slack.do("users", id=CARLA, tz="America/New_York")
    after = await meant(at_six, CARLA, people, now=now)

    assert before == datetime(2026, 11, 27, 10, tzinfo=UTC).timestamp()  # 18:00 in Shanghai was two hours ago
    assert after == datetime(2026, 11, 26, 23, tzinfo=UTC).timestamp()


@pytest.mark.parametrize("tz", ["", "Mars/Base"])
async def test_a_time_without_an_offset_means_nothing_where_slack_knows_no_time_zone(
    people: People, slack: StandIn, tz: str
) -> None:
    await slack.do("users", id=CARLA, tz=tz)
    bare, whole = moment("18:00"), moment("2026-11-26T18:00+08:00")
    assert bare
    assert whole
    with pytest.raises(NoTimeZone) as raised:
        await meant(bare, CARLA, people, now=0.0)

    assert moment(str(raised.value.facts["example"]))
    assert await meant(whole, CARLA, people, now=0.0) == datetime(2026, 11, 26, 10, tzinfo=UTC).timestamp()


async def test_a_time_that_the_clocks_skip_is_refused(people: People) -> None:
    skipped = moment("2026-03-29T02:30")
    assert skipped
    with pytest.raises(SkippedTime) as raised:
        await meant(skipped, ALICE, people, now=0.0)

    assert raised.value.facts == {"value": "2026-03-29T02:30", "zone": "Europe/Berlin"}


async def test_nobody_can_not_be_identified(people: People) -> None:
    with pytest.raises(CannotIdentify) as raised:
        await people.identify("U0NOBODY", TEAM)

    assert raised.value.facts == {"why": "user_not_found"}


async def test_a_language_is_learnt_once_and_forgotten_in_time(people: People, slack: StandIn, time: Time) -> None:
    before = people.language_of(CARLA)
    for _ in range(3):
        await people.learn_language(CARLA)
    known = people.language_of(CARLA)
    time.passed = LANGUAGE_KEPT + 1
    forgotten = people.language_of(CARLA)

    assert (before, known, forgotten) == ("en", "zh", "en")
    assert len(await slack.calls("users.info")) == 1


async def test_a_language_that_can_not_be_learnt_is_the_installation_s(people: People, slack: StandIn) -> None:
    await slack.fault("http_500", method="users.info")

    await people.learn_language(CARLA)

    assert people.language_of(CARLA) == "en"
