"""What people and a record of a story show while its database is away, and after it."""

from collections.abc import Callable
from functools import partial
from itertools import count

from bot.slack.cards import APPROVE
from bot.texts import say
from tests.story.backends import Backend
from tests.story.stage import Message, Stage, name
from tests.story.waiting import until

NOT_STORED, MAYBE_STORED = say("en", "answer/not_stored"), say("en", "answer/maybe_stored")
AGAIN = 10  # looks


async def happened_once(stage: Stage, card: Message, backend: Backend) -> None:
    """Wait for the result, and see that everything was done exactly once."""
    assert "✅ *verified: probe port is now 8123*" in await stage.result(card)
    assert len(await stage.cloud.modify_calls(backend)) == 1
    assert await stage.cloud.probe_port(backend) == 8123
    assert await stage.thread(card) == ["progress", "result"]
    assert stage.record.state(name(card)) == "SUCCEEDED"
    events = stage.record.events(name(card))
    assert [events.count(kind) for kind in ("change.approve", "call.about_to", "change.succeed")] == [1, 1, 1]


async def everybody_is_told(stage: Stage, card: Message, other: Backend) -> int:
    """Type a command and press a button that can't be stored; each is told so.

    Return how many changes the command may be all the same: none, unless this machine was too slow to be sure.
    """
    await stage.types("gustav", other.command(8200))
    await stage.presses("carla", card, APPROVE)
    said = [await until(f"words for {who}", partial(_said_of_the_database, stage, who)) for who in ("gustav", "carla")]
    return 0 if said[0] == NOT_STORED else 1


async def _said_of_the_database(stage: Stage, who: str) -> str | None:
    return next((one for one in await stage.seen_by(who) if one in {NOT_STORED, MAYBE_STORED}), None)


async def approve_at_last(stage: Stage, card: Message, trouble: Callable[[], object] = lambda: None) -> None:
    """Press Approve again and again, with ``trouble`` before each time, until the decision is stored."""
    looks = count()

    async def decided() -> bool:
        if next(looks) % AGAIN == 0:
            trouble()
            await stage.presses("bob", card, APPROVE)
        return stage.record.state(name(card)) != "PENDING"

    await until("an approval that is stored", decided)
