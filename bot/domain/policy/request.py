"""What a rule is matched against: who asks for what, where, when, and what is so."""

from dataclasses import dataclass

from bot.domain.facts import Facts
from bot.domain.operation import Operation
from bot.domain.policy.live import LiveFact, live_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, and where.

    ``id`` is the person's Slack id, ``groups`` the policy's groups that hold them (``Policy.groups_of``). ``channel``
    is the channel's id, ``channel_name`` its name without ``#``, None where it is not known.
    """

    id: str
    groups: frozenset[str]
    channel: str
    channel_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as the rules see it.

    ``operation`` is the verb (``probe-port``), ``region`` the cloud's name of it (``ap-guangzhou``), ``at`` seconds
    since the epoch, ``targets`` how many backends are touched.
    """

    operation: str
    load_balancer: str
    listener: str
    region: str
    asker: Asker
    at: float
    facts: frozenset[LiveFact] = frozenset()
    targets: int = 1

    @classmethod
    def of(cls, operation: Operation, facts: Facts, asker: Asker, *, region: str, at: float) -> "Request":
        """Return the request that ``asker`` makes with ``operation`` where ``facts`` were just read.

        Build it anew from fresh facts and the time of then wherever the rules are asked again: at a click, at the start
        of a run.
        """
        return cls(
            operation=operation.description.verb,
            load_balancer=operation.load_balancer,
            listener=operation.listener,
            region=region,
            asker=asker,
            at=at,
            facts=live_facts(operation, facts),
        )
