"""The sandbox cloud behind the bots' backs: faults, what somebody else does, and what it noted."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.chaos.history import Call
from tests.chaos.places import Place

Json = dict[str, Any]
QUICK: Json = {"duration": 0.2, "outcome": "done", "status": None, "apply_at": "end"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudSide:
    """The control API."""

    url: str
    http: httpx.AsyncClient

    async def ask(self, method: str, what: str, order: object = None) -> Any:  # noqa: ANN401 - JSON of any shape
        """Send one order and return what it says."""
        answer = await self.http.request(method, f"{self.url}/sandbox/{what}", json=order or {})
        if answer.status_code != httpx.codes.OK:
            raise AssertionError(answer.text)
        return answer.json()

    async def heal(self) -> None:
        """Clear faults, let go what is held, drop what is stuck, and let tasks be quick."""
        await self.ask("DELETE", "faults")
        await self.ask("POST", "release")
        state = await self.ask("GET", "state")
        if any(task["outcome"] == "stuck" and not task["forgotten"] for task in state["tasks"]):
            await self.ask("DELETE", "tasks")
        await self.ask("POST", "tasks", QUICK)

    async def drift(self, place: Place, **fields: object) -> None:
        """Change a backend as somebody else would."""
        await self.ask("POST", "drift", {**place.names, "set": fields})

    async def probe_ports(self) -> dict[str, int]:
        """Return the probe port of every backend, by target."""
        state = await self.ask("GET", "state")
        return {
            f"{balancer['id']}/{listener['id']}/{one['host']}:{one['port']}": int(one["probe_port"])
            for balancer in state["load_balancers"]
            for listener in balancer["listeners"]
            for one in listener["backends"]
        }

    async def journal(self) -> tuple[Call, ...]:
        """Return every call since the journal was cleared."""
        return tuple(_call(entry) for entry in await self.ask("GET", "journal"))


def _call(entry: Json) -> Call:
    given = {name[0].lower() + name[1:]: value for name, value in entry["params"].items()}
    listener = f"{given.get('loadBalancerId', '')}/{given.get('listenerId', '')}"
    modifies = "probePort" in given
    digits = "".join(letter for letter in str(entry["task"] or "") if letter.isdigit())
    return Call(
        n=entry["n"],
        at=entry["at"],
        action=entry["action"],
        target=f"{listener}/{given['instanceId']}:{given['port']}" if modifies else listener,
        value=int(given["probePort"]) if modifies else None,
        outcome=str(entry["outcome"]),
        fault=entry["fault"],
        task=digits,
        told=entry["told"],
    )
