"""What is sent to the app, over a socket or to its request URL, and the acks that come back, or don't.

Slack fact sheet, sections 2, 7 and 8.
"""

import asyncio
import json
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.requests import RequestUrls, Signed
from bot.sandbox.slack.sockets import Sockets

ACK_SECONDS = 3.0
TIMED_OUT = "operation_timeout"
NOBODY_THERE = "dispatch_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """The end of one delivery: the app's payload (``{}`` for an empty ack), or why there was none."""

    payload: dict[str, Any] = field(default_factory=dict)
    failure: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class Delivery:
    """One envelope, or request. Times are seconds on the stand-in's clock.

    ``socket`` is the connection it went over, ``url`` where it was answered or tried last. ``refused`` says why there
    was no ack, or why its payload was not done.
    """

    n: int
    envelope_id: str
    type: str
    kind: str
    sent_at: float
    socket: int | None = None
    url: str = ""
    acked_at: float | None = None
    acks: int = 0
    refused: str = ""
    answer: asyncio.Future[Ack] = field(default_factory=asyncio.Future)

    @property
    def late(self) -> bool:
        """Whether the ack came after its deadline."""
        return self.acked_at is not None and self.acked_at > self.sent_at + ACK_SECONDS

    def record(self) -> dict[str, Any]:
        """Return what ``GET /sandbox/deliveries`` tells."""
        names = ("n", "envelope_id", "type", "kind", "sent_at", "acked_at", "late", "socket", "url", "acks",
                 "refused")  # fmt: skip
        return {name: getattr(self, name) for name in names}


class Deliveries:
    """Everything sent so far, and the acks that fit nothing."""

    def __init__(
        self, *, sockets: Sockets, requests: RequestUrls, clock: Clock, faults: Faults, rng: random.Random
    ) -> None:
        self._sockets = sockets
        self._requests = requests
        self._clock = clock
        self._faults = faults
        self._rng = rng
        self._sent: list[Delivery] = []
        self._posting: set[asyncio.Task[None]] = set()
        self.unknown_acks: list[dict[str, Any]] = []

    def listing(self) -> list[dict[str, Any]]:
        """Return every delivery, oldest first."""
        return [delivery.record() for delivery in self._sent]

    async def deliver(self, payload: dict[str, Any], *, envelope: str, kind: str) -> tuple[Delivery, Ack]:
        """Send ``payload`` to the app's request URL, if it has one, or over one of its connections.

        Wait for the ack or the deadline. ``envelope`` is ``slash_commands`` or ``interactive``; neither is ever sent
        again.
        """
        delivery = Delivery(
            n=len(self._sent) + 1,
            envelope_id=str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            type=envelope,
            kind=kind,
            sent_at=self._clock.now(),
        )
        self._sent.append(delivery)
        if self._requests.urls:
            posting = asyncio.create_task(self._post(delivery, self._requests.sign(payload, envelope=envelope)))
            self._posting.add(posting)
            posting.add_done_callback(self._posting.discard)
        else:
            await self._send(delivery, payload)
        return delivery, await self._outcome(delivery)

    async def _send(self, delivery: Delivery, payload: dict[str, Any]) -> None:
        socket = self._sockets.choose()
        if socket is None:
            delivery.answer.set_result(Ack(failure=NOBODY_THERE))
            return
        delivery.socket = socket.n
        frame = {
            "envelope_id": delivery.envelope_id,
            "type": delivery.type,
            "payload": payload,
            "accepts_response_payload": True,
        }
        await socket.send(frame)
        if self._faults.take("duplicate_envelope"):
            await (self._sockets.choose() or socket).send(frame)

    async def _post(self, delivery: Delivery, request: Signed) -> None:
        """Post ``request``, twice where that fault is on: two at once, as after a balancer's hasty second try."""
        times = 2 if self._faults.take("duplicate_envelope") else 1
        heard = await asyncio.gather(*(self._posted(delivery, request) for _ in range(times)))
        if not any(heard):
            delivery.answer.set_result(Ack(failure=NOBODY_THERE))

    async def _posted(self, delivery: Delivery, request: Signed) -> bool:
        """Return whether the app answered, whatever became of its answer."""
        answer = await self._requests.post(request)
        delivery.url = answer.url
        if answer.failure:
            delivery.refused = answer.failure
            return False
        self._acked(delivery, answer.payload)
        return True

    async def _outcome(self, delivery: Delivery) -> Ack:
        deadline = asyncio.ensure_future(self._clock.until(delivery.sent_at + ACK_SECONDS))
        try:
            await asyncio.wait((deadline, delivery.answer), return_when=asyncio.FIRST_COMPLETED)
        finally:
            deadline.cancel()
        return delivery.answer.result() if delivery.answer.done() else Ack(failure=TIMED_OUT)

    def heard(self, text: str, *, socket: int) -> None:
        """Take one frame of the app, from whichever connection: an ack, or something recorded as unknown."""
        envelope_id, payload = _ack(text)
        delivery = next((sent for sent in self._sent if sent.envelope_id == envelope_id), None)
        if delivery is None:
            self.unknown_acks.append({"at": self._clock.now(), "socket": socket, "frame": text})
            return
        self._acked(delivery, payload)

    def _acked(self, delivery: Delivery, payload: dict[str, Any]) -> None:
        if self._faults.take("ack_lost"):
            return
        delivery.acks += 1
        if delivery.acked_at is not None:
            return
        delivery.acked_at = self._clock.now()
        if not delivery.late:
            delivery.answer.set_result(Ack(payload=payload))

    async def shut(self) -> None:
        """Wait no longer for late answers."""
        for posting in tuple(self._posting):
            posting.cancel()
        await asyncio.gather(*self._posting, return_exceptions=True)


def _ack(text: str) -> tuple[str | None, dict[str, Any]]:
    try:
        frame = json.loads(text)
    except ValueError:
        return None, {}
    if not isinstance(frame, dict):
        return None, {}
    payload = frame.get("payload")
    return frame.get("envelope_id"), payload if isinstance(payload, dict) else {}
