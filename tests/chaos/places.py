"""Where chaos plays: load balancers of its own, most without a health check that runs would watch."""

import json
from collections.abc import Iterable
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
WINDOW = "always"  # the window that is always open
# Without a policy of its own the bot refuses changes on listeners that nothing probes. Quotas outlast a world.
_POLICY = """
[defaults]
needs_health_check = false
expires_minutes = {expires:.0f}

[windows]
{window} = {{ days = "mon-sun", from = "00:00", to = "24:00", zone = "UTC" }}

[grants]
by = ["anyone"]
channels = ["#*"]

[emergency]
people = {people}
quota = 100
period_hours = 1
overrides_freezes = {overrides}

[[rule]]
name = "two approve what is frozen"
load_balancer = ["lb-chaos[1-3]"]
approvers = ["anyone"]
freeze_approvers = ["anyone"]

[[rule]]
name = "nobody changes what is frozen"
approvers = ["anyone"]
"""


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


def write_policy(folder: Path, *, people: Iterable[str], overrides: bool) -> Path:
    """Write the policy of the bots and return its path.

    ``people`` (ids) may break the glass, ``overrides`` says whether that goes through freezes.
    """
    path = folder / "policy.toml"
    said = {"people": json.dumps([*people]), "overrides": json.dumps(overrides)}
    path.write_text(_POLICY.format(expires=EXPIRES_SECONDS / 60, window=WINDOW, **said), encoding="utf-8")
    return path
