"""What the record holds of a change: what was decided, on what it rested, what was sent and what was answered."""

import hashlib
import json
from typing import Any

from bot.domain.change import Ending, State
from bot.domain.policy import Policy
from bot.store.ledger import Ledger
from bot.store.tables import events, posts
from bot.store.verify import Verdict, verify
from tests.rooms.engine.world import ALICE, KEYS, World, world
from tests.rooms.store.ledgers import rows


async def told(made: World, kind: str) -> Any:  # noqa: ANN401 - the facts of one event
    (found,) = [row["facts"] for row in await rows(made.ledger, events) if row["kind"] == kind]
    return found


async def heads(made: World) -> list[str]:
    return [row["body"]["head"] for row in await rows(made.ledger, posts) if row["purpose"] == "result"]


async def verified(made: World, head: str) -> Verdict:
    async with made.ledger.reading() as book:
        return await book.run_sync(lambda connection: verify(connection, head=head))


async def test_the_request_as_it_is_sent_is_recorded_before_it_is_sent(made: World) -> None:
    change = await made.ran(await made.approved())
    sent = (await told(made, "call.about_to"))["request"]
    values = {str(value) for value in change.operation.to_json().values()}

    assert change.ending is Ending.VERIFIED
    assert values <= {str(value) for value in (sent.get("form") or sent["body"]).values()}
    assert sent["url"].startswith(made.url)
    assert KEYS.secret_id not in json.dumps(sent)
    assert KEYS.secret_key not in json.dumps(sent)


async def test_task_and_request_id_are_recorded(ledger: Ledger) -> None:
    async with world(ledger, "3.0") as made:
        await made.ran(await made.approved())
        answer = await told(made, "call.answered")

    assert (answer["answer"], bool(answer["task"]), bool(answer["request_id"])) == ("accepted", True, True)


async def test_an_approval_is_recorded_with_the_card_and_the_digest_of_what_it_rests_on(v2: World) -> None:
    change = await v2.approved()
    approval = await told(v2, "change.approve")
    basis = approval["basis"]
    await v2.ran(change)

    canonical = json.dumps(basis, sort_keys=True, separators=(",", ":"))
    assert approval["version"] == 1
    assert approval["digest"] == hashlib.sha256(canonical.encode()).hexdigest()
    assert basis["operation"] == {"verb": "probe-port", **change.operation.to_json()}
    assert basis["relies_on"] == dict(change.operation.relies_on(change.facts))
    assert basis["rule"] == {"name": "default", "version": change.ruled.version}
    assert (await told(v2, "call.about_to"))["digest"] == approval["digest"]


async def test_another_operation_another_fact_and_another_rule_have_another_digest(v2: World) -> None:
    digests = set()
    for v2.policy in (Policy(), Policy(expires_after=60.0)):
        change = await v2.asked()
        await v2.decisions().reject(await v2.click(change), "not now")
        v2.drift(probe_port=8777)
    v2.policy = Policy()
    change = await v2.asked()
    await v2.decisions().reject(await v2.click(change), "not now")

    for row in await rows(v2.ledger, events):
        if row["kind"] == "change.reject":
            digests.add(row["facts"]["digest"])
    assert len(digests) == 3


async def test_whatever_ends_a_change_its_result_holds_a_head_that_names_that_event(v2: World) -> None:
    rejected = await v2.asked()
    await v2.decisions().reject(await v2.click(rejected), "not now")
    approved = await v2.approved()
    await v2.decisions().cancel(await v2.click(approved, ALICE))
    expired = await v2.asked()
    v2.time.jump(7200.0)
    await v2.changes().expire_overdue()
    await v2.ran(await v2.approved())

    found = [await verified(v2, head) for head in await heads(v2)]
    named = [(one.named.change, one.named.kind) for one in found if one.named]
    assert [one.flaw for one in found] == [None] * 4
    assert named == [(rejected.id, "change.reject"), (approved.id, "change.cancel"), (expired.id, "change.expire"),
                     (4, "change.succeed")]  # fmt: skip


async def test_an_outcome_that_is_found_out_later_has_a_later_head(v2: World) -> None:
    v2.plan(duration=10_000.0)
    unknown = await v2.ran(await v2.approved())
    first = await heads(v2)
    v2.drift(probe_port=unknown.operation.after)
    v2.end_tasks(0)
    await v2.changes().check_again(await v2.click(unknown))

    (later,) = await heads(v2)
    found = await verified(v2, later)
    assert (unknown.state, later != first[0]) == (State.UNKNOWN, True)
    assert found.named is not None
    assert found.named.kind == "change.succeed"
    assert (await verified(v2, first[0])).named is not None


async def test_who_checked_again_is_recorded_with_the_card_that_was_seen(v2: World) -> None:
    v2.plan(duration=10_000.0)
    unknown = await v2.ran(await v2.approved())
    await v2.changes().check_again(await v2.click(unknown))

    assert await told(v2, "checked_again") == {"found": "nothing new", "version": 1}
