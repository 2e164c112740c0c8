"""Where chaos plays: load balancers of its own, most without a health check that runs would watch."""

from dataclasses import dataclass
from pathlib import Path

LOAD_BALANCERS = 6
LETTERS = "abc"
PORT = 80
FIRST = 8001  # the probe port that stands at first; everything listens on 80 and on 8000 to 8999

_LOAD_BALANCER = """
[[load_balancers]]
id = "lb-chaos{0}"
name = "chaos-{0}"

[[load_balancers.listeners]]
id = "lbl-chaos{0}"
name = "chaos-tcp"
port = 80
health_switch = {1}
time_out = 1
interval_time = 1
health_num = 2
unhealth_num = 2
custom_health_switch = {1}
backends = [{2}
]
"""
_BACKEND = """
  {{ host = "cpm-chaos{0}{1}", port = 80, alias = "chaos-{1}", probe_port = 8001, listening = [80, "8000-8999"] }},"""
EXPIRES_SECONDS = 60.0  # the least there is
# Without a policy of its own the bot refuses changes on listeners that nothing probes.
POLICY = f"needs_health_check = false\nexpires_minutes = {EXPIRES_SECONDS / 60:.0f}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One backend of one load balancer."""

    load_balancer: str
    listener: str
    host: str
    port: int = PORT

    @property
    def target(self) -> str:
        """Return ``lb/lbl/host:port``."""
        return f"{self.load_balancer}/{self.listener}/{self.host}:{self.port}"

    @property
    def names(self) -> dict[str, str | int]:
        """What the control API of the sandbox cloud calls it."""
        return {"load_balancer": self.load_balancer, "listener": self.listener, "host": self.host, "port": self.port}


def places(number: int) -> tuple[Place, ...]:
    """Return the backends of load balancer ``number``, counted from 1."""
    balancer, listener, host = f"lb-chaos{number}", f"lbl-chaos{number}", f"cpm-chaos{number}"
    return tuple(Place(load_balancer=balancer, listener=listener, host=f"{host}{letter}") for letter in LETTERS)


def write_seed(folder: Path) -> Path:
    """Write the seed of the sandbox cloud and return its path."""
    path = folder / "seed.toml"
    numbers = range(1, LOAD_BALANCERS + 1)
    balancers = [
        _LOAD_BALANCER.format(n, int(n % 3 == 0), "".join(_BACKEND.format(n, letter) for letter in LETTERS))
        for n in numbers
    ]
    path.write_text("[tasks]\nduration = 0.2\n" + "".join(balancers), encoding="utf-8")
    return path


def write_policy(folder: Path) -> Path:
    """Write the policy of the bots and return its path."""
    path = folder / "policy.toml"
    path.write_text(POLICY, encoding="utf-8")
    return path
