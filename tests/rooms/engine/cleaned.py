"""Rounds of cleaning on a clock that a test owns."""

from sqlalchemy import Table

from bot.cleaning import Cleaning
from bot.engine.durable import Durable
from bot.engine.standing import ALONE
from bot.store.ledger import Ledger
from tests.rooms.clock import Time
from tests.rooms.store.ledgers import rows

KEEP = 30 * 86400.0
NOTHING = {"posts": 0, "answers": 0, "intake": 0, "replicas": 0, "runs": 0}


def cleaning(ledger: Ledger, durable: Durable, time: Time) -> Cleaning:
    return Cleaning(ledger, durable, time, ALONE, keep=KEEP)


async def count(ledger: Ledger, table: Table) -> int:
    return len(await rows(ledger, table))
