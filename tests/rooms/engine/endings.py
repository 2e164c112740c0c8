"""Every way a run can end, and what makes it end so."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from bot.cloud.settings import Api
from bot.domain.change import Ending
from tests.rooms.engine.world import OPERATION, World

APIS: tuple[Api, ...] = ("v2", "3.0")
Trouble = Callable[[World], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What goes wrong before the run begins, and what must come of it.

    ``calls`` is how many modify calls reach the cloud.
    """

    name: str
    ending: Ending
    calls: int
    trouble: Trouble = lambda _: None
    apis: tuple[Api, ...] = APIS


def _no_probe_ports(world: World) -> None:
    world.fault("DescribeL4Backends", "http_500", times=0)


def _unread_from(world: World, seconds: float) -> None:
    world.time.after(seconds, partial(_no_probe_ports, world))


def _two_troubles(*troubles: Trouble) -> Trouble:
    def both(world: World) -> None:
        for trouble in troubles:
            trouble(world)

    return both


CASES = (
    Case(name="all goes well", ending=Ending.VERIFIED, calls=1),
    Case(
        name="the answer is lost",
        ending=Ending.VERIFIED_BY_READING,
        calls=1,
        trouble=lambda w: w.fault_on_writes("lose_answer"),
    ),
    Case(
        name="a gateway answers after the call was made",
        ending=Ending.VERIFIED_BY_READING,
        calls=1,
        trouble=lambda w: w.fault_on_writes("http_500_applied"),
    ),
    Case(
        name="the answer names no task",
        ending=Ending.VERIFIED_BY_READING,
        calls=1,
        trouble=lambda w: w.fault_on_writes("no_task_id"),
    ),
    Case(
        name="the task never ends but takes effect",
        ending=Ending.VERIFIED_BY_READING,
        calls=1,
        trouble=lambda w: w.plan(outcome="stuck", apply_at="start"),
    ),
    Case(
        name="the cloud forgets the task",
        ending=Ending.VERIFIED_BY_READING,
        calls=1,
        trouble=lambda w: w.plan(outcome="forgotten"),
    ),
    Case(
        name="an attempt is lost on the way and the second one arrives",
        ending=Ending.VERIFIED,
        calls=2,
        trouble=lambda w: w.fault_on_writes("refuse_connection_after_read"),
    ),
    Case(
        name="nobody can read the value",
        ending=Ending.TASK_ALONE,
        calls=1,
        trouble=lambda w: _unread_from(w, 0.2),
    ),
    Case(
        name="the probe ports can't be read any more",
        ending=Ending.NOT_READ,
        calls=0,
        trouble=_no_probe_ports,
        apis=("v2",),
    ),
    Case(
        name="the task fails but took effect",
        ending=Ending.FAILED_YET_APPLIED,
        calls=1,
        trouble=lambda w: w.plan(outcome="failed_but_applied"),
    ),
    Case(
        name="the cloud refuses the call",
        ending=Ending.REFUSED,
        calls=1,
        trouble=lambda w: w.fault_on_writes("error", code=-21001),
    ),
    Case(
        name="the cloud can't be read before the call",
        ending=Ending.NOT_READ,
        calls=0,
        trouble=lambda w: w.fault("*", "http_500", times=0),
    ),
    Case(
        name="the backend is gone",
        ending=Ending.NO_LONGER_POSSIBLE,
        calls=0,
        trouble=lambda w: w.drift(gone=True),
    ),
    Case(
        name="somebody set the value already",
        ending=Ending.ALREADY_THERE,
        calls=0,
        trouble=lambda w: w.drift(probe_port=OPERATION.after),
    ),
    Case(name="the task fails", ending=Ending.TASK_FAILED, calls=1, trouble=lambda w: w.plan(outcome="failed")),
    Case(
        name="two attempts are lost on the way",
        ending=Ending.UNSETTLED,
        calls=2,
        trouble=lambda w: w.fault_on_writes("refuse_connection_after_read", times=0),
    ),
    Case(
        name="the task says done and nothing changed",
        ending=Ending.NOT_APPLIED,
        calls=1,
        trouble=lambda w: w.plan(outcome="failed", status=0),
    ),
    Case(
        name="somebody else sets a third value",
        ending=Ending.OVERTAKEN,
        calls=1,
        trouble=lambda w: w.time.after(3.0, lambda: w.drift(probe_port=8777)),
    ),
    Case(
        name="the answer is lost and somebody else sets a third value",
        ending=Ending.OVERTAKEN,
        calls=1,
        trouble=_two_troubles(
            lambda w: w.plan(outcome="failed"),
            lambda w: w.fault_on_writes("lose_answer"),
            lambda w: w.time.after(3.0, lambda: w.drift(probe_port=8777)),
        ),
    ),
    Case(name="the task never ends", ending=Ending.TASK_STUCK, calls=1, trouble=lambda w: w.plan(outcome="stuck")),
    Case(
        name="the answer is lost and nobody can read",
        ending=Ending.UNREADABLE,
        calls=1,
        trouble=_two_troubles(lambda w: w.fault_on_writes("lose_answer"), lambda w: _unread_from(w, 0.2)),
    ),
)
RUNS = [pytest.param(case, api, id=f"{case.name}-{api}") for case in CASES for api in case.apis]
