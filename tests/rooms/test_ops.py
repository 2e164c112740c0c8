"""The ops port over a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.parser import text_string_to_metric_families

from bot.ops import Check, Readiness, build, serving_ops
from bot.variable import Address

FREE = Address(host="127.0.0.1", port=0)
DATABASE = Check(name="database", ok=True, detail="2 ms")
SLACK = Check(name="slack", ok=False, detail="not connected since 12:00")


class State:
    """What the process would say of itself; tests change it."""

    def __init__(self, *checks: Check) -> None:
        self.checks = checks
        self.registry = CollectorRegistry()

    async def readiness(self) -> Readiness:
        return Readiness(checks=self.checks)

    async def silence(self) -> Readiness:
        never: asyncio.Future[Readiness] = asyncio.get_running_loop().create_future()
        return await never

    async def trouble(self) -> Readiness:
        raise ConnectionError(self.checks)


@asynccontextmanager
async def asked(state: State) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving_ops(FREE, build(state.readiness, state.registry)) as url,
        httpx.AsyncClient(base_url=url) as client,
    ):
        yield client


async def test_a_living_process_says_so_even_when_it_is_not_ready() -> None:
    async with asked(State(SLACK)) as client:
        answer = await client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"alive": True})


async def test_a_process_is_ready_when_every_check_passes() -> None:
    async with asked(State(DATABASE)) as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": [{"name": "database", "ok": True, "detail": "2 ms"}]}
    assert answer.headers["cache-control"] == "no-store"


async def test_one_failed_check_is_503_and_all_checks_are_named() -> None:
    async with asked(State(DATABASE, SLACK)) as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    assert [(c["name"], c["ok"]) for c in answer.json()["checks"]] == [("database", True), ("slack", False)]


async def test_readiness_is_asked_anew_each_time() -> None:
    state = State(DATABASE)
    async with asked(state) as client:
        first = await client.get("/readyz")
        state.checks = (SLACK,)
        second = await client.get("/readyz")

    assert (first.status_code, second.status_code) == (200, 503)


async def test_nothing_checked_is_not_ready() -> None:
    async with asked(State()) as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 503


async def test_a_readiness_that_does_not_answer_is_503() -> None:
    state = State(DATABASE)
    app = build(state.silence, state.registry, limit_seconds=0)
    async with serving_ops(FREE, app) as url, httpx.AsyncClient(base_url=url) as client:
        ready = await client.get("/readyz")
        alive = await client.get("/healthz")

    assert (ready.status_code, alive.status_code) == (503, 200)
    assert ready.json()["checks"] == [{"name": "readiness", "ok": False, "detail": "no answer within 0 s"}]


async def test_a_readiness_that_fails_is_an_error_without_its_reason() -> None:
    state = State(SLACK)
    app = build(state.trouble, state.registry)
    async with serving_ops(FREE, app) as url, httpx.AsyncClient(base_url=url) as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 500
    assert "slack" not in answer.text


async def test_metrics_are_those_of_the_registry() -> None:
    state = State()
    Counter("countersign_changes", "Changes asked for.", ["state"], registry=state.registry).labels("PENDING").inc(3)
    async with asked(state) as client:
        answer = await client.get("/metrics")

    samples = [s for family in text_string_to_metric_families(answer.text) for s in family.samples]
    assert answer.headers["content-type"].startswith("text/plain")
    assert [(s.labels, s.value) for s in samples if s.name == "countersign_changes_total"] == [
        ({"state": "PENDING"}, 3.0)
    ]


@pytest.mark.parametrize(("method", "path", "status"), [("POST", "/readyz", 405), ("GET", "/", 404)])
async def test_nothing_else_is_served(method: str, path: str, status: int) -> None:
    async with asked(State(DATABASE)) as client:
        answer = await client.request(method, path)

    assert answer.status_code == status


async def test_switched_off_there_is_no_address() -> None:
    state = State(DATABASE)

    async with serving_ops(None, build(state.readiness, state.registry)) as url:
        assert url == ""


async def test_a_taken_port_is_an_os_error() -> None:
    state = State(DATABASE)
    app = build(state.readiness, state.registry)

    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        async with serving_ops(Address(host="127.0.0.1", port=taken.getsockname()[1]), app):
            pass
