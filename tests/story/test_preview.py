"""What somebody sees before they send it is what comes of it, also when another process takes the press."""

import pytest

from bot.slack.sending import SEND
from tests.story.backstage import Backstage
from tests.story.stage import IDS, Message, name

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def previewed(backstage: Backstage, line: str) -> Message:
    """Let alice see what would come of ``line``."""
    await backstage.types("alice", line.replace("/lb ", "/lb preview "))
    await backstage.told("alice", "A preview: nothing was sent, and nobody was asked.")
    seen = [one for one in await backstage.messages() if one["ephemeral_to"] == IDS["alice"]]
    return seen[-1]


async def test_a_preview_is_sent_after_a_restart_approved_and_run(backstage: Backstage) -> None:
    first = await backstage.bot()
    preview = await previewed(backstage, backstage.backend.command(8123))
    assert await backstage.cards() == []
    await first.kill()
    await backstage.bot()
    await backstage.presses("alice", preview, SEND)
    card = await backstage.card("*Waiting for a second person*")
    result = await backstage.approved(card)

    assert "Any full member but you can approve this" in preview["text"]
    assert "✅ *verified: probe port is now 8123*" in result
    assert await backstage.seen_by("alice") == []
    assert [kind for kind in backstage.record.events(name(card)) if kind.startswith("change.")] == [
        "change.opened", "change.approve", "change.start", "change.succeed"
    ]  # fmt: skip
