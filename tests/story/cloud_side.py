"""The sandbox cloud as a story reaches it, behind the bot's back."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.story.backends import Backend
from tests.story.waiting import until

Json = dict[str, Any]

MODIFY, MODIFY_V3 = "ModifyBmL4ListenerBackendProbePort", "ModifyL4BackendProbePort"
POLL = "DescribeBmLoadBalancersTaskResult"
READ = "DescribeL4Backends"  # the only read that tells probe ports, whichever API writes
QUICK: Json = {"duration": 0.2, "outcome": "done", "status": None, "apply_at": "end"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudSide:
    """The control API of one sandbox cloud."""

    url: str
    http: httpx.AsyncClient

    async def _ask(self, method: str, what: str, order: object = None) -> Any:  # noqa: ANN401 - JSON of any shape
        answer = await self.http.request(method, f"{self.url}/sandbox/{what}", json=order or {})
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    async def reset(self) -> None:
        """Clear faults, let go what is held, and make tasks quick."""
        await self._ask("DELETE", "faults")
        await self.release()
        await self.plan()

    async def plan(self, **order: object) -> None:
        """Say how coming tasks go; what isn't said is as in ``QUICK``."""
        await self._ask("POST", "tasks", QUICK | order)

    async def fault(self, action: str, kind: str, **more: object) -> None:
        """Let the next call of ``action`` go wrong."""
        await self._ask("POST", "faults", {"action": action, "kind": kind, **more})

    async def set_clock(self, ahead: float) -> None:
        """Set the cloud's clock ``ahead`` of this machine's, in seconds."""
        await self._ask("POST", "clock", {"skew": ahead})

    async def drift(self, backend: Backend, **fields: object) -> None:
        """Change ``backend`` as somebody else would."""
        await self._ask("POST", "drift", {**backend.names, "set": fields})

    async def drift_listener(self, backend: Backend, **fields: object) -> None:
        """Change the listener of ``backend`` as somebody else would."""
        names = {"load_balancer": backend.load_balancer, "listener": backend.listener}
        await self._ask("POST", "drift", {**names, "set": fields})

    async def release(self) -> None:
        """Let every held call go."""
        await self._ask("POST", "release")

    async def probe_port(self, backend: Backend) -> int:
        """Return the probe port that stands there now."""
        model = await self._ask("GET", "state")
        return next(
            int(found["probe_port"])
            for balancer in model["load_balancers"]
            for listener in balancer["listeners"]
            for found in listener["backends"]
            if (balancer["id"], found["host"], found["port"]) == (backend.load_balancer, backend.host, backend.port)
        )

    async def tasks(self, load_balancer: str) -> list[Json]:
        """Return the tasks of ``load_balancer``, oldest first."""
        return [task for task in (await self._ask("GET", "state"))["tasks"] if task["load_balancer"] == load_balancer]

    async def calls(self, *actions: str) -> list[Json]:
        """Return the journal's entries of ``actions``, oldest first."""
        return [entry for entry in await self._ask("GET", "journal") if entry["action"] in actions]

    async def modify_calls(self, backend: Backend) -> list[Json]:
        """Return every modify call for ``backend`` that arrived, over either API, oldest first."""
        return [
            entry
            for entry in await self.calls(MODIFY, MODIFY_V3)
            if backend.host in {entry["params"].get("instanceId"), entry["params"].get("InstanceId")}
        ]

    async def until_held(self, calls: int = 1) -> None:
        """Wait until so many ``calls`` are held."""

        async def look() -> bool:
            return int((await self._ask("GET", "state"))["held"]) >= calls

        await until(f"{calls} calls that the cloud holds", look)
