"""A real bot cleans what ended long ago and leaves the record."""

import pytest

from tests.story.backstage import Backstage
from tests.story.stage import name
from tests.story.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

BEFORE_YESTERDAY = 2.5 * 86400
OPEN = (
    "SELECT id FROM posts WHERE wanted > delivered AND channel = ? "
    "UNION SELECT 0 FROM intake WHERE finished_at IS NULL AND body LIKE ?"
)
PAST = (
    "SELECT purpose FROM posts WHERE wanted <= delivered AND channel = ? "
    "UNION SELECT key FROM intake WHERE key NOT IN (SELECT intake FROM changes) AND body LIKE ?"
)


async def test_a_bot_cleans_what_is_older_than_it_was_told_to_keep(backstage: Backstage) -> None:
    bot, ours = await backstage.bot(), (backstage.channel, f"%{backstage.channel}%")
    card = await backstage.asks(8123)
    await backstage.approved(card)
    await backstage.types("alice", "/lb help")
    await backstage.told("alice", "Countersign")

    async def settled() -> bool:
        return not backstage.record.rows(OPEN, *ours)

    await until("everything to be told", settled)
    await bot.stop()
    events, past = backstage.record.events(name(card)), backstage.record.rows(PAST, *ours)
    for table, column in (("changes", "ended_at"), ("intake", "finished_at"), ("posts", "created_at")):
        backstage.record.change(f"UPDATE {table} SET {column} = {column} - ?", BEFORE_YESTERDAY)  # noqa: S608 - ours
    await backstage.bot(COUNTERSIGN_RETENTION_DAYS="1")

    async def cleaned() -> bool:
        return not set(past) & set(backstage.record.rows(PAST, *ours))

    await until("the messages and the commands to be cleaned", cleaned)
    assert {("card",), ("progress",), ("result",)} < set(past)
    assert backstage.record.state(name(card)) == "SUCCEEDED"
    assert backstage.record.events(name(card)) == events
