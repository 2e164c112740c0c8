"""When a rule applies."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bot.domain.asks import names
from bot.domain.policy.live import LiveFact
from bot.domain.policy.request import Asker, Request
from bot.domain.policy.windows import Window

CHANNEL_NAME = "#"  # a channel pattern that begins so is a glob over names; others are ids


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """What must be so for a rule to apply. An empty condition matches everything.

    Of ``operation``, ``load_balancer``, ``listener``, ``region`` (globs, case matters), ``channel`` (an id, or ``#``
    and a glob over names), ``requester`` (a person's id or a group) and ``window`` (names) one must match; of ``facts``
    all must be so. At least ``targets`` backends must be touched.
    """

    operation: tuple[str, ...] = ()
    load_balancer: tuple[str, ...] = ()
    listener: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    requester: tuple[str, ...] = ()
    window: tuple[str, ...] = ()
    facts: frozenset[LiveFact] = frozenset()
    targets: int = 0

    def holds(self, request: Request, windows: Mapping[str, Window]) -> bool:
        """Say whether ``request`` is one that the rule is about."""
        globs = (
            (self.operation, request.operation),
            (self.load_balancer, request.load_balancer),
            (self.listener, request.listener),
            (self.region, request.region),
        )
        return (
            all(_matches(patterns, value) for patterns, value in globs)
            and (not self.channel or is_among(self.channel, request.asker))
            and (not self.requester or names(self.requester, request.asker.id, request.asker.groups))
            and (not self.window or any(windows[name].holds(request.at) for name in self.window))
            and self.facts <= request.facts
            and request.targets >= self.targets
        )

    def covers(self, other: "When") -> bool:
        """Say whether every request that ``other`` is about is plainly one that this is about, too.

        Plainly: by the patterns themselves, not by what they could match.
        """
        mine, others = (
            [one.operation, one.load_balancer, one.listener, one.region, one.channel, one.requester, one.window]
            for one in (self, other)
        )
        return (
            all(not wide or (narrow and set(narrow) <= set(wide)) for wide, narrow in zip(mine, others, strict=True))
            and self.facts <= other.facts
            and self.targets <= other.targets
        )


def _matches(patterns: tuple[str, ...], value: str) -> bool:
    return not patterns or any(fnmatchcase(value, pattern) for pattern in patterns)


def is_among(channels: tuple[str, ...], asker: Asker) -> bool:
    """Say whether the channel of ``asker`` is one of ``channels``: ids, or ``#`` and a glob over names.

    A channel whose name is not known is among those of its id only.
    """
    return any(
        asker.channel_name is not None and fnmatchcase(asker.channel_name, one.removeprefix(CHANNEL_NAME))
        if one.startswith(CHANNEL_NAME)
        else one == asker.channel
        for one in channels
    )
