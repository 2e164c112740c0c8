"""API 3.0, version 2018-06-25; fact sheet, sections 1.2, 2.2, 9."""

import json
from dataclasses import dataclass
from typing import Any

import httpx

from bot.cloud.answers import Record, Reply, read_v3
from bot.cloud.call import Call
from bot.cloud.codes import Ours
from bot.cloud.patience import ATTEMPTS
from bot.cloud.readings import PAGE, backend, every_load_balancer, listener, protocols, task_state
from bot.cloud.sign_v1 import Value
from bot.cloud.transport import Transport
from bot.domain.facts import Backend, Listener, LoadBalancer
from bot.domain.operation import Operation
from bot.domain.task import Receipt, TaskState

_VERSION = "2018-06-25"


@dataclass(frozen=True, slots=True, kw_only=True)
class V3Dialect:
    """JSON POST, TC3 signature, ``Response`` in the answer. ``region`` is the long name, as ``ap-beijing``."""

    url: str
    region: str
    auth: httpx.Auth

    def request(self, call: Call, client: httpx.AsyncClient) -> httpx.Request:
        """Return ``call`` as JSON."""
        return client.build_request("POST", self.url, content=json.dumps(call.parameters), headers=self.headers(call))

    def headers(self, call: Call) -> dict[str, str]:
        """Return the headers of ``call``, without those that sign it."""
        named = {"X-TC-Action": call.action, "X-TC-Version": _VERSION, "X-TC-Region": self.region}
        return {"Content-Type": "application/json", **named}

    def shown(self, call: Call) -> dict[str, Any]:
        """Return the request as the record keeps it: everything of it but what signs it."""
        return {"method": "POST", "url": self.url, "headers": self.headers(call), "body": dict(call.parameters)}

    def read(self, reply: Reply, call: Call) -> Record:
        """Return the fields of the answer's ``Response``."""
        return read_v3(reply, call)


class V3:
    """The calls of API 3.0."""

    def __init__(self, transport: Transport, dialect: V3Dialect) -> None:
        self._transport = transport
        self._dialect = dialect

    async def ping(self) -> float | None:
        """Make one cheap read, once, and return the cloud's clock minus ours in seconds."""
        call = Call(action="DescribeLoadBalancers", parameters={"Offset": 0, "Limit": 1})
        return (await self._transport.call(call, self._dialect, attempts=1)).origin.skew

    async def load_balancers(self, *ids: str) -> tuple[LoadBalancer, ...]:
        """Return these load balancers, or all; fact sheet, section 9.3."""
        asked: dict[str, Value] = {"LoadBalancerIds": ids} if ids else {}

        async def page(offset: int) -> Record:
            return await self._ask("DescribeLoadBalancers", Offset=offset, Limit=PAGE, **asked)

        return await every_load_balancer(page)

    async def listeners(self, load_balancer: str) -> tuple[Listener, ...]:
        """Return the L4 listeners; fact sheet, section 9.3."""
        answer = await self._ask("DescribeL4Listeners", LoadBalancerId=load_balancer)
        return tuple(map(listener, answer.records("listenerSet")))

    async def protocols(self, load_balancer: str) -> dict[str, str]:
        """Return the protocol of every listener, L4 and L7, by id; fact sheet, section 9.3."""
        return protocols(await self._ask("DescribeLoadBalancerPortInfo", LoadBalancerId=load_balancer))

    async def backends(self, load_balancer: str, listener: str, *, attempts: int = ATTEMPTS) -> tuple[Backend, ...]:
        """Return the backends with their probe ports; fact sheet, section 9.3."""
        call = Call(action="DescribeL4Backends", parameters={"LoadBalancerId": load_balancer, "ListenerId": listener})
        answer = await self._transport.call(call, self._dialect, attempts=attempts)
        return tuple(
            backend(record, port="port", probe_port=record.number("probePort"))
            for record in answer.records("backendSet")
        )

    async def modify(self, operation: Operation, bind_type: int) -> Receipt:
        """Make the modify call, once; fact sheet, section 9.3. ``bind_type`` is 0 BM host, 1 VM IP, 2 semi-hosted.

        Raises:
            CallUnanswered: also where the answer says yes and names no task.
        """
        answer = await self._transport.call(_modifying(operation, bind_type), self._dialect)
        task = answer.optional("taskId")
        if not task:
            raise answer.origin.silence(Ours.NO_TASK_ID)
        return Receipt(task=task, request_id=answer.origin.request_id)

    def request(self, operation: Operation, bind_type: int) -> dict[str, Any]:
        """Return what ``modify`` sends, without what signs it."""
        return self._dialect.shown(_modifying(operation, bind_type))

    async def task(self, task: str) -> TaskState:
        """Return a task's state; fact sheet, sections 7 and 9.3. The id goes out as text, whatever form it came in."""
        return task_state(await self._ask("DescribeLoadBalancerTaskResult", TaskId=task))

    async def _ask(self, action: str, **parameters: Value) -> Record:
        return await self._transport.call(Call(action=action, parameters=parameters), self._dialect)


def _modifying(operation: Operation, bind_type: int) -> Call:
    description = operation.description
    parameters: dict[str, Value] = {field.v3: getattr(operation, field.name) for field in description.fields}
    return Call(action=description.v3_action, parameters={**parameters, "BindType": bind_type}, writes=True)
