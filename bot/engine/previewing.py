"""What would come of a request, asked as the request itself would ask it; nothing is stored, nothing is called."""

from dataclasses import dataclass

from bot.domain.change import Change
from bot.domain.operation import Operation
from bot.domain.policy import tally_of
from bot.domain.starts import Start
from bot.engine.changes import Changes
from bot.engine.explaining import Explaining


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What would come of a request, were it sent now.

    ``change`` is what it would open as, number 0, with the approvals that were given in advance. ``able`` are the
    people who could give one of those that it would still lack, ``on_call`` those of them who are on call; ``able`` is
    None where any full member could.
    """

    change: Change
    able: frozenset[str] | None
    on_call: frozenset[str]


class Previewing:
    """Looks ahead."""

    def __init__(self, changes: Changes, explaining: Explaining) -> None:
        self._changes = changes
        self._explaining = explaining

    async def outlook(
        self, operation: Operation, reason: str, *, requester: str, channel: str, start: Start | None
    ) -> Outlook:
        """Return what would come of it.

        Raises:
            Refusal: it would be refused so, or the chat didn't tell who could approve it.
            CloudError: the cloud could not be read.
        """
        change = await self._changes.foreseen(operation, reason, requester=requester, channel=channel, start=start)
        able, on_call = await self._explaining.able(tally_of(change))
        return Outlook(change=change, able=able, on_call=on_call)
