"""Previews as people type, see and send them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.asks import Asks, Confirm, Stage
from bot.domain.policy import Policy
from bot.sandbox.slack.workspace import Message
from bot.slack.sending import SEND
from bot.store.tables import changes, events, grants, posts
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import ASK, Edge, edge, working
from tests.rooms.slack.stand_in import ALICE, INCIDENT, Json
from tests.rooms.store.ledgers import rows

PREVIEW = ASK.replace("/lb ", "/lb preview ")
LINE = ASK.removeprefix("/lb ")
STRICT = Asks(
    stages=(Stage(approvers=("leads", "team")), Stage(approvers=("leads",))),
    confirm=Confirm.TYPED,
    reason="health",
    reason_example="health of x",
    channels=("#inc*",),
    expires_after=900.0,
)
ASIDE = {"answer", "notice"}  # what is wanted of Slack without any change


@asynccontextmanager
async def under(made: World, policy: Policy) -> AsyncIterator[Edge]:
    """Start a bot that keeps to ``policy``."""
    made.policy = policy
    async with edge(made.slack, made.ledger, made) as idle, working(idle) as bot:
        yield bot


def seen(bot: Edge, user: str = ALICE) -> list[Message]:
    """Return the previews that ``user`` sees."""
    return [one for one in bot.slack.top(user) if one.ephemeral_to == user and one.text.startswith("👁")]


async def previewed(bot: Edge, text: str = PREVIEW, *, user: str = ALICE) -> Message:
    """Let ``user`` ask for a preview and wait for it."""
    before = len(seen(bot, user))
    await bot.type(text, user=user)
    await bot.slack.until(lambda: len(seen(bot, user)) > before)
    return seen(bot, user)[-1]


async def send(bot: Edge, preview: Message, *, user: str = ALICE, **forged: str) -> Json:
    """Let ``user`` press Send."""
    return await bot.slack.do("press", user=user, channel=INCIDENT, ts=preview.ts, action_id=SEND, **forged)


def buttons(message: Message) -> list[Json]:
    return [element for block in message.blocks for element in block.get("elements", [])]


async def is_nothing_stored(bot: Edge) -> bool:
    """Say whether there is no change, no card, and no use of a grant."""
    await bot.reception.drain(5.0)
    wanted = {row["purpose"].partition(":")[0] for row in await rows(bot.ledger, posts)}
    recorded = {row["kind"] for row in await rows(bot.ledger, events)}
    used = [row["used"] for row in await rows(bot.ledger, grants)]
    of_changes = {kind for kind in recorded if kind.startswith("change.") or kind in {"grant.used", "enqueued"}}
    return (await rows(bot.ledger, changes), wanted - ASIDE, of_changes, sum(used)) == ([], set(), set(), 0)
