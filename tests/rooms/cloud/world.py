"""The sandbox cloud on a clock that the test moves."""

from dataclasses import dataclass

from bot.domain.operation import SetProbePort
from bot.sandbox.cloud.state import Clock, Cloud

NOW = 1_700_000_000.0  # the time of the tests, seconds since the epoch
BALANCER, LISTENER = "lb-3f9c2a7d", "lbl-8k2m4p6q"
CHANGE = SetProbePort(load_balancer=BALANCER, listener=LISTENER, host="cpm-1x7v9d3h", port=1234, probe_port=12345)
VM_CHANGE = SetProbePort(load_balancer=BALANCER, listener=LISTENER, host="10.20.3.17", port=1234, probe_port=12345)


class Time:
    """Time that stands still until the test moves it."""

    seconds = 0.0

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def clock(self) -> Clock:
        return Clock(wall=lambda: NOW + self.seconds, monotonic=lambda: self.seconds, sleep=self.sleep)


@dataclass
class Sandbox:
    cloud: Cloud
    url: str
    time: Time

    @property
    def urls(self) -> dict[str, str]:
        return {"v2_url": f"{self.url}/v2/index.php", "v3_url": f"{self.url}/"}

    def outcomes(self, verb: str) -> list[str]:
        return [entry["outcome"] for entry in self.cloud.journal.to_json() if entry["action"].startswith(verb)]
