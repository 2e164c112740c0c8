"""What the client sees of the sandbox cloud, over both versions of the API."""

import pytest

from bot.domain.checks import ListenerNotFound, LoadBalancerNotFound, NotLayer4
from bot.domain.errors import Blame, CallRefused
from bot.domain.facts import UNSET, Listener, LoadBalancer
from tests.rooms.cloud.conftest import Opener
from tests.rooms.cloud.world import BALANCER, LISTENER, NOW, Sandbox

READ_3 = "DescribeL4Backends"
APIS = pytest.mark.parametrize("api", ["v2", "3.0"])


@APIS
async def test_one_look_shows_the_balancer_the_listener_and_every_backend(
    api: str, sandbox: Sandbox, opened: Opener
) -> None:
    async with opened("", api=api, **sandbox.urls) as bmlb:
        facts = await bmlb.observe(BALANCER, LISTENER)

    assert facts.observed_at == NOW
    assert facts.load_balancer == LoadBalancer(id=BALANCER, name="checkout-edge", status=1)
    assert facts.listener == Listener(
        id=LISTENER,
        name="checkout-tcp",
        kind="L4Listener",
        protocol="tcp",
        port=443,
        status=1,
        health_check=True,
        custom_health_check=True,
        interval=5,
        timeout=2,
        healthy_after=2,
        unhealthy_after=2,
    )
    assert [(b.bind_type, b.host, b.port, b.weight, b.health, b.probe_port) for b in facts.backends] == [
        (0, "cpm-1x7v9d3h", 1234, 20, "Alive", 8080),
        (0, "cpm-4r6t8y2u", 1234, 20, "Alive", 8080),
        (0, "cpm-7h3j5k9l", 1234, 10, "Dead", 8080),
        (1, "10.20.3.17", 1234, 5, "Alive", 8080),
    ]


async def test_a_probe_port_nobody_set_is_unset_and_not_unknown(sandbox: Sandbox, opened: Opener) -> None:
    async with opened("", api="v2", **sandbox.urls) as bmlb:
        facts = await bmlb.observe("lb-6b1d8e4f", "lbl-0m2n4b6v")

    assert [(b.bind_type, b.host, b.probe_port) for b in facts.backends] == [
        (0, "cpm-3d5f7g9h", 9100),
        (0, "cpm-2s4d6f8g", 9100),
        (2, "tcpm-6y8u0i2o", UNSET),
    ]


async def test_v2_without_3_0_knows_the_same_backends_but_no_probe_port(sandbox: Sandbox, opened: Opener) -> None:
    async with opened("", api="v2", **sandbox.urls) as bmlb:
        known = await bmlb.observe(BALANCER, LISTENER)
        sandbox.cloud.options.take({"denied_actions": [READ_3]})
        unknown = await bmlb.observe(BALANCER, LISTENER)

    assert {b.probe_port for b in unknown.backends} == {None}
    assert [(b.bind_type, b.host, b.port, b.health) for b in unknown.backends] == [
        (b.bind_type, b.host, b.port, b.health) for b in known.backends
    ]
    assert sandbox.outcomes(READ_3) == ["ok", "AuthFailure.UnauthorizedOperation"]


async def test_v2_where_3_0_cannot_be_reached_still_sees_what_v2_sees(
    sandbox: Sandbox, opened: Opener, closed: int, waits: list[float]
) -> None:
    urls = {**sandbox.urls, "v3_url": f"http://127.0.0.1:{closed}/"}
    async with opened("", api="v2", **urls) as bmlb:
        facts = await bmlb.observe(BALANCER, LISTENER)

    assert [b.probe_port for b in facts.backends] == [None] * 4
    assert len(waits) == 1


async def test_3_0_alone_does_not_do_without_its_backends(sandbox: Sandbox, opened: Opener) -> None:
    sandbox.cloud.options.take({"denied_actions": [READ_3]})

    async with opened("", api="3.0", **sandbox.urls) as bmlb:
        with pytest.raises(CallRefused) as raised:
            await bmlb.observe(BALANCER, LISTENER)

    assert (raised.value.action, raised.value.blame) == (READ_3, Blame.AUTH)
    assert raised.value.request_id


@APIS
async def test_a_missing_load_balancer_is_refused_with_the_nearest_ids(
    api: str, sandbox: Sandbox, opened: Opener
) -> None:
    async with opened("", api=api, **sandbox.urls) as bmlb:
        with pytest.raises(LoadBalancerNotFound) as raised:
            await bmlb.observe("lb-3f9c2a7e", LISTENER)

    have = raised.value.facts["have"]
    assert raised.value.facts["load_balancer"] == "lb-3f9c2a7e"
    assert isinstance(have, tuple)
    assert have[0] == BALANCER
    assert "lb-9d4b7f1e" not in have  # it is in another region


@APIS
async def test_a_missing_listener_is_refused_with_the_l4_listeners_there_are(
    api: str, sandbox: Sandbox, opened: Opener
) -> None:
    async with opened("", api=api, **sandbox.urls) as bmlb:
        with pytest.raises(ListenerNotFound) as raised:
            await bmlb.observe(BALANCER, "lbl-8k2m4p6z")

    have = raised.value.facts["have"]
    assert isinstance(have, tuple)
    assert have[0] == LISTENER
    assert set(have) == {LISTENER, "lbl-5w7e9r1t", "lbl-2q4w6e8r", "lbl-3n5b7v9c"}


@APIS
async def test_an_l7_listener_is_refused_as_one(api: str, sandbox: Sandbox, opened: Opener) -> None:
    async with opened("", api=api, **sandbox.urls) as bmlb:
        with pytest.raises(NotLayer4) as raised:
            await bmlb.observe(BALANCER, "lbl-9z1x3c5v")

    assert raised.value.facts["protocol"] == "https"


@APIS
async def test_a_wrong_key_is_refused_as_a_matter_of_keys(api: str, sandbox: Sandbox, opened: Opener) -> None:
    async with opened("", api=api, secret_key="another", **sandbox.urls) as bmlb:
        with pytest.raises(CallRefused) as raised:
            await bmlb.ping()

    assert raised.value.code in {"4100", "AuthFailure.SignatureFailure"}
    assert raised.value.blame is Blame.AUTH


@APIS
@pytest.mark.parametrize("skew", [-400.0, 600.0])
async def test_a_clock_that_is_off_is_refused_and_measured(
    api: str, skew: float, sandbox: Sandbox, opened: Opener
) -> None:
    sandbox.cloud.skew = skew

    async with opened("", api=api, **sandbox.urls) as bmlb:
        with pytest.raises(CallRefused) as raised:
            await bmlb.ping()

    assert raised.value.code in {"4500", "AuthFailure.SignatureExpire"}
    assert (raised.value.blame, raised.value.skew) == (Blame.AUTH, skew)


@APIS
async def test_a_clock_that_is_a_little_off_is_told_by_a_ping(api: str, sandbox: Sandbox, opened: Opener) -> None:
    sandbox.cloud.skew = 42.0

    async with opened("", api=api, **sandbox.urls) as bmlb:
        skew = await bmlb.ping()

    assert skew == 42.0
