"""Whom an emergency's card calls: people one by one, for where Slack refuses the card."""

from collections.abc import Awaitable, Callable, Collection

import structlog

from bot.domain.errors import Refusal
from bot.slack.approvals import CALLED
from bot.store.ledger import Ledger
from bot.store.outbox import Post

Members = Callable[[str], Awaitable[Collection[str]]]  # of a user group; raises Refusal where Slack doesn't tell
_log = structlog.get_logger(__name__)


class Alarm:
    """Knows who must hear of an emergency that its card can't show."""

    def __init__(self, ledger: Ledger, members: Members) -> None:
        self._ledger = ledger
        self._members = members

    async def called(self, post: Post) -> frozenset[str]:
        """Return whom ``post`` calls, where it is the card of an emergency that never stood.

        Those in a group of whom Slack doesn't tell now are left out: the card is tried again, and they are asked for
        again with it.
        """
        if post.change is None or not post.is_first_card:
            return frozenset()
        async with self._ledger.reading() as book:
            change = await book.change(post.change)
        if not change.is_emergency:
            return frozenset()
        found = set[str]()
        for one in change.ruled.mentions:
            found |= {one} if one.startswith(CALLED) else await self._in_group(one)
        return frozenset(found)

    async def _in_group(self, group: str) -> set[str]:
        try:
            return set(await self._members(group))
        except Refusal as no:
            _log.warning("slack doesn't tell whom an emergency calls", group=group, refusal=no.code)
            return set()
