"""What the leading replica counts for the metrics."""

from dataclasses import replace

from bot.domain.policy import Policy
from bot.domain.starts import Start
from bot.engine.durable import Durable
from bot.gauges import Gauges
from bot.store.ledger import Ledger
from tests.rooms.engine.frozen import HOUR, freeze
from tests.rooms.engine.glass import broken, policy
from tests.rooms.engine.granted import give, granting_policy, revoke
from tests.rooms.engine.ruled import GROUPS
from tests.rooms.engine.upkept import approved, kept_up
from tests.rooms.engine.world import World

LASTING = ("countersign_freezes", "countersign_grants", "countersign_starts_waiting")


async def test_reviews_that_nobody_signed_are_counted_and_the_oldest_told(
    v2: World, ledger: Ledger, durable: Durable
) -> None:
    v2.policy = policy()
    gauges = Gauges()
    async with kept_up(v2, ledger, durable, gauges) as upkeep:
        await upkeep.sweep({})
        before = reviews_shown(gauges)
        await broken(v2)
        v2.time.passed += 90.0
        await upkeep.sweep({})

    assert (before, reviews_shown(gauges)) == ((0.0, 0.0), (1.0, 90.0))


async def test_what_holds_for_a_time_and_what_waits_for_its_start_are_counted(
    v2: World, ledger: Ledger, durable: Durable
) -> None:
    v2.policy = replace(granting_policy(Policy()), groups=GROUPS)
    gauges = Gauges()
    async with kept_up(v2, ledger, durable, gauges) as upkeep:
        await approved(v2, durable, Start(at=v2.time.now() + 2 * HOUR))
        await give(v2, minutes=30)
        await revoke(v2, await give(v2, minutes=60))
        await freeze(v2, seconds=HOUR)
        shown = []
        for passed in (0.0, HOUR / 2, HOUR, 2 * HOUR):
            v2.time.passed = passed
            await upkeep.sweep({})
            shown.append(tuple(gauges.registry.get_sample_value(name) for name in LASTING))

    assert shown == [(1.0, 1.0, 1.0), (1.0, 0.0, 1.0), (0.0, 0.0, 1.0), (0.0, 0.0, 0.0)]


def reviews_shown(gauges: Gauges) -> tuple[float | None, ...]:
    names = ("countersign_reviews_open", "countersign_oldest_review_seconds")
    return tuple(gauges.registry.get_sample_value(name) for name in names)
