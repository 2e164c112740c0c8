"""Reads are repeated, measured and kept clean of secrets."""

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.errors import CallNotSent, CallRefused, CallUnanswered, CloudError
from bot.domain.task import TaskState
from tests.rooms.cloud.conftest import Opener
from tests.rooms.cloud.wire import Act, Arrived, Say, Script, say, wired
from tests.rooms.cloud.world import NOW

DONE = say({"code": 0, "data": {"status": 0}, "Response": {"Status": 0, "RequestId": "r"}})
SLOW_DOWN = say({"code": 4400, "message": "slow down", "Response": {"Error": {"Code": "RequestLimitExceeded"}}})
REPO = Path(__file__).resolve().parents[3]


def in_turn(*answers: Say | Act) -> Script:
    left: Iterator[Say | Act] = iter(answers)
    return lambda _: next(left)


async def test_reads_share_one_connection(opened: Opener) -> None:
    async with wired(lambda _: DONE) as wire, opened(wire.url) as bmlb:
        for _ in range(5):
            await bmlb.task("1")

    assert (wire.connections, len(wire.arrived)) == (1, 5)


@pytest.mark.parametrize("api", ["v2", "3.0"])
async def test_a_read_is_repeated_until_it_is_answered(api: str, opened: Opener, waits: list[float]) -> None:
    script = in_turn(SLOW_DOWN, Act.DROP, Say(body=b"<html>", status=503), DONE)

    async with wired(script) as wire, opened(wire.url, api=api) as bmlb:
        state = await bmlb.task("1")

    assert state is TaskState.DONE
    assert (len(wire.arrived), len(waits)) == (4, 3)


async def test_a_read_is_tried_four_times_and_then_given_up(opened: Opener) -> None:
    async with wired(lambda _: SLOW_DOWN) as wire, opened(wire.url) as bmlb:
        with pytest.raises(CallRefused) as raised:
            await bmlb.task("1")

    assert len(wire.arrived) == 4
    assert raised.value.code == "4400"


async def test_every_repeat_is_signed_anew(opened: Opener) -> None:
    async with wired(in_turn(SLOW_DOWN, SLOW_DOWN, DONE)) as wire, opened(wire.url) as bmlb:
        await bmlb.task("1")

    assert len({arrived.form["Nonce"] for arrived in wire.arrived}) == 3
    assert len({arrived.form["Signature"] for arrived in wire.arrived}) == 3


async def test_a_read_that_was_refused_for_good_is_not_repeated(opened: Opener) -> None:
    async with wired(lambda _: say({"code": 4104, "message": "no such key"})) as wire, opened(wire.url) as bmlb:
        with pytest.raises(CallRefused):
            await bmlb.task("1")

    assert len(wire.arrived) == 1


async def test_no_read_is_repeated_behind_our_back_when_a_kept_connection_drops(
    opened: Opener, waits: list[float]
) -> None:
    async with wired(in_turn(DONE, Act.DROP, DONE)) as wire, opened(wire.url) as bmlb:
        await bmlb.task("1")
        await bmlb.task("2")

    assert [arrived.form["requestId"] for arrived in wire.arrived] == ["1", "2", "2"]
    assert [arrived.connection for arrived in wire.arrived] == [1, 1, 2]
    assert len(waits) == 1


async def test_a_read_that_finds_nobody_is_tried_again_and_then_called_not_sent(
    opened: Opener, waits: list[float]
) -> None:
    async with wired(lambda _: DONE) as wire:
        url = wire.url
    async with opened(url) as bmlb:
        with pytest.raises(CallNotSent):
            await bmlb.task("1")

    assert len(waits) == 3


@pytest.mark.parametrize("act", [Act.SILENCE, Act.ENDLESS])
async def test_a_read_without_an_answer_in_time_says_so(act: Act, opened: Opener) -> None:
    async with wired(lambda _: act) as wire, opened(wire.url, read_timeout=0.1, connect_timeout=0.1) as bmlb:
        with pytest.raises(CallUnanswered) as raised:
            await bmlb.task("1")

    assert (raised.value.code, raised.value.retryable) == ("timeout", True)


