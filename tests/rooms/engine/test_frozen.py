"""What a freeze does to a request and to a click, on both databases."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.approval import basis
from bot.domain.change import Ending, State
from bot.domain.freezes import Frozen
from bot.domain.policy import Denied, Deny, FreezeChanged, NobodyCanApprove, Policy, Rule, RuleChanged
from bot.store.ledger import Ledger
from bot.store.tables import changes
from tests.rooms.engine.frozen import LEADS, TEAM, by_leads, freeze, lift
from tests.rooms.engine.ruled import CARLA, GROUPS, ONE_OF_TEAM, TWO_OF_TEAM, approve
from tests.rooms.engine.world import BOB, World, world
from tests.rooms.store.ledgers import rows


@pytest.fixture
async def made(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=by_leads()) as made:
        yield made


@pytest.fixture
async def strict(ledger: Ledger) -> AsyncIterator[World]:
    """Return a world whose rule names nobody who could approve what is frozen."""
    async with world(ledger, policy=by_leads(when_frozen=())) as made:
        yield made


async def test_a_request_on_what_is_frozen_is_refused_and_nothing_is_stored(strict: World) -> None:
    await freeze(strict)

    with pytest.raises(Frozen) as no:
        await strict.asked()

    assert no.value.facts["reason"] == "release week"
    assert await rows(strict.ledger, changes) == []


async def test_freeze_approvers_are_asked_after_the_rule_s_own(made: World) -> None:
    await freeze(made)

    change = await made.asked()
    first = await approve(made, change, BOB)
    second = await approve(made, change, CARLA)
    ended = await made.ran(second)

    assert change.ruled.asks.stages == (TEAM, LEADS)
    assert [one.key for one in change.ruled.frozen] == ["#1"]
    assert (first.state, second.state, ended.ending) == (State.PENDING, State.APPROVED, Ending.VERIFIED)
    assert basis(second)["rule"]["frozen"] == ["#1"]


async def test_what_a_rule_denies_a_freeze_changes_nothing_of(made: World) -> None:
    made.policy = Policy(rules=(Rule(name="no", then=Deny(text="Never.")),), groups=GROUPS)
    await freeze(made)

    with pytest.raises(Denied):
        await made.asked()


async def test_where_no_freeze_approver_is_there_it_is_refused_at_once(made: World) -> None:
    made.policy = by_leads(when_frozen=("U0GONE",))
    await freeze(made)

    with pytest.raises(NobodyCanApprove):
        await made.asked()


async def test_another_load_balancer_is_not_frozen_with_it(strict: World) -> None:
    await freeze(strict, load_balancer="lb-another")

    assert (await strict.asked()).state is State.PENDING


async def test_a_freeze_that_is_set_while_a_card_waits_renews_it_at_the_next_click(made: World) -> None:
    change = await made.asked()
    await freeze(made)

    with pytest.raises(FreezeChanged):
        await approve(made, change, BOB)
    renewed = await made.change(change.id)

    assert (renewed.state, renewed.version, renewed.approvals) == (State.PENDING, 2, ())
    assert (await approve(made, renewed, BOB)).state is State.PENDING
    assert (await approve(made, renewed, CARLA)).state is State.APPROVED


async def test_a_freeze_that_is_lifted_while_a_card_waits_renews_it_at_the_next_click(made: World) -> None:
    await freeze(made)
    change = await made.asked()
    await lift(made)

    with pytest.raises(FreezeChanged):
        await approve(made, change, BOB)
    renewed = await made.change(change.id)

    assert (renewed.ruled.frozen, renewed.ruled.asks) == ((), ONE_OF_TEAM)
    assert (await approve(made, renewed, BOB)).state is State.APPROVED


async def test_where_the_rule_changed_as_well_people_are_told_that(made: World) -> None:
    change = await made.asked()
    await freeze(made)
    made.policy = Policy(rules=(Rule(name="two", then=TWO_OF_TEAM, freeze_approvers=("leads",)),), groups=GROUPS)

    with pytest.raises(RuleChanged):
        await approve(made, change, BOB)


async def test_nobody_approves_on_a_card_what_may_not_be_while_it_is_frozen(strict: World) -> None:
    change = await strict.asked()
    await freeze(strict)

    with pytest.raises(Frozen):
        await approve(strict, change, BOB)
    await lift(strict)

    assert (await approve(strict, change, BOB)).state is State.APPROVED


async def test_a_freeze_that_ends_by_itself_lets_what_waits_be_approved(strict: World) -> None:
    change = await strict.asked()
    await freeze(strict, seconds=60.0)
    strict.time.passed += 60.0

    assert (await approve(strict, change, BOB)).state is State.APPROVED


async def test_a_version_before_freezes_reads_what_was_asked_under_one(made: World) -> None:
    await freeze(made)
    await made.asked()

    [row] = await rows(made.ledger, changes)

    assert row["rule"].keys() == {"name", "version", "asks", "mentions", "frozen"}  # it takes the first four by name
    assert row["rule"]["version"] == made.policy.rules[0].version
    assert "freeze_approvers" not in row["rule"]["asks"]
