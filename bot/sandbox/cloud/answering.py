"""One API request from its first byte to its last: read, noted, admitted, struck by a fault or not, done, answered."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.cloud.actions import Action
from bot.sandbox.cloud.call import Call
from bot.sandbox.cloud.face import Face, Look
from bot.sandbox.cloud.gate import Closed
from bot.sandbox.cloud.incoming import receive
from bot.sandbox.cloud.journal import Entry
from bot.sandbox.cloud.problems import Problem
from bot.sandbox.cloud.state import Cloud
from bot.sandbox.cloud.strikes import TASK_FIELDS, HangUp, strike_after, strike_before


@dataclass(frozen=True, slots=True)
class _Exchange:
    cloud: Cloud
    face: Face
    look: Look
    entry: Entry

    async def answer(self, action: Action, region: str) -> Response:
        """Do what an admitted call asks, with the fault it meets."""
        fault = self.cloud.faults.meet(self.look.action)
        if fault is not None:
            self.entry.fault = fault.order.kind
        if fault is not None and fault.comes_before:
            instead = await strike_before(self.cloud, fault)
            if instead is not None:
                self.entry.outcome = fault.order.kind
                return instead
        body = self.perform(action, region)
        if fault is None or fault.comes_before:
            return JSONResponse(body)
        if fault.order.code is not None:  # it was done, and the journal says so; the caller hears a no all the same
            no = Problem(fault.order.code, message=fault.order.message)
            return JSONResponse(self.face.no(no, self.cloud, self.look, self.entry.request_id)[0])
        return await strike_after(self.cloud, fault, body)

    def perform(self, action: Action, region: str) -> dict[str, object]:
        """Do the action now and return the answer, yes or no."""
        try:
            values = self.face.values(action, self.look)
            call = Call(action=self.look.action, region=region, at=self.cloud.tick(), values=values)
            shown = self.face.show(action, action.run(self.cloud, call))
        except Problem as problem:
            return self.no(problem)
        self.entry.outcome = "ok"
        self.entry.task = next((shown[name] for name in TASK_FIELDS if name in shown), None)
        bound = shown.get("BackendSet", ())  # only 3.0 tells probe ports
        self.entry.told = {f"{each['InstanceId']}:{each['Port']}": each["ProbePort"] for each in bound}
        return self.face.yes(shown, self.entry.request_id)

    def no(self, problem: Problem) -> dict[str, object]:
        """Return the no, noted."""
        body, self.entry.outcome = self.face.no(problem, self.cloud, self.look, self.entry.request_id)
        return body


async def answer(cloud: Cloud, face: Face, request: Request) -> Response:
    """Answer one API request on ``face``."""
    if request.method == "HEAD":  # comes with every GET route, and no face knows it
        return Response(status_code=405)
    incoming = await receive(request)
    look = face.look(incoming)
    entry = cloud.journal.write(
        at=cloud.now(),
        face=face.name,
        action=look.action,
        region=look.region,
        params=look.given,
        request_id=face.request_id(cloud),
    )
    exchange = _Exchange(cloud, face, look, entry)
    try:
        return await exchange.answer(*face.admit(cloud, incoming, look))
    except Problem as problem:
        return JSONResponse(exchange.no(problem))
    except Closed:
        return HangUp()
