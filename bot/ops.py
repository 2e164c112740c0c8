"""What operators and their monitors ask the process: is it alive, is it ready, how is it doing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.serving import serving
from bot.variable import Address

READY, NOT_READY = 200, 503
_FRESH = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that must work. ``detail`` is a short word or number for an operator, never a secret."""

    name: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether the process can do its work: all checks, the failed ones too."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Say whether every check passed; without any check nothing is known to work."""
        return bool(self.checks) and all(check.ok for check in self.checks)


def build(
    readiness: Callable[[], Awaitable[Readiness]], registry: CollectorRegistry, *, limit_seconds: float = 5.0
) -> Starlette:
    """Return the app of the ops port.

    ``/healthz`` answers 200 while the process and its loop live. ``/readyz`` answers 200 or 503 with
    ``{"ready": bool, "checks": [{"name", "ok", "detail"}]}``; no answer of ``readiness`` within ``limit_seconds`` is
    503 too. ``/metrics`` answers ``registry`` in Prometheus' text format.
    """

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"alive": True}, headers=_FRESH)

    async def readyz(_request: Request) -> Response:
        found = await _within(limit_seconds, readiness)
        told = {"ready": found.ok, "checks": [asdict(check) for check in found.checks]}
        return JSONResponse(told, READY if found.ok else NOT_READY, headers=_FRESH)

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(registry), headers={**_FRESH, "Content-Type": CONTENT_TYPE_LATEST})

    return Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)])


async def _within(limit_seconds: float, readiness: Callable[[], Awaitable[Readiness]]) -> Readiness:
    try:
        async with asyncio.timeout(limit_seconds):
            return await readiness()
    except TimeoutError:
        silence = Check(name="readiness", ok=False, detail=f"no answer within {limit_seconds:g} s")
        return Readiness(checks=(silence,))


@asynccontextmanager
async def serving_ops(address: Address | None, app: Starlette) -> AsyncIterator[str]:
    """Serve ``app`` at ``address`` while the block runs; yield its URL without a path, or ``""`` where there is none.

    Raises:
        OSError: the address can't be had.
    """
    if address is None:
        yield ""
        return
    async with serving(app, host=address.host, port=address.port) as url:
        yield url
