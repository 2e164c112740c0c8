import random
from collections.abc import Awaitable, Callable

import pytest

from bot.cloud.call import Call, Origin
from bot.cloud.codes import Ours
from bot.cloud.patience import ATTEMPTS, Patience
from bot.domain.errors import CloudError

BUSY = Origin(call=Call(action="DescribeL4Backends")).silence(Ours.TIMEOUT, retryable=True)
FINAL = Origin(call=Call(action="DescribeL4Backends")).refusal("4100", "no")


def answering(*outcomes: CloudError | str) -> Callable[[], Awaitable[str]]:
    left = iter(outcomes)

    async def attempt() -> str:
        outcome = next(left)
        if isinstance(outcome, CloudError):
            raise outcome
        return outcome

    return attempt


class Waits:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def patience(waits: Waits, rng: random.Random) -> Patience:
    return Patience(sleep=waits.sleep, rng=rng)


async def test_a_read_is_repeated_after_waits_that_double_and_spread(patience: Patience, waits: Waits) -> None:
    answer = await patience(answering(BUSY, BUSY, BUSY, "yes"))

    assert answer == "yes"
    for seconds, middle in zip(waits.seconds, (0.25, 0.5, 1.0), strict=True):
        assert middle * 0.5 <= seconds <= middle * 1.5


async def test_after_the_last_attempt_the_last_error_stands(patience: Patience, waits: Waits) -> None:
    with pytest.raises(CloudError) as raised:
        await patience(answering(*[BUSY] * ATTEMPTS, "too late"))

    assert raised.value is BUSY
    assert len(waits.seconds) == ATTEMPTS - 1 == 3


async def test_an_error_that_would_only_come_again_is_not_waited_on(patience: Patience, waits: Waits) -> None:
    with pytest.raises(CloudError) as raised:
        await patience(answering(BUSY, FINAL, "too late"))

    assert raised.value is FINAL
    assert len(waits.seconds) == 1


async def test_one_attempt_means_one(patience: Patience, waits: Waits) -> None:
    with pytest.raises(CloudError):
        await patience(answering(BUSY, "too late"), attempts=1)

    assert waits.seconds == []


async def test_no_wait_is_longer_than_its_limit(patience: Patience, waits: Waits) -> None:
    await patience(answering(*[BUSY] * 11, "yes"), attempts=12)

    assert max(waits.seconds) <= 6.0
