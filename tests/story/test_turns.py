"""One running change per load balancer: the next one waits its turn, and says for whom."""

import pytest

from bot.slack.cards import APPROVE, CANCEL
from tests.story.backends import Backend
from tests.story.cloud_side import READ
from tests.story.record import number
from tests.story.stage import Stage, name

pytestmark = pytest.mark.asyncio(loop_scope="session")

ELSEWHERE = Backend(load_balancer="lb-quicktst", listener="lbl-quicktst", host="cpm-quick001")  # the sandbox's own


async def test_changes_on_one_load_balancer_take_turns_and_can_be_taken_back_meanwhile(stage: Stage) -> None:
    cards = [await stage.asks(8123, backend=one) for one in (stage.backend, *stage.siblings)]
    await stage.cloud.fault(READ, "hold_before", times=0)
    await stage.presses("bob", cards[0], APPROVE)
    await stage.cloud.until_held()  # the first one's guard
    for card in cards[1:]:
        await stage.presses("carla", card, APPROVE)
    waiting = [await stage.reply(card, "progress") for card in cards[1:]]
    await stage.presses("alice", cards[2], CANCEL)
    taken_back = await stage.reply(cards[2], "progress", "↩️")
    await stage.cloud.reset()
    results = [await stage.result(card) for card in cards[:2]]

    behind = f"waiting for {name(cards[0])} on {stage.backend.load_balancer}"
    assert [line.partition(" · ")[0].split("  ")[1] for line in waiting] == [
        f"{behind}, next in line",
        f"{behind}, 2nd in line",
    ]
    assert taken_back == "↩️ Not run: cancelled while it waited."
    assert all("✅ *verified: probe port is now 8123*" in result for result in results)
    calls = [len(await stage.cloud.modify_calls(one)) for one in (stage.backend, *stage.siblings)]
    assert calls == [1, 1, 0]
    turns = stage.record.rows(
        "SELECT change, kind FROM events WHERE kind IN ('change.start', 'change.succeed') AND change IN (?, ?, ?)",
        *(number(name(card)) for card in cards),
    )
    first, second, _ = (number(name(card)) for card in cards)
    assert turns == [(one, kind) for one in (first, second) for kind in ("change.start", "change.succeed")]


async def test_another_load_balancer_waits_for_nobody(stage: Stage) -> None:
    await stage.cloud.plan(duration=3600)
    first, second = await stage.asks(8123), await stage.asks(8124, backend=ELSEWHERE)
    await stage.presses("bob", first, APPROVE)
    await stage.recorded(first, "step.following")
    await stage.cloud.plan()
    await stage.presses("bob", second, APPROVE)
    await stage.recorded(second, "step.watching")

    assert await stage.cloud.probe_port(ELSEWHERE) == 8124
    assert stage.record.state(name(first)) == "RUNNING"
