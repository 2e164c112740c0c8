"""The policy in force, asked of one change: which rule applies now, and who of its approvers still has the right."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from bot.domain.asks import ANYONE, Asks, Ruled
from bot.domain.change import Change
from bot.domain.facts import Facts
from bot.domain.freezes import Freeze
from bot.domain.operation import Operation
from bot.domain.policy import (
    Asker,
    Emergency,
    NotForEmergencies,
    People,
    Policy,
    Request,
    Rule,
    SlackGroup,
    Tally,
    asked_when_frozen,
    must_be_allowed,
    must_be_an_emergency,
    must_be_possible,
    must_go_through,
    must_not_be_denied,
    next_start,
)
from bot.domain.policy.conditions import CHANNEL_NAME
from bot.domain.policy.emergency import NAME
from bot.domain.starts import Start
from bot.engine.comparing import is_same
from bot.engine.ports import Directory, Freezes


class Ruling:
    """What the rules say. ``policy`` may be replaced while it runs, ``directory`` once the chat answers.

    ``freezes`` are those that people set. ``region`` is where the load balancers are.
    """

    def __init__(self, policy: Policy, directory: Directory, freezes: Freezes, *, region: str) -> None:
        self.policy = policy
        self.directory = directory
        self._freezes = freezes
        self._region = region

    async def asked(
        self, operation: Operation, facts: Facts, reason: str, *, requester: str, channel: str, at: float
    ) -> Ruled:
        """Return the rule under which people are to be asked.

        Raises:
            Refusal: a rule forbids it or wants it otherwise, nobody there could approve it, or the chat didn't tell.
        """
        rule, ruled = await self._rule(operation, facts, reason, requester=requester, channel=channel, at=at)
        await self._must_be_possible(rule, ruled.asks, requester)
        return ruled

    async def emergency(
        self, operation: Operation, facts: Facts, reason: str, *, requester: str, channel: str, at: float
    ) -> tuple[Emergency, Ruled, frozenset[str]]:
        """Return what the policy says of emergencies, as the rule of one, and the groups that hold ``requester`` now.

        Raises:
            Refusal: the policy doesn't let this person, a rule forbids it to everybody, it is frozen, or the chat
                didn't tell.
        """
        found = self.policy.emergency
        person, groups = await self.directory.identify(requester), await self.groups_of(requester)
        emergency = must_be_an_emergency(found, groups, requester, reason=reason)
        if not person.is_full_member:
            raise NotForEmergencies(have=emergency.people)
        must_not_be_denied((await self._matching(operation, facts, requester=requester, channel=channel, at=at))[0])
        frozen = await self.frozen(operation.load_balancer, at=at)
        must_go_through(emergency, frozen, load_balancer=operation.load_balancer)
        return emergency, self._ruled(NAME, emergency.version, emergency.asks, frozen), groups

    async def now(self, change: Change, facts: Facts, *, at: float) -> Ruled:
        """Return the rule that applies to ``change`` now, in the light of ``facts``.

        That of an emergency is what the policy said of emergencies, as long as it says so, no rule forbids it, and
        nothing is frozen that it may not go through; ``frozen`` is then what it goes through.

        Raises:
            Refusal: as ``asked``, but for who is there.
        """
        emergency = self.policy.emergency
        if change.is_emergency and emergency is not None and emergency.version == change.ruled.version:
            asker = {"requester": change.requester, "channel": change.channel}
            must_not_be_denied((await self._matching(change.operation, facts, **asker, at=at))[0])
            frozen = await self.frozen(change.operation.load_balancer, at=at)
            if emergency.overrides_freezes or not frozen:
                return replace(change.ruled, frozen=frozen)
        return await self.ordinary(change, facts, at=at)

    async def ordinary(self, change: Change, facts: Facts, *, at: float) -> Ruled:
        """Return the rule under which people are asked about ``change`` now, though it began as an emergency.

        Raises:
            Refusal: as ``now``.
        """
        _, ruled = await self._rule(
            change.operation, facts, change.reason, requester=change.requester, channel=change.channel, at=at
        )
        return change.ruled if is_same(change.ruled, ruled) else ruled

    async def frozen(self, load_balancer: str, *, at: float) -> tuple[Freeze, ...]:
        """Return what keeps ``load_balancer`` from being changed at ``at``.

        Raises:
            NotStored: the database is away.
        """
        by_people = await self._freezes.on(load_balancer, at=at)
        return (*by_people, *self.policy.frozen(at=at, load_balancer=load_balancer))

    def start(self, start: Start | None, *, now: float) -> Start | None:
        """Return ``start``, or the next opening of its window where that is shut by then.

        Raises:
            Refusal: the policy has no such window, or it doesn't open soon enough.
        """
        return next_start(start, self.policy.windows, now=now) if start else None

    async def groups_of(self, person: str) -> frozenset[str]:
        """Return the policy's groups that hold ``person`` now.

        Raises:
            Refusal: the chat didn't tell.
        """
        slack = self._slack_groups()
        return self.policy.groups_of(person, await self.directory.groups_of(person, slack) if slack else ())

    async def granter(self, person: str, channel: str) -> Asker:
        """Return ``person`` as who gives a grant in ``channel`` now, a full member.

        Raises:
            Refusal: the chat didn't tell.
        """
        name = await self._granting_name(channel)
        return Asker(id=person, groups=await self.groups_of(person), channel=channel, channel_name=name)

    async def givers(
        self, people: Collection[str], ruled: Ruled, *, requester: str, channel: str
    ) -> dict[str, frozenset[str]]:
        """Return who of ``people`` may give a grant in ``channel`` now, and may approve what ``requester`` asks for.

        Each with their groups of now. A frozen load balancer takes no grants.

        Raises:
            Refusal: the chat didn't tell.
        """
        grants = self.policy.grants
        if grants is None or ruled.frozen:
            return {}
        name = await self._granting_name(channel)
        able = await self._able(people, ruled.asks, requester)
        return {
            person: groups
            for person, groups in able.items()
            if grants.names(Asker(id=person, groups=groups, channel=channel, channel_name=name))
        }

    async def _granting_name(self, channel: str) -> str | None:
        grants = self.policy.grants
        by_name = grants is not None and any(one.startswith(CHANNEL_NAME) for one in grants.channels)
        return await self.directory.channel_name(channel) if by_name else None

    async def still(self, change: Change, asks: Asks) -> dict[str, frozenset[str]]:
        """Return who of those who approved may approve now, as ``asks`` has it, each with their groups of now.

        Raises:
            Refusal: the chat didn't tell.
        """
        return await self._able([approval.person for approval in change.approvals], asks, change.requester)

    async def _able(self, people: Iterable[str], asks: Asks, requester: str) -> dict[str, frozenset[str]]:
        here = [person for person in people if await self._is_here(person)]
        slack = self._slack_groups()
        held = await self.directory.groups_of_each(here, slack) if slack and here else {}
        now = {person: self.policy.groups_of(person, held.get(person, ())) for person in here}
        nobody = Tally.of(asks, requester, {})
        return {person: groups for person, groups in now.items() if nobody.may_fill(person, groups)}

    def _slack_groups(self) -> list[str]:
        return [group.id for group in self.policy.groups.values() if isinstance(group, SlackGroup)]

    async def _rule(
        self, operation: Operation, facts: Facts, reason: str, *, requester: str, channel: str, at: float
    ) -> tuple[Rule, Ruled]:
        rule, request = await self._matching(operation, facts, requester=requester, channel=channel, at=at)
        asks = must_be_allowed(rule, request, reason=reason)
        frozen = await self.frozen(operation.load_balancer, at=at)
        asks = asked_when_frozen(rule, asks, frozen, load_balancer=operation.load_balancer)
        return rule, self._ruled(rule.name, rule.version, asks, frozen)

    async def _matching(
        self, operation: Operation, facts: Facts, *, requester: str, channel: str, at: float
    ) -> tuple[Rule, Request]:
        asker = Asker(
            id=requester,
            groups=await self.groups_of(requester) if self.policy.goes_by_requester else frozenset({ANYONE}),
            channel=channel,
            channel_name=await self.directory.channel_name(channel) if self.policy.goes_by_channel_name else None,
        )
        request = Request.of(operation, facts, asker, region=self._region, at=at)
        return self.policy.rule_for(request), request

    def _ruled(self, name: str, version: str, asks: Asks, frozen: tuple[Freeze, ...]) -> Ruled:
        mentions = tuple(dict.fromkeys(one for name in asks.pings for one in self._mentioned(name)))
        return Ruled(name=name, version=version, asks=asks, mentions=mentions, frozen=frozen)

    def _mentioned(self, name: str) -> Iterable[str]:
        group = self.policy.groups.get(name)
        if isinstance(group, SlackGroup):
            return (group.id,)
        return sorted(group.ids) if isinstance(group, People) else (name,)

    async def _must_be_possible(self, rule: Rule, asks: Asks, requester: str) -> None:
        """Count who is there: everybody whom the stages name. Where a stage takes anyone, somebody will be there."""
        named = {name for stage in asks.stages for name in stage.approvers}
        if ANYONE not in named:
            present = await self.present(named)
            must_be_possible(rule, Tally.of(asks, requester, {}).joined(present))

    async def present(self, names: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Return the people who may decide and whom ``names`` (groups, people's ids) name, each with what names them.

        Members of user groups go by what the chat said within the last minute.

        Raises:
            Refusal: the chat didn't tell.
        """
        found: dict[str, set[str]] = {}
        for name in names:
            group = self.policy.groups.get(name)
            if isinstance(group, SlackGroup):
                ids: Collection[str] = await self.directory.members(group.id)
            else:
                ids = [one for one in self._mentioned(name) if await self._is_here(one)]
            for one in ids:
                found.setdefault(one, {ANYONE}).add(name)
        return {person: frozenset(groups) for person, groups in found.items()}

    async def _is_here(self, person: str) -> bool:
        return (await self.directory.identify(person)).is_full_member
