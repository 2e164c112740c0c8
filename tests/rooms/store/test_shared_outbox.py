"""Which of several replicas delivers which message."""

from bot.store import outbox, replicas
from bot.store.intake import finish, take_in
from bot.store.ledger import Ledger
from bot.store.outbox import Post, Purpose
from tests.rooms.store.ledgers import opened_change, taken
from tests.unit.slack.making import NOW

LEADER, OTHER = "leader", "other"


async def wanted(ledger: Ledger) -> None:
    """Want a card, an answer to what the leader took in, and one to what the other one did."""
    async with ledger.writing() as book:
        for name in (LEADER, OTHER):
            await replicas.join(book, name, at=NOW)
        await outbox.want(book, await opened_change(book), Purpose.CARD, at=NOW)
        for name in (LEADER, OTHER):
            await take_in(book, taken(f"of-{name}"), replica=name)
            await finish(book, f"of-{name}", at=NOW)
            body = {"text": "there you are"}
            await outbox.answer(book, key=f"of-{name}", channel="C0INCIDENT", user="U0ALICE", body=body, at=NOW)


async def due(ledger: Ledger, replica: str, *, leads: bool) -> list[str]:
    async with ledger.reading() as book:
        found: list[Post] = await outbox.due(book, now=NOW, replica=replica, leads=leads)
    return [post.purpose for post in found]


async def test_the_leader_delivers_everything_but_what_another_has_the_quickest_way_for(ledger: Ledger) -> None:
    await wanted(ledger)

    assert await due(ledger, LEADER, leads=True) == ["card", "answer:of-leader"]
    assert await due(ledger, OTHER, leads=False) == ["answer:of-other"]


async def test_what_a_dead_replica_had_to_answer_falls_to_the_leader(ledger: Ledger) -> None:
    await wanted(ledger)
    async with ledger.writing() as book:
        await replicas.bury(book, {OTHER}, at=NOW)

    assert await due(ledger, LEADER, leads=True) == ["card", "answer:of-leader", "answer:of-other"]


async def test_what_one_could_not_tell_falls_to_the_leader_when_its_wait_is_over(ledger: Ledger) -> None:
    await wanted(ledger)
    async with ledger.writing() as book:
        [post] = await outbox.due(book, now=NOW, replica=OTHER, leads=False)
        await outbox.put_off(book, post, wait=0, at=NOW)

    assert await due(ledger, OTHER, leads=False) == []
    assert await due(ledger, LEADER, leads=True) == ["card", "answer:of-leader", "answer:of-other"]


async def test_a_new_leader_takes_over_the_old_one_s_messages(ledger: Ledger) -> None:
    await wanted(ledger)
    async with ledger.writing() as book:
        await replicas.bury(book, {LEADER}, at=NOW)

    assert await due(ledger, OTHER, leads=True) == ["card", "answer:of-leader", "answer:of-other"]


async def test_what_is_not_shown_yet_is_counted_whoever_delivers_it(ledger: Ledger) -> None:
    await wanted(ledger)
    async with ledger.writing() as book:
        before = await outbox.waiting(book)
        [card, *_] = await outbox.due(book, now=NOW, replica=LEADER)
        await outbox.delivered(book, card, ts="1.2", at=NOW)
        after = await outbox.waiting(book)

    assert (before, after) == (3, 2)
