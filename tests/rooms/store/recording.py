"""A record of two changes: CR-1 succeeds, CR-2 is rejected."""

from bot.domain.change import Ending, Move
from bot.engine.telling import finish
from bot.store.attempts import Answer, Attempt, answered, mark
from bot.store.ledger import Ledger
from tests.rooms.store.ledgers import ELSEWHERE, opened_change
from tests.unit.slack.making import NOW


async def recorded_story(ledger: Ledger) -> None:
    """Record ten events; the last one is the success of CR-1."""
    async with ledger.writing() as book:
        first = await opened_change(book)
        second = await opened_change(book, ELSEWHERE, key="k2")
    decided = {"decided_by": "U0BOB", "decided_at": NOW + 5}
    async with ledger.writing() as book:
        first = await book.move(first, Move.APPROVE, actor="U0BOB", at=NOW + 5, columns=decided)
        await book.move(second, Move.REJECT, actor="U0BOB", at=NOW + 5, columns=decided)
    async with ledger.writing() as book:
        first = await book.move(
            first, Move.START, actor="countersign", at=NOW + 6.123, columns={"started_at": NOW + 6.123}
        )
        await mark(book, first.id, 1, at=NOW + 7, evidence={})
    async with ledger.writing() as book:
        attempt = Attempt(number=1, called_at=NOW + 7, answer=Answer.ACCEPTED, task="42", request_id="req-1")
        await answered(book, first.id, attempt, at=NOW + 8)
        await finish(book, first, Ending.VERIFIED, {"health": "Alive", "watched": 12, "alive": 2}, at=NOW + 9)
