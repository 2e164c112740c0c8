"""What the rules make of a change and of a person, to be explained; nothing is decided by it."""

from dataclasses import dataclass

from bot.domain.asks import ANYONE
from bot.domain.change import OPEN, Change, State
from bot.domain.freezes import Freeze
from bot.domain.policy import Person, SlackGroup, Tally, tally_of
from bot.engine.ports import Clock
from bot.engine.ruling import Ruling
from bot.store import line, reviews
from bot.store.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Why ``change`` stands where it stands.

    ``counted`` is its count of approvals. ``able`` are the people who could give one of those that the open stage
    lacks, ``on_call`` those of them who are on call; ``able`` is None where any full member could. ``behind`` is the
    change whose turn on the load balancer comes before this one's. ``frozen`` is what keeps it from being changed now,
    whether people were asked under it or not.
    """

    change: Change
    counted: Tally
    able: frozenset[str] | None
    on_call: frozenset[str]
    behind: Change | None
    frozen: tuple[Freeze, ...]


WAITING = (State.PENDING, State.APPROVED, State.RUNNING, State.UNKNOWN)


class Explaining:
    """Answers questions about the rules."""

    def __init__(self, ledger: Ledger, clock: Clock, ruling: Ruling) -> None:
        self._ledger = ledger
        self._clock = clock
        self.ruling = ruling

    async def groups_of(self, person: Person) -> frozenset[str]:
        """Return the policy's groups that hold ``person`` now.

        Raises:
            Refusal: the chat didn't tell.
        """
        return await self.ruling.groups_of(person.id) - {ANYONE}

    async def waiting(self) -> list[Change]:
        """Return every change that waits for somebody or something, its review included, the oldest first."""
        async with self._ledger.reading() as book:
            waits = {one.id: one for one in [*await book.find(*WAITING), *await reviews.unsigned(book)]}
        return [waits[number] for number in sorted(waits)]

    async def why(self, number: int) -> Reasons:
        """Return why change ``number`` stands where it stands.

        Raises:
            NoSuchChange: there is none.
            Refusal: the chat didn't tell who could approve it.
        """
        async with self._ledger.reading() as book:
            change = await book.change(number)
            queue = await line.in_line(book, change.operation.load_balancer)
        counted = tally_of(change)
        is_asked = change.state is State.PENDING
        able, on_call = await self.able(counted) if is_asked else (frozenset(), frozenset())
        waits = change.state is State.APPROVED and not change.waits_for_start and queue and queue[0].id != change.id
        return Reasons(
            change=change,
            counted=counted,
            able=able,
            on_call=on_call,
            behind=queue[0] if waits else None,
            frozen=await self._frozen(change),
        )

    async def able(self, counted: Tally) -> tuple[frozenset[str] | None, frozenset[str]]:
        """Return who could give one of the approvals that the open stage of ``counted`` lacks, and who is on call.

        The latter are some of the former, who are None where any full member could.

        Raises:
            Refusal: the chat didn't tell.
        """
        if counted.open_stage is None:
            return frozenset(), frozenset()
        names = set(counted.stages[counted.open_stage].approvers)
        if ANYONE in names:
            return None, frozenset()
        present = await self.ruling.present(names)
        fit = frozenset(person for person, groups in present.items() if counted.adds(person, groups))
        return fit, await self._on_call(fit)

    async def _frozen(self, change: Change) -> tuple[Freeze, ...]:
        if change.state not in OPEN:
            return ()
        return await self.ruling.frozen(change.operation.load_balancer, at=self._clock.now())

    async def _on_call(self, people: frozenset[str]) -> frozenset[str]:
        groups = [one.id for one in self.ruling.policy.groups.values() if isinstance(one, SlackGroup) and one.on_call]
        members = [await self.ruling.directory.members(one) for one in groups] if people else []
        return people & frozenset().union(*members)
