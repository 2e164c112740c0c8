"""What was read from the live load balancer, as values.

Field meanings: ``bmlb-api.md`` sections 5.2, 5.3, 5.5, 9.3.
"""

from dataclasses import asdict, dataclass
from typing import Any, Self

RUNNING = 1  # status of a load balancer and of a listener; sections 8.1, 8.2
UNSET = -1  # a probe port nobody set; section 0, fact 3
L4_LISTENER = "L4Listener"
ALIVE = "Alive"
DEAD = "Dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer:
    """One load balancer. ``status`` is 0 creating, 1 running; other numbers are kept as they came."""

    id: str
    name: str
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One listener and how it checks health.

    ``status`` is 0 creating, 1 running, 2 create failed, 3 deleting, 4 delete failed. ``interval`` and ``timeout``
    are seconds; ``healthy_after`` and ``unhealthy_after`` are consecutive probes.
    """

    id: str
    name: str
    kind: str
    protocol: str
    port: int
    status: int
    health_check: bool
    custom_health_check: bool
    interval: int
    timeout: int
    healthy_after: int
    unhealthy_after: int

    @property
    def watch_seconds(self) -> int:
        """Return how long a change of health can take to show: interval x threshold, plus one probe's timeout."""
        return self.interval * max(self.healthy_after, self.unhealthy_after) + self.timeout


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """One bound port of one host.

    ``bind_type`` is 0 BM host, 1 VM IP, 2 semi-hosted. ``host`` is the host id, or the VM's IP for bind type 1.
    ``weight`` is 0-100. ``health`` is ``Alive``, ``Dead``, or whatever else the cloud said. ``probe_port`` is
    1-65535, ``UNSET``, or None where it could not be read (API v2 doesn't tell it).
    """

    bind_type: int
    host: str
    port: int
    alias: str
    weight: int
    health: str
    probe_port: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one look at a listener showed. ``observed_at`` is seconds since the epoch, our clock."""

    observed_at: float
    load_balancer: LoadBalancer
    listener: Listener
    backends: tuple[Backend, ...]

    def backend(self, host: str, port: int) -> Backend | None:
        """Return the backend bound as (host, port), or None."""
        return next((b for b in self.backends if (b.host, b.port) == (host, port)), None)

    @property
    def alive(self) -> int:
        """Return how many backends of the listener are Alive."""
        return sum(b.health == ALIVE for b in self.backends)

    def is_last_alive(self, host: str, port: int) -> bool:
        """Say whether (host, port) is the only Alive backend of the listener."""
        backend = self.backend(host, port)
        return backend is not None and backend.health == ALIVE and self.alive == 1

    def to_json(self) -> dict[str, Any]:
        """Return plain data for the ledger."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Return the facts that ``to_json`` wrote."""
        return cls(
            observed_at=data["observed_at"],
            load_balancer=LoadBalancer(**data["load_balancer"]),
            listener=Listener(**data["listener"]),
            backends=tuple(Backend(**b) for b in data["backends"]),
        )
