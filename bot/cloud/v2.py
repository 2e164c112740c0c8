"""API v2: the seed document's generation; fact sheet, sections 1.1, 2.1, 5, 7."""

from dataclasses import dataclass
from typing import Any

import httpx

from bot.cloud.answers import Record, Reply, read_v2
from bot.cloud.call import Call
from bot.cloud.codes import Ours
from bot.cloud.readings import PAGE, backend, every_load_balancer, listener, protocols, task_state
from bot.cloud.sign_v1 import Value, flatten
from bot.cloud.transport import Transport
from bot.domain.facts import Backend, Listener, LoadBalancer
from bot.domain.operation import Operation
from bot.domain.task import Receipt, TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class V2Dialect:
    """Form POST, v1 signature, ``code`` in the answer. ``region`` is the short name the documents' examples send."""

    url: str
    region: str
    auth: httpx.Auth

    def request(self, call: Call, client: httpx.AsyncClient) -> httpx.Request:
        """Return ``call`` as a form; POST, so that no length limit and no log of URLs is met."""
        return client.build_request("POST", self.url, data=self.form(call))

    def form(self, call: Call) -> dict[str, str]:
        """Return what is sent of ``call``, without what signs it."""
        return flatten({"Action": call.action, "Region": self.region, **call.parameters})

    def shown(self, call: Call) -> dict[str, Any]:
        """Return the request as the record keeps it: everything of it but what signs it."""
        return {"method": "POST", "url": self.url, "form": self.form(call)}

    def read(self, reply: Reply, call: Call) -> Record:
        """Return the answer's fields."""
        return read_v2(reply, call)


class V2:
    """The calls of API v2."""

    def __init__(self, transport: Transport, dialect: V2Dialect) -> None:
        self._transport = transport
        self._dialect = dialect

    async def ping(self) -> float | None:
        """Make one cheap read, once, and return the cloud's clock minus ours in seconds."""
        call = Call(action="DescribeBmLoadBalancers", parameters={"offset": 0, "limit": 1})
        return (await self._transport.call(call, self._dialect, attempts=1)).origin.skew

    async def load_balancers(self, *ids: str) -> tuple[LoadBalancer, ...]:
        """Return these load balancers, or all; fact sheet, section 5.2."""

        async def page(offset: int) -> Record:
            return await self._ask("DescribeBmLoadBalancers", loadBalancerIds=ids, offset=offset, limit=PAGE)

        return await every_load_balancer(page)

    async def listeners(self, load_balancer: str) -> tuple[Listener, ...]:
        """Return the L4 listeners; fact sheet, section 5.3."""
        answer = await self._ask("DescribeBmListeners", loadBalancerId=load_balancer)
        return tuple(map(listener, answer.records("listenerSet")))

    async def protocols(self, load_balancer: str) -> dict[str, str]:
        """Return the protocol of every listener, L4 and L7, by id; fact sheet, section 5.17."""
        return protocols(await self._ask("DescribeBmVportInfo", loadBalancerId=load_balancer))

    async def backends(self, load_balancer: str, listener: str) -> tuple[Backend, ...]:
        """Return the backends without their probe ports, which v2 doesn't tell; fact sheet, section 5.5."""
        answer = await self._ask("DescribeBmL4ListenerBackends", loadBalancerId=load_balancer, listenerId=listener)
        return tuple(backend(record, port="rsPort", probe_port=None) for record in answer.records("data"))

    async def modify(self, operation: Operation) -> Receipt:
        """Make the modify call, once; fact sheet, section 5.1.

        Raises:
            CallUnanswered: also where the answer says yes and names no task.
        """
        answer = await self._transport.call(_modifying(operation), self._dialect)
        task = _task_id(answer)
        if operation.description.v2_asynchronous and not task:
            raise answer.origin.silence(Ours.NO_TASK_ID)
        return Receipt(task=task, request_id="")

    def request(self, operation: Operation) -> dict[str, Any]:
        """Return what ``modify`` sends, without what signs it."""
        return self._dialect.shown(_modifying(operation))

    async def task(self, task: str) -> TaskState:
        """Return a task's state; fact sheet, sections 5.6 and 7."""
        answer = await self._ask("DescribeBmLoadBalancersTaskResult", requestId=task)
        return task_state(answer.record("data"))

    async def _ask(self, action: str, **parameters: Value) -> Record:
        return await self._transport.call(Call(action=action, parameters=parameters), self._dialect)


def _modifying(operation: Operation) -> Call:
    description = operation.description
    parameters = {field.v2: getattr(operation, field.name) for field in description.fields}
    return Call(action=description.v2_action, parameters=parameters, writes=True)


def _task_id(answer: Record) -> str:
    # At the top in every bmlb answer; a sister product nests it (section 7; Q3).
    nested = isinstance(answer.fields.get("data"), dict)
    return answer.optional("requestId") or (answer.record("data").optional("requestId") if nested else "")
