"""Where the stories play: load balancers of their own, so that no story meets another one's tasks or changes."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

LOAD_BALANCERS = 200  # more than there are stories
PORT = 80

# Health shows after 3 s here; everything listens on 80 and on 8000 to 8999.
_LOAD_BALANCER = """
[[load_balancers]]
id = "lb-story{0:03}"
name = "story-{0:03}"

[[load_balancers.listeners]]
id = "lbl-story{0:03}"
name = "story-tcp"
port = 80
health_switch = 1
time_out = 1
interval_time = 1
health_num = 2
unhealth_num = 2
custom_health_switch = 1
backends = [
  {{ host = "cpm-story{0:03}a", port = 80, alias = "story-a", probe_port = 8001, listening = [80, "8000-8999"] }},
  {{ host = "cpm-story{0:03}b", port = 80, alias = "story-b", probe_port = 8001, listening = [80, "8000-8999"] }},
  {{ host = "cpm-story{0:03}c", port = 80, alias = "story-c", probe_port = 8001, listening = [80, "8000-8999"] }},
]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """One backend of a listener; its probe port is 8001 at first."""

    load_balancer: str
    listener: str
    host: str
    port: int = PORT

    @property
    def names(self) -> dict[str, str | int]:
        """What the control API of the sandbox cloud calls it."""
        return {"load_balancer": self.load_balancer, "listener": self.listener, "host": self.host, "port": self.port}

    def command(self, probe_port: int, reason: str = "health endpoint moved") -> str:
        """Return the line that a person types."""
        return f"/lb probe-port {self.load_balancer} {self.listener} {self.host}:{self.port} {probe_port} {reason}"


def backends(number: int) -> tuple[Backend, ...]:
    """Return the three backends of load balancer ``number``, counted from 1."""
    balancer, listener, host = f"lb-story{number:03}", f"lbl-story{number:03}", f"cpm-story{number:03}"
    return tuple(Backend(load_balancer=balancer, listener=listener, host=f"{host}{letter}") for letter in "abc")


def write_seed(folder: Path) -> Path:
    """Write the sandbox's own world and the stories' load balancers as one seed."""
    own = files("bot.sandbox.cloud").joinpath("seed.toml").read_text(encoding="utf-8")
    path = folder / "seed.toml"
    path.write_text(own + "".join(_LOAD_BALANCER.format(n + 1) for n in range(LOAD_BALANCERS)), encoding="utf-8")
    return path
