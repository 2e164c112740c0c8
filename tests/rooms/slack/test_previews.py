"""``/lb preview …``: what would come of a request, before it is sent."""

from dataclasses import replace

import pytest

from bot.domain.asks import ANYONE, Asks, Stage
from bot.domain.policy import People, SlackGroup
from bot.sandbox.slack.blockkit.flaws import message_flaws
from bot.slack.wording import DAY_AND_TIME, Wording, date
from tests.rooms.engine.frozen import by_leads, freeze
from tests.rooms.engine.granted import give, granting_policy
from tests.rooms.engine.ruled import GROUP, GROUPS, ONE_OF_TEAM, TEAM_THEN_LEADS, policy
from tests.rooms.engine.scheduled import OPENS, WINDOWED
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import ASK, Edge
from tests.rooms.slack.previewed import PREVIEW, STRICT, buttons, is_nothing_stored, previewed, seen, under
from tests.rooms.slack.stand_in import ALICE, BOB, CARLA
from tests.unit.slack.making import NOW

WORDS = Wording("en")
ON_CALL = {**GROUPS, "team": SlackGroup(id=GROUP, on_call=True)}
PLAIN = policy(ONE_OF_TEAM)


def expires(seconds: float = 3600.0) -> str:
    return f"expires {date(NOW + seconds, DAY_AND_TIME)}"


async def test_it_shows_what_the_card_would_show_and_nothing_is_sent(made: World) -> None:
    made.drift(listening=())
    made.time.passed = 600.0
    async with under(made, PLAIN) as bot:
        preview = await previewed(bot)

        assert preview.text.startswith(f"{WORDS.say('preview/intro')}\nPreview: probe port 8001 → 8101 on cpm-quick001")
        assert "*Health now* Dead, weight" in preview.text
        assert WORDS.say("card/warning/not_alive", health="Dead") in preview.text
        assert WORDS.say("preview/at_once") in preview.text
        assert "Rule `the last " in preview.text
        assert "asks for 1 × team" in preview.text
        assert f"The line that sends it:\n`{ASK}`" in preview.text
        assert [button["value"] for button in buttons(preview)] == [ASK.removeprefix("/lb ")]
        assert message_flaws(preview.blocks) == []
        assert (seen(bot, BOB), bot.cards()) == ([], [])
        assert await is_nothing_stored(bot)
        assert made.calls == 0


async def test_the_last_alive_backend_is_said_as_on_the_card(made: World) -> None:
    for backend in made.sandbox.load_balancers[-1].listeners[0].backends[1:]:
        made.drift_of(backend.host, listening=())
    made.time.passed = 600.0
    async with under(made, PLAIN) as bot:
        assert WORDS.say("card/warning/last_alive") in (await previewed(bot)).text


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        (GROUPS, f"👥 *2 people can approve this, nobody is on call*, {expires()}: <@{BOB}>, <@{CARLA}>"),
        (ON_CALL, f"👥 *2 people can approve this, 2 are on call*, {expires()}: <@{BOB}>, <@{CARLA}>"),
        (
            {"team": People(ids=frozenset({CARLA, BOB, ALICE})), "rota": SlackGroup(id="S0ROTA", on_call=True)},
            f"👥 *2 people can approve this, 1 is on call*, {expires()}: <@{CARLA}>, <@{BOB}>",
        ),
        (
            {"team": People(ids=frozenset({BOB}))},
            f"👥 *1 person can approve this, nobody is on call*, {expires()}: <@{BOB}>",
        ),
    ],
    ids=["nobody on call", "all on call", "one on call, first", "one person"],
)
async def test_it_says_how_many_can_approve_and_are_on_call(
    made: World, groups: dict[str, SlackGroup | People], told: str
) -> None:
    await made.slack.do("usergroups", id="S0ROTA", handle="rota", name="Rota", members=[CARLA, ALICE])
    async with under(made, replace(PLAIN, groups=groups)) as bot:
        assert told in (await previewed(bot)).text


