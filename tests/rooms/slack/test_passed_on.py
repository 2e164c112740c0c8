"""An answer to one person passes on to another replica when the one that took the wish in can't reach Slack."""

from collections.abc import AsyncIterator

import pytest

from bot.engine.standing import Standing
from bot.store import outbox
from bot.store.intake import take_in
from bot.store.ledger import Ledger
from tests import conftest as everywhere
from tests.rooms.clock import Time
from tests.rooms.slack.posting import Postman
from tests.rooms.slack.stand_in import ALICE, INCIDENT, StandIn
from tests.rooms.store.ledgers import opened, taken

NOBODY = "http://127.0.0.1:9/"
SAID = "only you see this"

url = everywhere.url  # both databases


async def standing(ledger: Ledger, time: Time, replica: str) -> Standing:
    one = Standing(ledger, time, replica=replica, alone=False)
    await one.join()
    return one


@pytest.fixture
async def leader(slack: StandIn, ledger: Ledger, time: Time) -> Postman:
    return Postman(slack, ledger, time, place=await standing(ledger, time, "leader"))


@pytest.fixture
async def owner(leader: Postman, url: str) -> AsyncIterator[Postman]:
    """Run a second replica, whose way to Slack a test may choose; it took in what is answered."""
    async with opened(url) as ledger:
        place = await standing(ledger, leader.time, "owner")
        yield Postman(leader.slack, ledger, leader.time, place=place)


async def owed(owner: Postman, **more: object) -> None:
    """Want an answer to what ``owner`` took in."""
    async with owner.ledger.writing() as book:
        await take_in(book, taken("k9"), replica=owner.ledger.replica)
        body = {"text": SAID, **more}
        await outbox.answer(book, key="k9", channel=INCIDENT, user=ALICE, body=body, at=owner.time.now())


def cut_off(owner: Postman) -> Postman:
    """Return ``owner`` without its way to Slack, and with one to answer where nobody listens."""
    return Postman(
        owner.slack, owner.ledger, owner.time, urls={"k9": NOBODY}, place=owner.place, api_url=f"{NOBODY}api/"
    )


async def test_an_answer_passes_on_when_its_owner_is_cut_off_from_slack(owner: Postman, leader: Postman) -> None:
    await owed(owner)

    await leader.deliver()
    left_alone = leader.slack.told(ALICE)
    await cut_off(owner).deliver()
    await leader.deliver(after=1.0)
    await cut_off(owner).deliver(after=60.0)
    await leader.deliver()

    assert left_alone == []
    assert leader.slack.told(ALICE) == [SAID]


@pytest.mark.parametrize("kind", ["http_503", "html_body"])
async def test_an_answer_passes_on_when_its_owner_meets_a_proxy_that_answers_for_slack(
    owner: Postman, leader: Postman, kind: str
) -> None:
    await owed(owner)
    await owner.slack.fault(kind, method="chat.postEphemeral")

    await owner.deliver()
    await leader.deliver(after=1.0)

    assert leader.slack.told(ALICE) == [SAID]


async def test_an_answer_that_passes_on_though_it_was_shown_comes_twice_and_no_oftener(
    owner: Postman, leader: Postman
) -> None:
    await owed(owner)
    await owner.slack.fault("drop_after", method="chat.postEphemeral")

    await owner.deliver()
    await leader.deliver(after=1.0)
    for one in (owner, leader):
        await one.deliver(after=60.0)

    assert leader.slack.told(ALICE) == [SAID, SAID]


async def test_a_direct_message_that_passes_on_though_it_was_shown_comes_once(owner: Postman, leader: Postman) -> None:
    await owed(owner, direct=True)
    await owner.slack.fault("drop_after", method="chat.postMessage")

    await owner.deliver()
    await leader.deliver(after=1.0)

    assert leader.slack.direct(ALICE) == [SAID]
    assert len(await leader.slack.calls("chat.postMessage")) == 1
