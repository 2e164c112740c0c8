"""Breaking the glass: who may, how often, that it is guarded like anything else, and what becomes of it then."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.change import Change, Ending, State
from bot.domain.errors import NotTold, Refusal
from bot.domain.policy import (
    Denied,
    Deny,
    EmergenciesSpent,
    Emergency,
    NoEmergencies,
    NotForEmergencies,
    ReasonLacks,
    Rule,
    When,
)
from bot.domain.review import Review
from bot.store.book import AlreadyOpen, Book
from bot.store.ledger import Ledger
from bot.store.tables import changes, events, reviews
from bot.store.verify import verify
from tests.rooms.engine.glass import GLASS, SIBLING, THIRD, WHY, broken, policy
from tests.rooms.engine.ruled import CARLA, ONE_OF_TEAM
from tests.rooms.engine.world import ALICE, BEFORE, BOB, OPERATION, World, world
from tests.rooms.store.ledgers import kinds, rows


@pytest.fixture
async def made(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=policy()) as made:
        yield made


async def refused(made: World, refusal: type[Refusal], by: str = ALICE.id, why: str = WHY) -> Refusal:
    """Let ``by`` be refused, and nothing be stored."""
    before = [await rows(made.ledger, table) for table in (changes, reviews)]
    with pytest.raises(refusal) as raised:
        await broken(made, by, THIRD, why)

    assert [await rows(made.ledger, table) for table in (changes, reviews)] == before
    return raised.value


async def test_an_emergency_is_approved_by_who_wants_it_and_runs_at_once(made: World) -> None:
    change = await broken(made)

    assert (change.state, change.decided_by, change.is_emergency) == (State.APPROVED, ALICE.id, True)
    assert change.review == Review(opened_at=made.time.now(), use=1, quota=2, period=7200.0)
    assert (change.ruled.name, change.ruled.version) == ("[emergency]", GLASS.version)
    assert change.ruled.mentions == (ALICE.id, CARLA.id)
    assert await made.enqueued() == [(change.id, 1)]
    assert await made.purposes() == {"card": 1}
    assert await made.unanswered() == 0
    ended = await made.ran(change)

    assert (ended.ending, made.calls, ended.review) == (Ending.VERIFIED, 1, change.review)
    assert [kind for kind in await kinds(made.ledger) if kind.startswith("change.")] == [
        "change.opened", "change.break_glass", "change.start", "change.succeed"]  # fmt: skip


async def test_the_record_says_on_what_it_rested_and_that_it_was_an_emergency_and_proves_it(made: World) -> None:
    await made.ran(await broken(made, BOB.id))

    [told] = [row for row in await rows(made.ledger, events) if row["kind"] == "change.break_glass"]
    facts = told["facts"]
    assert (told["actor"], facts["use"], facts["quota"], facts["period"]) == (BOB.id, 1, 2, 7200.0)
    assert facts["basis"]["rule"] == {"name": "[emergency]", "version": GLASS.version}
    async with made.ledger.reading() as book:
        assert (await book.run_sync(verify)).flaw is None


async def test_the_same_command_breaks_the_glass_once(made: World) -> None:
    key = await made.key()
    wish = {"requester": ALICE.id, "channel": "C0INCIDENT", "key": key}

    opened = [await made.emergencies().open(OPERATION, WHY, **wish) for _ in range(2)]

    assert [one.name if one else None for one in opened] == ["CR-1", None]
    assert len(await rows(made.ledger, reviews)) == 1


async def test_nothing_of_it_is_stored_where_its_run_can_not_be(made: World) -> None:
    async def fails(book: Book, change: Change) -> None:
        raise RuntimeError(book, change)

    key = await made.key()
    emergencies = made.emergencies(enqueue=fails)
    with pytest.raises(RuntimeError):
        await emergencies.open(OPERATION, WHY, requester=ALICE.id, channel="C0INCIDENT", key=key)

    assert [await rows(made.ledger, table) for table in (changes, reviews)] == [[], []]
    assert await made.unanswered() == 1


async def test_without_a_word_of_it_in_the_policy_there_is_none(v2: World) -> None:
    await refused(v2, NoEmergencies)


async def test_only_those_may_whom_the_policy_names(made: World) -> None:
    made.policy = policy(glass=Emergency(people=("team",)))

    no = await refused(made, NotForEmergencies)

    assert no.facts == {"have": ("team",)}
    assert (await broken(made, BOB.id)).state is State.APPROVED


@pytest.mark.parametrize("loss", [{"deleted": True}, {"is_restricted": True}])
async def test_only_full_members_may_though_they_are_named(made: World, loss: dict[str, bool]) -> None:
    await made.slack.do("users", id=BOB.id, **loss)

    await refused(made, NotForEmergencies, BOB.id)


async def test_a_slack_that_does_not_tell_who_they_are_lets_nobody(made: World) -> None:
    await made.slack.fault("api_error", error="internal_error", method="users.info", times=0)

    await refused(made, NotTold)


async def test_what_a_rule_denies_nobody_overrides(made: World) -> None:
    made.policy = policy(Rule(name="core", then=Deny(text="Ask network."), when=When(load_balancer=("lb-quick*",))))

    await refused(made, Denied)


async def test_a_reason_must_be_as_the_policy_wants_it(made: World) -> None:
    made.policy = policy(glass=replace(GLASS, reason="INC-[0-9]+", reason_example="INC-7 down"))

    await refused(made, ReasonLacks, why="the checkout is down")
    assert (await broken(made)).state is State.APPROVED


async def test_the_ordinary_rule_s_own_wishes_do_not_hold_an_emergency_up(made: World) -> None:
    ticket = replace(ONE_OF_TEAM, reason="CHG-[0-9]+", reason_example="CHG-7", channels=("C0OTHER",))
    made.policy = policy(Rule(name="ticket", then=ticket, when=When(operation=("probe-port",))))

    assert (await made.ran(await broken(made))).ending is Ending.VERIFIED


async def test_nobody_has_more_than_the_quota_and_it_comes_back_with_time(made: World) -> None:
    first = await broken(made, BOB.id)
    made.time.passed += 3000.0
    second = await broken(made, BOB.id, SIBLING)

    no = await refused(made, EmergenciesSpent, BOB.id)
    assert no.facts == {"quota": 2, "hours": 2, "at": first.created_at + 7200.0}
    made.time.passed += 4200.0
    third = await broken(made, BOB.id, THIRD)

    assert [one.review.use if one.review else 0 for one in (first, second, third)] == [1, 2, 2]


async def test_what_others_spent_takes_nothing_from_anybody(made: World) -> None:
    made.policy = policy(glass=replace(GLASS, quota=1))
    first, second = await broken(made, BOB.id), await broken(made, CARLA.id, SIBLING)

    await refused(made, EmergenciesSpent, CARLA.id)
    third = await broken(made, ALICE.id, THIRD)

    assert [one.review.use if one.review else 0 for one in (first, second, third)] == [1, 1, 1]


async def test_two_at_once_of_one_person_do_not_share_the_last_of_the_quota(made: World) -> None:
    made.policy = policy(glass=replace(GLASS, quota=1))

    came = await asyncio.gather(broken(made), broken(made, ALICE.id, SIBLING), return_exceptions=True)

    assert sorted(type(one).__name__ for one in came) == ["Change", "EmergenciesSpent"]
    assert len(await rows(made.ledger, reviews)) == 1


async def test_what_is_asked_already_is_not_overtaken_on_the_same_backend(made: World) -> None:
    await made.asked()

    with pytest.raises(AlreadyOpen):
        await broken(made)


async def test_an_emergency_waits_for_its_turn(made: World) -> None:
    running = await made.approved(SIBLING)
    await made.started(running)
    change = await broken(made)

    assert await made.steps().start(change.run) == "wait"
    assert (await made.ran(running)).state is State.SUCCEEDED
    assert await made.steps().start(change.run) == "go"


async def test_who_broke_the_glass_can_take_it_back_while_it_waits_for_its_turn(made: World) -> None:
    change = await broken(made)
    await made.decisions().cancel(await made.click(change, ALICE))

    assert (await made.ran(await made.change(change.id))).state is State.CANCELLED
    assert made.calls == 0
    assert OPERATION.before((await made.asked()).facts) == BEFORE