@pytest.mark.parametrize(
    ("asks", "told"),
    [
        (Asks(stages=(Stage(approvers=(ANYONE,)),)), "👥 *Any full member but you can approve this*, "),
        (
            Asks(stages=(Stage(approvers=(ANYONE,)),), requester_counts=True),
            "👥 *Any full member can approve this, you",
        ),
    ],
)
async def test_where_anybody_can_approve_it_says_whether_that_is_who_asks_too(
    made: World, asks: Asks, told: str
) -> None:
    async with under(made, policy(asks)) as bot:
        assert told in (await previewed(bot)).text


async def test_it_says_all_that_the_rule_asks(made: World) -> None:
    async with under(made, policy(STRICT)) as bot:
        text = (await previewed(bot)).text

    asked = "asks for 1 × leads or team, then 1 × leads; the approver types the listener's id"
    assert f"{asked}; a reason like “health of x”; only in `#inc*`" in text
    assert expires(900.0) in text


async def test_a_freeze_refuses_or_asks_one_more(made: World) -> None:
    await freeze(made)
    async with under(made, by_leads(when_frozen=())) as bot:
        refused = await previewed(bot)
        assert "is frozen until" in refused.text
        assert "names nobody who could approve it meanwhile" in refused.text
    async with under(made, by_leads()) as bot:
        asked = await previewed(bot)
        assert "asks for 1 × team, then 1 × leads" in asked.text
        assert f"❄️ *Frozen* until {date(NOW + 3600, DAY_AND_TIME)}, by <@{ALICE}>: release week" in asked.text
        assert await is_nothing_stored(bot)


async def test_a_grant_that_would_approve_it_is_named_and_not_used(made: World) -> None:
    async with under(made, granting_policy(PLAIN)) as bot:
        await give(made)
        text = (await previewed(bot)).text

        assert f"🎫 Approved in advance by <@{CARLA}> (G-1)" in text
        assert WORDS.say("preview/approved") in text
        assert await is_nothing_stored(bot)


async def test_a_grant_that_is_one_of_two_approvals_leaves_the_other_to_be_asked(made: World) -> None:
    async with under(made, granting_policy(policy(TEAM_THEN_LEADS))) as bot:
        await give(made, CARLA)
        text = (await previewed(bot, user=BOB)).text

        assert f"🎫 Approved in advance by <@{CARLA}> (G-1)" in text
        assert f"👥 *1 person can approve this, nobody is on call*, {expires()}: <@{ALICE}>" in text


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("--at 02:00", "*Starts {then}*, if it is approved by then"),
        ("--window nightly", "*Starts {then}*, when the window `nightly` opens"),
    ],
)
async def test_a_later_start_is_told(made: World, option: str, told: str) -> None:
    async with under(made, WINDOWED) as bot:
        preview = await previewed(bot, PREVIEW.replace(" the health", f" {option} the health"))

        assert told.format(then=date(OPENS, DAY_AND_TIME)) in preview.text
        assert WORDS.say("preview/at_once") not in preview.text
        assert [button["value"].split()[5:7] for button in buttons(preview)] == [option.split()]


@pytest.mark.parametrize(
    ("option", "told"),
    [("--at 2023-11-14T22:30Z", "preview/approved_later"), ("--window evening", "preview/approved")],
    ids=["later", "in a window that is open"],
)
async def test_what_is_approved_in_advance_waits_only_where_its_start_is_to_come(
    made: World, option: str, told: str
) -> None:
    async with under(made, granting_policy(replace(PLAIN, windows=WINDOWED.windows))) as bot:
        await give(made)
        preview = await previewed(bot, PREVIEW.replace(" the health", f" {option} the health"))

        assert WORDS.say(told) in preview.text


async def test_it_speaks_its_person_s_language(made: World) -> None:
    async with under(made, PLAIN) as bot:
        preview = await previewed(bot, user=CARLA)

        assert preview.text.startswith(Wording("zh").say("preview/intro"))
        assert [button["text"]["text"] for button in buttons(preview)] == ["发送"]


async def test_where_slack_takes_no_blocks_the_line_stands_to_be_copied(bot: Edge) -> None:
    await bot.type(PREVIEW.replace("the health", "&" * 450 + "&lt;"))
    await bot.slack.until(lambda: bool(seen(bot)))

    [preview] = seen(bot)
    assert buttons(preview) == []
    assert "The line that sends it:\n`/lb probe-port" in preview.text
