"""The rules of an installation, and the names they use."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.domain.asks import ANYONE, Asks
from bot.domain.freezes import Freeze
from bot.domain.policy.conditions import CHANNEL_NAME, When
from bot.domain.policy.emergency import Emergency
from bot.domain.policy.freezing import FreezeRules
from bot.domain.policy.grants import Grants
from bot.domain.policy.request import Request
from bot.domain.policy.rules import Rule, default_rule
from bot.domain.policy.windows import Window


class NoLastRule(Exception):
    """The last rule has conditions, so some request would match none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackGroup:
    """The members of the Slack user group ``id``; ``on_call`` where a rota tool keeps it."""

    id: str
    on_call: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """People named one by one, by their Slack ids."""

    ids: frozenset[str]


Group = SlackGroup | People


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of this installation; the first that matches applies.

    ``expires_after`` is seconds a change waits where its rule says nothing else. ``needs_health_check`` refuses changes
    that would have no effect because the listener's health checks are off. Without ``rules``, one approval by any full
    member other than the requester is asked. The rules use the names of ``groups`` and ``windows``; so do ``freezes``,
    ``auditors``, who may read the record of every change (groups, people's ids), and ``grants``, which are None where
    nobody approves in advance. Without ``emergency`` nothing runs that nobody approved.

    Raises:
        NoLastRule: at construction; the last of ``rules`` has conditions.
    """

    expires_after: float = 3600.0
    needs_health_check: bool = True
    rules: tuple[Rule, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=lambda: MappingProxyType({}))
    windows: Mapping[str, Window] = field(default_factory=lambda: MappingProxyType({}))
    auditors: tuple[str, ...] = ()
    freezes: FreezeRules = field(default_factory=FreezeRules)
    grants: Grants | None = None
    emergency: Emergency | None = None

    def __post_init__(self) -> None:
        if not self.rules:
            object.__setattr__(self, "rules", (default_rule(self.expires_after),))
        if self.rules[-1].when != When():
            raise NoLastRule(self.rules[-1].name)

    @property
    def goes_by_requester(self) -> bool:
        """Whether a rule goes by who asks."""
        return any(rule.when.requester for rule in self.rules)

    @property
    def goes_by_channel_name(self) -> bool:
        """Whether a rule goes by what the channel is called."""
        return any(name.startswith(CHANNEL_NAME) for rule in self.rules for name in _channels(rule))

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Who may sign the reviews of emergencies; anyone where the policy says nothing of emergencies any more."""
        return self.emergency.reviewers if self.emergency else (ANYONE,)

    def rule_for(self, request: Request) -> Rule:
        """Return the first rule that is about ``request``."""
        return next(rule for rule in self.rules if rule.when.holds(request, self.windows))

    def frozen(self, *, at: float, load_balancer: str | None = None) -> tuple[Freeze, ...]:
        """Return what calendars freeze at ``at``; with ``load_balancer`` only those about it."""
        about = [one for one in self.freezes.calendars if load_balancer is None or one.freezes(load_balancer)]
        return tuple(found for one in about if (found := one.freeze(self.windows, at=at)) is not None)

    def groups_of(self, person: str, slack_groups: Collection[str]) -> frozenset[str]:
        """Return the names of the groups that hold ``person``, ``anyone`` included.

        ``slack_groups`` are the ids of the Slack user groups that the person is in right now; see that they are a full,
        active, human member first (``must_be_member``).
        """
        return frozenset({ANYONE}).union(
            name
            for name, group in self.groups.items()
            if (group.id in slack_groups if isinstance(group, SlackGroup) else person in group.ids)
        )


def _channels(rule: Rule) -> tuple[str, ...]:
    return rule.when.channel + (rule.then.channels if isinstance(rule.then, Asks) else ())
