"""Whether the rules can be lived by: the groups and people they name are there, and could bring a change through."""

from collections.abc import AsyncIterator, Iterator

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import texts
from bot.doctor.finding import Finding, Teller
from bot.domain.asks import ANYONE, Asks
from bot.domain.errors import Refusal
from bot.domain.policy import Policy, SlackGroup, Tally
from bot.engine.ports import Clock
from bot.slack.groups import Groups
from bot.slack.installation import Installation
from bot.slack.people import People

NOBODY = ""  # asks: the requester is somebody else than all approvers


class Rules:
    """The rules of ``policy``, held against the workspace that ``auth`` (the answer of ``auth.test``) is of."""

    def __init__(
        self, policy: Policy, client: AsyncWebClient, auth: AsyncSlackResponse, clock: Clock, tell: Teller
    ) -> None:
        home = Installation.of(auth)
        self._policy = policy
        self._groups = Groups(client, home, clock)
        self._people = People(client, home, language=tell.language, now=clock.monotonic)
        self._tell = tell
        self._there: dict[str, set[str]] = {}  # who may decide, each with what the policy calls them by
        self._unread: set[str] = set()  # names of which Slack did not tell who stands behind them

    async def findings(self) -> AsyncIterator[Finding]:
        """Yield what is wrong, or that nothing is; where no rule names anybody there is nothing to look at."""
        named = sorted({*self._policy.groups, *self._persons()})
        wrong = False
        for name in named:
            async for finding in self._look(name):
                wrong = True
                yield finding
        for finding in self._too_few():
            wrong = True
            yield finding
        if named and not wrong:
            yield self._tell.good("rules", "rules", count=len(self._there))

    def _asked(self) -> Iterator[tuple[str, Asks]]:
        for rule in self._policy.rules:
            if isinstance(rule.then, Asks):
                yield rule.name, rule.then

    def _persons(self) -> set[str]:
        """Return the people whom the policy names by their ids, outside its groups."""
        policy = self._policy
        named = {*policy.auditors, *policy.freezes.may_freeze, *policy.freezes.may_lift}
        named.update(policy.grants.by if policy.grants else ())
        if policy.emergency is not None:
            named.update(policy.emergency.people, policy.emergency.pings, policy.emergency.reviewers)
        for rule in policy.rules:
            named.update(rule.freeze_approvers)
        for _, asks in self._asked():
            named.update(asks.pings, *(stage.approvers for stage in asks.stages))
        return named - {ANYONE, *policy.groups}

    async def _look(self, name: str) -> AsyncIterator[Finding]:
        """Learn who stands behind ``name``; yield what is wrong with it."""
        group = self._policy.groups.get(name)
        try:
            if isinstance(group, SlackGroup):
                members = await self._groups.members(group.id)
                if not members:
                    yield self._tell.bad(f"group {name}", "group_empty", group=group.id)
                for person in members:
                    self._there.setdefault(person, {ANYONE}).add(name)
                return
            for person in [name] if group is None else sorted(group.ids):
                if (await self._people.identify(person, None)).is_full_member:
                    self._there.setdefault(person, {ANYONE}).add(name)
                else:
                    yield self._tell.bad(f"person {person}", "person", person=person, called=name)
        except Refusal as no:
            self._unread.add(name)
            why = texts.say(self._tell.language, f"refusal/{no.code}", **no.facts)
            yield self._tell.bad(f"group {name}", "group", why=why)

    def _too_few(self) -> Iterator[Finding]:
        """Yield the rules that not even everybody who is there could bring through."""
        everybody = {person: frozenset(names) for person, names in self._there.items()}
        for name, asks in self._asked():
            asked = {one for stage in asks.stages for one in stage.approvers}
            tally = Tally.of(asks, NOBODY, {}).joined(everybody)
            if ANYONE not in asked and not asked & self._unread and not tally.complete:
                who = ", ".join(tally.stages[tally.open_stage or 0].approvers)
                yield self._tell.bad(f"rule {name}", "too_few", rule=name, missing=tally.missing, who=who)
