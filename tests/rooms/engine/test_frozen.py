"""What a freeze does to a request, to a click, to the guard, and to the moment before a call; on both databases."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.domain.approval import basis
from bot.domain.asks import Stage
from bot.domain.change import Change, Ending, State
from bot.domain.freezes import Frozen
from bot.domain.operation import Operation
from bot.domain.policy import Denied, Deny, FreezeChanged, NobodyCanApprove, Policy, Rule, RuleChanged
from bot.domain.task import Receipt
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose
from bot.store.tables import changes, freezes
from tests.rooms.engine.frozen import freeze, lift
from tests.rooms.engine.ruled import CARLA, GROUPS, ONE_OF_TEAM, TWO_OF_TEAM, approve
from tests.rooms.engine.ways import Way
from tests.rooms.engine.world import BOB, World, world
from tests.rooms.store.ledgers import kinds, rows

TEAM, LEADS = Stage(approvers=("team",)), Stage(approvers=("leads",))


def by_leads(*, when_frozen: tuple[str, ...] = ("leads",)) -> Policy:
    """Return the rule that one of the team approves, and ``when_frozen`` one of them, too."""
    return Policy(rules=(Rule(name="the last", then=ONE_OF_TEAM, freeze_approvers=when_frozen),), groups=GROUPS)


@pytest.fixture
async def made(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=by_leads()) as made:
        yield made


@pytest.fixture
async def strict(ledger: Ledger) -> AsyncIterator[World]:
    """Return a world whose rule names nobody who could approve what is frozen."""
    async with world(ledger, policy=by_leads(when_frozen=())) as made:
        yield made


async def moved(made: World, change: Change) -> list[tuple[str, object, object]]:
    return [(one.fact, one.was, one.now) for one in (await made.change(change.id)).moved]


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
    await freeze(strict)
    async with strict.ledger.writing() as book:
        await book.connection.execute(freezes.update().values(load_balancer="lb-another"))

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


async def test_a_freeze_after_the_approval_stops_the_run_and_asks_its_approvers(made: World) -> None:
    change = await approve(made, await made.asked(), BOB)
    await freeze(made)

    again = await made.ran(change)

    assert (again.state, again.version) == (State.PENDING, 2)
    assert again.ruled.asks.stages == (TEAM, LEADS)
    assert await moved(made, again) == [("freeze", False, "release week"), ("approvals", 1, 1)]
    assert (made.calls, f"{Purpose.MOVED}:2" in await made.purposes()) == (0, True)
    await approve(made, again, BOB)
    assert (await made.ran(await approve(made, again, CARLA))).ending is Ending.VERIFIED


async def test_a_freeze_after_the_approval_ends_the_run_where_nobody_could_approve_it(strict: World) -> None:
    change = await approve(strict, await strict.asked(), BOB)
    await freeze(strict)

    ended = await strict.ran(change)

    assert (ended.ending, ended.findings["refusal"]) == (Ending.NO_LONGER_POSSIBLE, "frozen")
    assert strict.calls == 0


async def test_what_was_approved_under_a_freeze_runs_when_that_is_over(made: World) -> None:
    await freeze(made)
    change = await made.asked()
    await approve(made, change, BOB)
    approved = await approve(made, change, CARLA)
    await lift(made)

    assert (await made.ran(approved)).ending is Ending.VERIFIED


async def test_what_was_approved_under_one_freeze_does_not_run_under_the_next(made: World) -> None:
    await freeze(made)
    change = await made.asked()
    await approve(made, change, BOB)
    approved = await approve(made, change, CARLA)
    await lift(made)
    await freeze(made)

    assert (await made.ran(approved)).state is State.PENDING
    assert made.calls == 0


@dataclass
class Sudden:
    """A place among the replicas at which somebody freezes, once, when the guard has let a call pass already."""

    made: World
    replica: None = None
    leads: bool = True
    frozen: bool = False

    async def assure(self) -> None:
        if not self.frozen:
            self.frozen = True
            await freeze(self.made)


async def test_no_call_begins_after_a_freeze_though_the_guard_had_let_it_pass(made: World) -> None:
    change = await approve(made, await made.asked(), BOB)

    again = await made.ran(change, place=Sudden(made))

    assert (again.state, again.version, made.calls) == (State.PENDING, 2, 0)
    recorded = await kinds(made.ledger)
    assert "call.about_to" not in recorded
    assert recorded.index("freeze.set") < recorded.index("change.ask_again")


async def test_nor_where_nobody_could_approve_it(strict: World) -> None:
    change = await approve(strict, await strict.asked(), BOB)

    ended = await strict.ran(change, place=Sudden(strict))

    assert (ended.ending, strict.calls) == (Ending.NO_LONGER_POSSIBLE, 0)


@dataclass
class Frosty(Way):
    """The way to the cloud, on which somebody freezes while the first modify call is under way."""

    frozen: bool = False

    async def modify(self, operation: Operation, bind_type: int) -> Receipt:
        if not self.frozen:
            self.frozen = True
            await freeze(self.world)
        return await super().modify(operation, bind_type)


async def test_a_call_that_was_under_way_is_followed_to_its_end(strict: World) -> None:
    change = await approve(strict, await strict.asked(), BOB)

    ended = await strict.ran(change, cloud=Frosty(strict))

    assert (ended.ending, strict.calls) == (Ending.VERIFIED, 1)


async def test_a_call_that_was_not_answered_is_not_made_again_once_it_is_frozen(strict: World) -> None:
    change = await approve(strict, await strict.asked(), BOB)
    strict.fault_on_writes("refuse_connection_after_read")

    ended = await strict.ran(change, cloud=Frosty(strict))

    assert (ended.ending, ended.state, strict.calls) == (Ending.UNSETTLED, State.UNKNOWN, 1)


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
