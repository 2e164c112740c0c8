"""What the record of a history says: what was asked for, and what people had frozen."""

from collections.abc import Sequence

from bot.domain.policy import Asker, LiveFact, Request
from tests.rooms.engine.watched import CHANNELS, Event, Moment


def request_of(opened: Event, now: Moment, channel: str, moment: float) -> Request:
    """Return what was ``opened`` in ``channel``, to begin at ``moment``, as it is in the world of ``now``."""
    operation = opened["facts"]["operation"]
    return Request(
        operation="probe-port",
        load_balancer=operation["load_balancer"],
        listener=operation["listener"],
        region="ap-beijing",
        asker=Asker(
            id=opened["actor"],
            groups=now.groups(opened["actor"]),
            channel=channel,
            channel_name=CHANNELS[channel],
        ),
        at=moment,
        facts=frozenset({LiveFact.HEALTH_CHECK_OFF} if now.unprobed else ()),
    )


def standing(event: Event, events: Sequence[Event], *, at: float | None = None) -> list[Event]:
    """Return what people had frozen and nobody had lifted before ``event``, as far as it holds then, or ``at``."""
    moment = event["at"] if at is None else at
    before = [one for one in events if one["id"] < event["id"]]
    lifted = {one["facts"]["id"] for one in before if one["kind"] == "freeze.lifted"}
    been = [one for one in before if one["kind"] == "freeze.set" and one["facts"]["until"] > moment]
    return [one for one in been if one["facts"]["id"] not in lifted]
