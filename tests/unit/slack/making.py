"""Changes to draw: one that waits, and the same in every state and with every ending."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.domain.change import Change, Ending, Moved, State
from bot.domain.facts import UNSET, Backend, Facts, Listener, LoadBalancer
from bot.domain.operation import SetProbePort
from bot.domain.review import Review

NOW = 1_700_000_000.0
REQUESTER, APPROVER = "U0ALICE", "U0BOB"

OPERATION = SetProbePort(
    load_balancer="lb-3f9c2a7d", listener="lbl-8k2m4p6q", host="cpm-1x7v9d3h", port=1234, probe_port=12345
)


def backend(host: str = "cpm-1x7v9d3h", *, probe_port: int | None = 8080, health: str = "Alive") -> Backend:
    return Backend(
        bind_type=0, host=host, port=1234, alias="checkout-01", weight=20, health=health, probe_port=probe_port
    )


def facts(*backends: Backend, name: str = "checkout-tcp") -> Facts:
    listener = Listener(
        id="lbl-8k2m4p6q",
        name=name,
        kind="L4Listener",
        protocol="tcp",
        port=443,
        status=1,
        health_check=True,
        custom_health_check=True,
        interval=5,
        timeout=2,
        healthy_after=2,
        unhealthy_after=2,
    )
    return Facts(
        observed_at=NOW,
        load_balancer=LoadBalancer(id="lb-3f9c2a7d", name="checkout-edge", status=1),
        listener=listener,
        backends=backends or (backend(), backend("cpm-4r6t8y2u")),
    )


CHANGE = Change(
    id=7,
    state=State.PENDING,
    version=1,
    operation=OPERATION,
    facts=facts(),
    reason="move the probe to the new health endpoint",
    requester=REQUESTER,
    channel="C0INCIDENT",
    created_at=NOW,
    expires_at=NOW + 3600,
)

# Where each ending leads; the endings that a run reaches are held to it in tests/rooms/engine.
ENDS: Mapping[Ending, State] = MappingProxyType(
    {
        **dict.fromkeys(Ending, State.FAILED),
        Ending.VERIFIED: State.SUCCEEDED,
        Ending.VERIFIED_BY_READING: State.SUCCEEDED,
        Ending.TASK_ALONE: State.SUCCEEDED,
        Ending.FAILED_YET_APPLIED: State.SUCCEEDED,
        Ending.TASK_STUCK: State.UNKNOWN,
        Ending.UNREADABLE: State.UNKNOWN,
        Ending.UNSETTLED: State.UNKNOWN,
    }
)
GLASS = Review(opened_at=NOW, use=2, quota=2, period=86400.0)
UNDECIDED = frozenset({State.PENDING, State.EXPIRED})
UNSTARTED = UNDECIDED | {State.APPROVED, State.REJECTED, State.CANCELLED}
FACTS = {
    "an unset probe port": facts(backend(probe_port=UNSET), backend("cpm-4r6t8y2u")),
    "a probe port nobody could read": facts(backend(probe_port=None)),
    "the last Alive backend": facts(backend(), backend("cpm-4r6t8y2u", health="Dead")),
    "a Dead backend": facts(backend(health="Dead"), backend("cpm-4r6t8y2u")),
    "a backend without health": facts(backend(health="")),
    "no such backend any more": facts(backend("cpm-4r6t8y2u")),
}
MOVED = (
    Moved(fact="probe_port", was=8080, now=UNSET),
    Moved(fact="last_alive", was=False, now=True),
    Moved(fact="listener_status", was=1, now=3),
)


def changed(state: State, *, ending: Ending | None = None, **more: object) -> Change:
    """Return the change as it would stand in ``state``."""
    decided = {} if state in UNDECIDED else {"decided_by": APPROVER, "decided_at": NOW + 60}
    began = {} if state in UNSTARTED else {"started_at": NOW + 61}
    over = {} if ending is None else {"ended_at": NOW + 200, "ending": ending}
    return replace(CHANGE, state=state, **{**decided, **began, **over, **more})  # type: ignore[arg-type]  # Change's own
