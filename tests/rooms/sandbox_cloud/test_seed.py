"""The seed file: the default world, and what a bad one is told."""

import asyncio
from pathlib import Path

import httpx
import pytest

from bot.sandbox.cloud.seed import BadSeed, load_seed
from bot.sandbox.cloud.server import serve
from tests.rooms.sandbox_cloud.caller import KEYS, Caller, OwnedClock

BALANCER = '[[load_balancers]]\nid = "lb-one"\nname = "one"\n'
LISTENER = f'{BALANCER}[[load_balancers.listeners]]\nid = "lbl-one"\nname = "one"\nport = 80\n'
BOUND = '{ host = "cpm-a", port = 80 }'


def test_the_default_world_has_the_demo_s_target_and_the_quick_listener() -> None:
    by_id = {load_balancer.id: load_balancer for load_balancer in load_seed().load_balancers}

    demo, quick = by_id["lb-3f9c2a7d"].listeners[0], by_id["lb-quicktst"].listeners[0]
    target = demo.backends[0]
    assert (demo.id, demo.interval_time, demo.time_out, demo.health_num, demo.unhealth_num) == (
        "lbl-8k2m4p6q",
        5,
        2,
        2,
        2,
    )
    assert (target.host, target.port, target.probe_port) == ("cpm-1x7v9d3h", 1234, 8080)
    assert target.listens(12345)
    assert (quick.id, quick.interval_time, quick.time_out, quick.unhealth_num) == ("lbl-quicktst", 1, 1, 2)
    assert [backend.host for backend in quick.backends] == [f"cpm-quick{n:03}" for n in range(1, 11)]
    assert [backend.probe_port for backend in quick.backends].count(-1) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x =", "Invalid value (at end of document)"),
        ("", "load_balancers: Field required"),
        ("load_balancers = []", "load_balancers: List should have at least 1 item"),
        (f"{BALANCER}prot = 1", "load_balancers[0]: unknown: prot; allowed: id, name, region, type, domain"),
        (
            BALANCER.replace("lb-one", "one"),
            "load_balancers[0].id: String should match pattern '^lb-[0-9a-z]+$' (given: 'one')",
        ),
        (BALANCER + BALANCER, "here: load balancer ids must differ; more than once: lb-one"),
        (f'{BALANCER}region = "bj"', "load_balancers[0].region: Input should be 'ap-beijing', 'ap-shanghai'"),
        (f"{LISTENER}sessionExpire = 30", "listeners[0].session_expire: 30; allowed: 0, or 900 to 3600"),
        (
            f'{LISTENER}health_switch = "on"',
            "listeners[0].health_switch: Input should be a valid integer (given: 'on')",
        ),
        (f"{LISTENER}unhealth_num = 11", "unhealth_num: Input should be less than or equal to 10 (given: 11)"),
        (
            f'{LISTENER}protocol = "https"\nbackends = [{BOUND}]',
            "an L7 listener holds no backends here; allowed: tcp, udp",
        ),
        (f"{LISTENER}backends = [{BOUND}, {BOUND}]", "backends must differ; more than once: cpm-a:80"),
        (f'{LISTENER}backends = [{{ host = "cpm-a" }}]', "listeners[0].backends[0].port: Field required"),
        (
            f'{LISTENER}backends = [{{ host = "cpm-a", port = 80, listening = ["90-80"] }}]',
            "backends[0].listening[0]: '90-80'; allowed: a port, or a span such as \"8000-8100\", within 1 to 65535",
        ),
        (
            f"[options]\ntimestamp_window = 0\n{BALANCER}",
            "options.timestamp_window: Input should be greater than or equal to 1",
        ),
        (f'[tasks]\noutcome = "lost"\n{BALANCER}', "tasks.outcome: Input should be 'done', 'failed'"),
    ],
)
def test_a_bad_seed_says_where_what_and_what_is_allowed(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "seed.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadSeed) as bad:
        load_seed(path)

    assert str(bad.value).startswith(f"{path}: ")
    assert told in str(bad.value)


def test_every_bad_value_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "seed.toml"
    path.write_text(f"{LISTENER}bandwidth = 1001\ntime_out = 0", encoding="utf-8")

    with pytest.raises(BadSeed) as bad:
        load_seed(path)

    assert len(str(bad.value).splitlines()) == 2


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_file_that_cannot_be_read_is_a_bad_seed(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "seed.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(BadSeed, match=r"seed\.toml"):
        load_seed(path)


async def test_serve_runs_a_seed_until_it_is_cancelled(http: httpx.AsyncClient, tmp_path: Path) -> None:
    path = tmp_path / "seed.toml"
    path.write_text(f"[options]\ntimestamp_window = 7200\n{LISTENER}backends = [{BOUND}]", encoding="utf-8")
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(port=0, keys=KEYS, seed=path, ready=address.set_result))
    url = await address
    state = (await http.get(f"{url}/sandbox/state")).json()
    caller = Caller(url=url, http=http, clock=OwnedClock(wall=state["now"]))
    answer = await caller.v2("DescribeBmLoadBalancers")
    serving.cancel()
    await asyncio.wait([serving])

    assert [each["loadBalancerId"] for each in answer["loadBalancerSet"]] == ["lb-one"]
    assert serving.cancelled()
    with pytest.raises(httpx.ConnectError):
        await http.get(url)