@pytest.mark.parametrize("api", ["v2", "3.0"])
async def test_a_ping_measures_the_clouds_clock(api: str, opened: Opener) -> None:
    answer = {"loadBalancerSet": [], "totalCount": 0, "Response": {"LoadBalancerSet": [], "TotalCount": 0}}
    ten_minutes_on = {"Date": "Tue, 14 Nov 2023 22:23:20 GMT"}

    script = in_turn(say({"code": 0, **answer}, headers=ten_minutes_on))
    async with wired(script) as wire, opened(wire.url, api=api, now=lambda: NOW) as bmlb:
        skew = await bmlb.ping()

    assert skew == 600.0
    assert len(wire.arrived) == 1


async def test_a_ping_is_tried_once(opened: Opener) -> None:
    async with wired(lambda _: SLOW_DOWN) as wire, opened(wire.url) as bmlb:
        with pytest.raises(CallRefused):
            await bmlb.ping()
        with pytest.raises(CallRefused):
            await bmlb.ping("3.0")

    assert [arrived.action for arrived in wire.arrived] == ["DescribeBmLoadBalancers", "DescribeLoadBalancers"]


@pytest.mark.parametrize("date", [None, "yesterday", "Tue, 14 Nov 9999999 22:23:20 GMT"])
async def test_an_answer_without_a_usable_date_measures_nothing(date: str | None, opened: Opener) -> None:
    answer = say({"code": 4200, "message": "expired"}, headers={"Date": date} if date else {})

    async with wired(lambda _: answer) as wire, opened(wire.url) as bmlb:
        with pytest.raises(CallRefused) as raised:
            await bmlb.task("1")

    assert raised.value.skew is None


async def test_a_clock_error_carries_the_measured_difference(opened: Opener) -> None:
    answer = say({"code": 4200, "message": "expired"}, headers={"Date": "Tue, 14 Nov 2023 22:06:40 GMT"})

    async with wired(lambda _: answer) as wire, opened(wire.url) as bmlb:
        with pytest.raises(CallRefused) as raised:
            await bmlb.task("1")

    assert raised.value.skew == -400.0


def echo(arrived: Arrived) -> Say:
    token = "canary/token+=="
    spelled = f"{token} {token.upper()} {token.replace('/', chr(92) + '/')} AKIDcanaryid".encode()
    return Say(body=spelled + b" " + arrived.body + str(arrived.headers).encode() + b"x" * 500, status=502)


@pytest.mark.parametrize("api", ["v2", "3.0"])
async def test_no_secret_stays_in_an_error_even_where_a_gateway_echoes_the_request(api: str, opened: Opener) -> None:
    async with wired(echo) as wire, opened(wire.url, api=api) as bmlb:
        with pytest.raises(CloudError) as raised:
            await bmlb.task("1")

    shown = f"{raised.value} {raised.value.message}".lower()
    assert "[secret]" in shown
    assert not [canary for canary in ("canary", "oken%2b", "oken+") if canary in shown]
    assert len(raised.value.message) == 300


async def test_cookies_of_the_cloud_are_not_kept(opened: Opener) -> None:
    answer = Say(body=DONE.body, headers={"Set-Cookie": "session=1; Path=/"})

    async with wired(lambda _: answer) as wire, opened(wire.url) as bmlb:
        await bmlb.task("1")
        await bmlb.task("2")

    assert not [arrived for arrived in wire.arrived if "cookie" in arrived.headers]


PING = """
import asyncio, random, sys, time
from bot.cloud.bmlb import open_bmlb
from bot.cloud.settings import CloudSettings

async def main():
    settings = CloudSettings(region="bj", secret_id="i", secret_key="k", v2_url=sys.argv[1])
    async with open_bmlb(settings, now=time.time, sleep=asyncio.sleep, rng=random.Random(1)) as bmlb:
        await bmlb.ping()

asyncio.run(main())
"""


async def test_proxies_of_the_environment_do_not_capture_the_calls() -> None:
    nowhere = "http://127.0.0.1:1"
    environment = {**os.environ, "HTTP_PROXY": nowhere, "http_proxy": nowhere, "ALL_PROXY": nowhere, "NO_PROXY": ""}

    async with wired(lambda _: say({"code": 0})) as wire:
        pinging = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", "-c", PING, wire.url, cwd=REPO, env=environment
        )
        status = await pinging.wait()

    assert status == 0
    assert len(wire.arrived) == 1
