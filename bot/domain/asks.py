"""What must be had before a change runs: approvals in stages, and how they are given.

A rule asks it (``bot.domain.policy``), and a change keeps what it was asked under.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from bot.domain.freezes import Freeze

ANYONE = "anyone"  # the group of every full member; built in


def names(who: tuple[str, ...], person: str, groups: frozenset[str]) -> bool:
    """Say whether ``who`` (people's ids and groups) names ``person``, whom ``groups`` hold, or everybody."""
    return ANYONE in who or person in who or not groups.isdisjoint(who)


class Confirm(StrEnum):
    """How an approver confirms."""

    CLICK = "click"
    TYPED = "typed"  # by typing the listener's id


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of approval: ``count`` (1 or more) different people, each named by ``approvers`` (groups, people's ids).

    A person fills one place of all the stages together.
    """

    approvers: tuple[str, ...]
    count: int = 1

    def takes(self, person: str, groups: frozenset[str]) -> bool:
        """Say whether ``person``, whom the policy's ``groups`` hold, may fill a place of this stage."""
        return names(self.approvers, person, groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """What must be had before it runs.

    ``stages`` come one after the other, at least one. ``requester_counts``: the requester may fill a place, too, by
    approving like anybody else. ``reason`` is a regular expression that must be found in the request's reason, ``""``
    takes any; ``reason_example`` is one that it finds. ``pings`` are told of the request (groups, people), apart from
    who may approve. ``expires_after`` is seconds. ``channels`` are where it may be asked for, as in ``When``; none:
    anywhere.
    """

    stages: tuple[Stage, ...]
    requester_counts: bool = False
    confirm: Confirm = Confirm.CLICK
    reason: str = ""
    reason_example: str = ""
    pings: tuple[str, ...] = ()
    expires_after: float = 3600.0
    channels: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain data for the ledger."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Return what ``to_json`` wrote."""
        stages = tuple(Stage(approvers=tuple(one["approvers"]), count=one["count"]) for one in plain["stages"])
        return cls(
            **{
                **plain,
                "stages": stages,
                "confirm": Confirm(plain["confirm"]),
                "pings": tuple(plain["pings"]),
                "channels": tuple(plain["channels"]),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """The rule under which people are asked about a change, as it stood when they were.

    ``version`` is the rule's (``Rule.version``). ``mentions`` are whom to call to the card: people's ids and user
    groups' ids. ``frozen`` is why freeze approvers are asked, too.
    """

    name: str
    version: str
    asks: Asks
    mentions: tuple[str, ...] = ()
    frozen: tuple[Freeze, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain data for the ledger."""
        mentions, frozen = list(self.mentions), [one.to_json() for one in self.frozen]
        plain = {"name": self.name, "version": self.version, "asks": self.asks.to_json(), "mentions": mentions}
        return {**plain, "frozen": frozen} if frozen else plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Return what ``to_json`` wrote."""
        asks, mentions = Asks.from_json(plain["asks"]), tuple(plain["mentions"])
        frozen = tuple(Freeze.from_json(one) for one in plain.get("frozen", ()))
        return cls(name=plain["name"], version=plain["version"], asks=asks, mentions=mentions, frozen=frozen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One approval of a card: by whom, when (seconds since the epoch), and which of the policy's groups held them.

    ``grant`` is the number of the grant that stands for it where it was given in advance.
    """

    person: str
    at: float
    groups: frozenset[str] = frozenset({ANYONE})
    grant: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain data for the ledger."""
        plain = {"person": self.person, "at": self.at, "groups": sorted(self.groups)}
        return plain if self.grant is None else {**plain, "grant": self.grant}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Return what ``to_json`` wrote."""
        groups = frozenset(plain["groups"])
        return cls(person=plain["person"], at=plain["at"], groups=groups, grant=plain.get("grant"))
