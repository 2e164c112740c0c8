"""Windows of a policy, and moments around them; the tests' time begins on 2023-11-14 at 22:13:20 UTC."""

from dataclasses import replace

from bot.domain.policy import Policy, Spans, Weekly, Window
from bot.domain.starts import Start
from tests.rooms.engine.world import OPERATION, World
from tests.unit.slack.making import NOW

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
OPENS = NOW + 10_000  # 01:00
SHUTS = OPENS + 4 * HOUR
WINDOWS: dict[str, Window] = {
    "nightly": Weekly(days=frozenset(range(7)), start=60, end=300, zone="UTC"),
    "evening": Weekly(days=frozenset(range(7)), start=22 * 60, end=23 * 60, zone="UTC"),
    "over": Spans.of([(NOW - DAY, NOW - HOUR)]),
    "far": Spans.of([(NOW + 15 * DAY, NOW + 16 * DAY)]),
}
WINDOWED = Policy(windows=WINDOWS)
IN_AN_HOUR = Start(at=NOW + HOUR)
NIGHTLY, EVENING = Start(at=NOW, window="nightly"), Start(at=NOW, window="evening")
NEIGHBOUR = replace(OPERATION, host="cpm-quick002", probe_port=8102)


def pass_until(made: World, at: float) -> None:
    made.time.passed = at - NOW


async def begun(made: World, at: float) -> list[tuple[int, int]]:
    """Return the runs that were enqueued by a sweep at ``at`` and before."""
    pass_until(made, at)
    await made.starting().begin_due()
    return await made.enqueued()
