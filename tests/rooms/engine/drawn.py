"""Small policies drawn by chance, over the people of a world."""

import random

from bot.domain.asks import ANYONE, Asks, Stage
from bot.domain.policy import Deny, Emergency, FreezeRules, LiveFact, Policy, Rule, Spans, When
from tests.rooms.engine.ruled import GROUPS
from tests.unit.slack.making import NOW

WHO = ("U0ALICE", "U0BOB", "U0CARLA", "U0DAVE")
NAMES = ("team", "leads", ANYONE, *WHO)
DAY = 86400.0


def policy(chance: random.Random) -> Policy:
    before = [_rule(chance, f"rule {at}", _when(chance)) for at in range(chance.choice((0, 0, 1, 2)))]
    last = Rule(name="the last", then=_asks(chance), freeze_approvers=_freeze_approvers(chance))
    return Policy(
        rules=(*before, last),
        needs_health_check=False,
        groups=GROUPS,
        windows={"busy": Spans.of([(NOW + 3600.0, NOW + 4 * 3600.0), (NOW + DAY, NOW + 2 * DAY)])},
        freezes=FreezeRules(may_lift=chance.choice(((ANYONE,), ("leads",)))),
        emergency=_emergency(chance),
    )


def _rule(chance: random.Random, name: str, when: When) -> Rule:
    if chance.random() < 1 / 4:
        return Rule(name=name, when=when, then=Deny(text="no"))
    return Rule(name=name, when=when, then=_asks(chance), freeze_approvers=_freeze_approvers(chance))


def _when(chance: random.Random) -> When:
    return chance.choice(
        (
            When(requester=(chance.choice(NAMES),)),
            When(load_balancer=(chance.choice(("lb-quick*", "lb-other")),)),
            When(facts=frozenset({LiveFact.HEALTH_CHECK_OFF})),
            When(window=("busy",)),
        )
    )


def _asks(chance: random.Random) -> Asks:
    return Asks(
        stages=tuple(_stage(chance) for _ in range(chance.choice((1, 1, 2)))),
        requester_counts=chance.random() < 1 / 4,
        reason=chance.choice((*[""] * 5, "INC-[0-9]+")),
        channels=chance.choice((*[()] * 6, ("#inc*",), ("C0QUIET",))),
        expires_after=chance.choice((3600.0, 4 * 3600.0)),
    )


def _stage(chance: random.Random) -> Stage:
    approvers = tuple(chance.sample(NAMES, chance.randint(1, 2)))
    return Stage(approvers=approvers, count=chance.choice((1, 1, 2)))


def _freeze_approvers(chance: random.Random) -> tuple[str, ...]:
    return () if chance.random() < 1 / 4 else tuple(chance.sample(NAMES, chance.randint(1, 2)))


def _emergency(chance: random.Random) -> Emergency | None:
    if chance.random() < 1 / 5:
        return None
    return Emergency(
        people=tuple(chance.sample([*WHO, "team", "leads"], 2)),
        quota=chance.randint(1, 3),
        period=chance.choice((3600.0, DAY)),
        reason=chance.choice(("", "INC-[0-9]+")),
        overrides_freezes=chance.random() < 1 / 2,
    )
