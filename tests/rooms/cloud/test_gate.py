"""A replica that stood still sends no write: the gate is asked once the connection stands, and nothing leaves."""

import pytest

from bot.cloud.gate import Own
from bot.domain.errors import CallNotSent
from bot.domain.operation import SetProbePort
from tests.rooms.cloud.conftest import Opener
from tests.rooms.cloud.wire import Arrived, Say, say, wired

CHANGE = SetProbePort(
    load_balancer="lb-abcdefgh", listener="lbl-abcdefgh", host="cpm-abcdefgh", port=1234, probe_port=12345
)


class Watched(Own):
    """A gate whose process may write as long as a test says so."""

    def __init__(self) -> None:
        super().__init__(1000.0)
        self.open = True
        self.asked = 0

    def may_write(self) -> bool:
        self.asked += 1
        return self.open


def accepted(_: Arrived) -> Say:
    return say(
        {
            "code": 0,
            "requestId": 1234,
            "data": {"status": 0},
            "Response": {"TaskId": 2385730, "RequestId": "r", "Status": 0},
        }
    )


@pytest.mark.parametrize("api", ["v2", "3.0"])
async def test_a_write_of_one_that_stood_still_connects_and_sends_nothing(
    api: str, opened: Opener, waits: list[float]
) -> None:
    gate = Watched()
    gate.open = False
    async with wired(accepted) as wire, opened(wire.url, api=api, gate=gate) as bmlb:
        with pytest.raises(CallNotSent) as raised:
            await bmlb.modify(CHANGE, 0)
        gate.open = True
        await bmlb.modify(CHANGE, 0)

    assert raised.value.code == "stood_still"
    assert [arrived.connection for arrived in wire.arrived] == [2]  # over the first one nothing came
    assert wire.connections == 2
    assert waits == []


async def test_a_read_of_one_that_stood_still_is_sent(opened: Opener) -> None:
    gate = Watched()
    gate.open = False
    async with wired(accepted) as wire, opened(wire.url, gate=gate) as bmlb:
        await bmlb.task("1")

    assert len(wire.arrived) == 1
    assert gate.asked == 0


async def test_each_write_asks_anew(opened: Opener) -> None:
    gate = Watched()
    async with wired(accepted) as wire, opened(wire.url, gate=gate) as bmlb:
        for _ in range(3):
            await bmlb.modify(CHANGE, 0)

    assert gate.asked == len(wire.arrived) == 3
