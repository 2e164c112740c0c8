"""The policy in force, asked of one change: which rule applies now, and who of its approvers still has the right."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from bot.domain.asks import ANYONE, Approval, Asks, Ruled
from bot.domain.change import UNRULED, Change, Moved
from bot.domain.facts import Facts
from bot.domain.freezes import Freeze, keys
from bot.domain.operation import Operation
from bot.domain.policy import (
    Asker,
    People,
    Policy,
    Request,
    Rule,
    SlackGroup,
    Tally,
    asked_when_frozen,
    must_be_allowed,
    must_be_possible,
    next_start,
)
from bot.domain.policy.conditions import CHANNEL_NAME
from bot.domain.starts import Start
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

    async def now(self, change: Change, facts: Facts, *, at: float) -> Ruled:
        """Return the rule that applies to ``change`` now, in the light of ``facts``.

        Raises:
            Refusal: as ``asked``, but for who is there.
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
        asker = Asker(
            id=requester,
            groups=await self.groups_of(requester) if self._names_requesters() else frozenset({ANYONE}),
            channel=channel,
            channel_name=await self.directory.channel_name(channel) if self._names_channels() else None,
        )
        request = Request.of(operation, facts, asker, region=self._region, at=at)
        rule = self.policy.rule_for(request)
        asks = must_be_allowed(rule, request, reason=reason)
        frozen = await self.frozen(operation.load_balancer, at=at)
        asks = asked_when_frozen(rule, asks, frozen, load_balancer=operation.load_balancer)
        return rule, self._ruled(rule, asks, frozen)

    def _names_requesters(self) -> bool:
        return any(rule.when.requester for rule in self.policy.rules)

    def _names_channels(self) -> bool:
        return any(name.startswith(CHANNEL_NAME) for rule in self.policy.rules for name in _channels(rule))

    def _ruled(self, rule: Rule, asks: Asks, frozen: tuple[Freeze, ...]) -> Ruled:
        mentions = tuple(dict.fromkeys(one for name in asks.pings for one in self._mentioned(name)))
        return Ruled(name=rule.name, version=rule.version, asks=asks, mentions=mentions, frozen=frozen)

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


def is_same(was: Ruled, now: Ruled) -> bool:
    """Say whether ``now`` is the rule that people were asked under, though who is to be called may be others."""
    return keys(was.frozen) == keys(now.frozen) and _is_same_rule(was, now)


def _is_same_rule(was: Ruled, now: Ruled) -> bool:
    if was.version == UNRULED.version:  # from before there were rules
        return now.name == was.name and now.asks.stages == was.asks.stages
    return was.version == now.version


def differences(change: Change, ruled: Ruled, still: Mapping[str, frozenset[str]]) -> tuple[Moved, ...]:
    """Return what of the rules no longer holds of an approval: the rule, a freeze, and those who lost their right.

    A freeze that was approved under and is over by now asks nothing more.
    """
    moved = []
    if not _is_same_rule(change.ruled, ruled):
        moved.append(Moved(fact="rule", was=change.ruled.name, now=ruled.name))
    if not keys(ruled.frozen) <= keys(change.ruled.frozen):
        moved.append(Moved(fact="freeze", was=_reasons(change.ruled), now=_reasons(ruled)))
    if not Tally.of(ruled.asks, change.requester, still).complete:
        moved.append(Moved(fact="approvals", was=len(change.approvals), now=len(still)))
    return tuple(moved)


def _reasons(ruled: Ruled) -> str | bool:
    return "; ".join(one.reason for one in ruled.frozen) or False


def kept(approvals: Iterable[Approval], still: Mapping[str, frozenset[str]]) -> tuple[Approval, ...]:
    """Return the approvals of those who still may, with the groups that hold them now."""
    return tuple(replace(one, groups=still[one.person]) for one in approvals if one.person in still)


def _channels(rule: Rule) -> tuple[str, ...]:
    return rule.when.channel + (rule.then.channels if isinstance(rule.then, Asks) else ())
