"""Asking for a change: checked against the live load balancer, stored once, or refused with nothing stored."""

from dataclasses import replace

import pytest

from bot.cloud.bmlb import VmIpNeedsV3
from bot.domain.change import State
from bot.domain.checks import BackendNotBound, CustomHealthCheckOff, HealthCheckOff, NothingToChange
from bot.domain.errors import CloudError, Refusal
from bot.domain.operation import SetProbePort
from bot.domain.policy import Policy
from bot.store.book import AlreadyOpen
from bot.store.ledger import Ledger
from bot.store.tables import changes as changes_table
from tests.rooms.engine.world import BEFORE, OPERATION, World, world
from tests.rooms.store.ledgers import rows
from tests.unit.slack.making import OPERATION as ELSEWHERE

VM = replace(ELSEWHERE, host="10.20.3.17")
UNCHECKED = replace(ELSEWHERE, listener="lbl-2q4w6e8r", host="cpm-7h3j5k9l", port=2121)


async def test_what_is_asked_waits_for_a_second_person_with_the_facts_of_now(v2: World) -> None:
    change = await v2.asked()

    assert (change.state, change.version, change.requester) == (State.PENDING, 1, "U0ALICE")
    assert change.operation.before(change.facts) == BEFORE
    assert change.expires_at == v2.time.now() + 3600
    assert await v2.purposes() == {"card": 1}
    assert await v2.unanswered() == 0


async def test_the_same_command_opens_one_change(v2: World) -> None:
    key = await v2.key()

    opened = [await v2.changes().open(OPERATION, "why", requester="U0ALICE", channel="C1", key=key) for _ in range(2)]

    assert [one.name if one else None for one in opened] == ["CR-1", None]
    assert len(await rows(v2.ledger, changes_table)) == 1


@pytest.mark.parametrize(
    ("operation", "refusal"),
    [
        (replace(OPERATION, host="cpm-nobody00"), BackendNotBound),
        (replace(OPERATION, probe_port=BEFORE), NothingToChange),
        (UNCHECKED, HealthCheckOff),
        (replace(ELSEWHERE, listener="lbl-5w7e9r1t", port=8125), CustomHealthCheckOff),
        (VM, VmIpNeedsV3),
    ],
)
async def test_what_can_not_be_is_refused_and_nothing_is_stored(
    v2: World, operation: SetProbePort, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        await v2.asked(operation)

    assert await rows(v2.ledger, changes_table) == []
    assert await v2.purposes() == {}
    assert await v2.unanswered() == 1


async def test_a_backend_bound_by_a_vm_s_ip_can_be_changed_over_3_0(ledger: Ledger) -> None:
    async with world(ledger, "3.0") as made:
        change = await made.approved(VM)
        ended = await made.ran(change)

    assert ended.state is State.SUCCEEDED


async def test_a_cloud_that_can_not_be_read_opens_nothing(v2: World) -> None:
    v2.fault("*", "http_500", times=0)

    with pytest.raises(CloudError):
        await v2.asked()

    assert await rows(v2.ledger, changes_table) == []


async def test_a_policy_may_let_changes_pass_whose_health_checks_are_off(v2: World) -> None:
    lenient = v2.changes(Policy(expires_after=60.0, needs_health_check=False))

    change = await lenient.open(UNCHECKED, "why", requester="U0ALICE", channel="C1", key=await v2.key())

    assert change is not None
    assert change.expires_at == v2.time.now() + 60


async def test_a_second_request_for_the_same_backend_is_refused_with_the_first(v2: World) -> None:
    await v2.asked()

    with pytest.raises(AlreadyOpen) as raised:
        await v2.asked(replace(OPERATION, probe_port=8222))

    assert raised.value.facts == {"change": "CR-1", "state": "PENDING", "requester": "U0ALICE"}
