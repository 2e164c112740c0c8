"""A replica that is buried between what it took in and what it would answer."""

from typing import Any

from bot.slack.cards import REJECT
from bot.store import replicas
from bot.store.intake import orphans
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import Edge
from tests.rooms.slack.stand_in import BOB, INCIDENT


async def test_no_exception_leaves_a_listener_whose_answer_another_replica_owes(idle: Edge, made: World) -> None:
    change = await made.asked()
    await idle.ledger.enlist("sleeper", at=idle.time.now())
    await idle.slack.fault("drop_before", method="views.open")

    async def ack(**_said: Any) -> None:  # noqa: ANN401 - Bolt's own
        async with idle.ledger.writing() as book:
            await replicas.bury(book, {"sleeper"}, at=idle.time.now())

    body = {"user": {"id": BOB}, "channel": {"id": INCIDENT}, "trigger_id": "1.2"}
    action = {"action_id": REJECT, "value": f"{change.id}.{change.version}", "action_ts": "1.1"}
    await idle.buttons.on_click(ack, body, action)  # type: ignore[arg-type]  # an ack that lets others take over

    async with idle.ledger.reading() as book:
        [left] = await orphans(book, "other", in_hand=())
    assert left.kind == REJECT
