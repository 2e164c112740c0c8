"""Health on a clock that the test owns (fact sheet, section 8.6; Q8, Q31)."""

from tests.rooms.sandbox_cloud.caller import Caller

QUICK = {"load_balancer": "lb-quicktst", "listener": "lbl-quicktst"}
FIRST = {**QUICK, "host": "cpm-quick001", "port": 80}


async def health(caller: Caller, load_balancer: str = "lb-quicktst", listener: str = "lbl-quicktst") -> list[str]:
    answer = await caller.v2("DescribeBmL4ListenerBackends", loadBalancerId=load_balancer, listenerId=listener)
    return [each["status"] for each in answer["data"]]


async def set_probe_port(caller: Caller, probe_port: int) -> None:
    await caller.v2(
        "ModifyBmL4ListenerBackendProbePort",
        loadBalancerId="lb-quicktst",
        listenerId="lbl-quicktst",
        instanceId="cpm-quick001",
        port=80,
        probePort=probe_port,
    )


async def test_a_port_that_nobody_listens_on_turns_dead_after_interval_times_threshold(caller: Caller) -> None:
    await caller.control("POST", "tasks", duration=10)
    await set_probe_port(caller, 9999)

    seen = []
    for seconds in (10, 1.9, 0.1, 100):
        caller.clock.pass_by(seconds)
        seen.append((await health(caller))[0])

    assert seen == ["Alive", "Alive", "Dead", "Dead"]


async def test_the_flip_is_counted_from_the_effect_even_if_nobody_looked(caller: Caller) -> None:
    await caller.control("POST", "tasks", duration=10)
    await set_probe_port(caller, 9999)
    caller.clock.pass_by(11.9)
    before = (await health(caller))[0]
    caller.clock.pass_by(0.1)

    assert (before, (await health(caller))[0]) == ("Alive", "Dead")


async def test_a_port_that_answers_turns_alive_after_interval_times_threshold(caller: Caller) -> None:
    await caller.control("POST", "drift", **FIRST, set={"probe_port": 9999})
    caller.clock.pass_by(2)
    dead = (await health(caller))[0]
    await caller.control("POST", "drift", **FIRST, set={"listening": [80, 9999]})
    caller.clock.pass_by(1.9)
    still = (await health(caller))[0]
    caller.clock.pass_by(0.1)

    assert (dead, still, (await health(caller))[0]) == ("Dead", "Dead", "Alive")


async def test_a_short_outage_does_not_flip(caller: Caller) -> None:
    for _ in range(3):
        await caller.control("POST", "drift", **FIRST, set={"probe_port": 9999})
        caller.clock.pass_by(1.5)
        await caller.control("POST", "drift", **FIRST, set={"probe_port": 8001})

    assert set(await health(caller)) == {"Alive"}


async def test_siblings_keep_their_health(caller: Caller) -> None:
    await set_probe_port(caller, 9999)
    caller.clock.pass_by(5)

    assert await health(caller) == ["Dead"] + ["Alive"] * 9


async def test_the_server_port_is_probed_while_the_custom_check_is_off(caller: Caller) -> None:
    await caller.control("POST", "drift", **FIRST, set={"probe_port": 9999})
    caller.clock.pass_by(5)
    custom = (await health(caller))[0]
    await caller.control("POST", "drift", **QUICK, set={"customHealthSwitch": 0})
    caller.clock.pass_by(5)

    assert (custom, (await health(caller))[0]) == ("Dead", "Alive")


async def test_health_is_empty_while_checks_are_off_and_returns_with_them(caller: Caller) -> None:
    await caller.control("POST", "drift", **QUICK, set={"healthSwitch": 0})
    off = set(await health(caller))
    await caller.control("POST", "drift", **QUICK, set={"healthSwitch": 1})

    assert (off, set(await health(caller))) == ({""}, {"Alive"})


async def test_the_orders_service_hangs_on_one_backend(caller: Caller) -> None:
    assert await health(caller, "lb-6b1d8e4f", "lbl-0m2n4b6v") == ["Alive", "Dead", "Dead"]
