"""Small policies drawn by chance, over the people of a world, and what those people want."""

import random
from dataclasses import replace

from bot.domain.asks import ANYONE, Asks, Confirm, Stage
from bot.domain.grant import Targets
from bot.domain.operation import SetProbePort
from bot.domain.policy import Deny, Emergency, FreezeRules, Grants, LiveFact, Policy, Rule, Spans, When, Window
from bot.domain.starts import Start
from tests.rooms.engine.ruled import GROUPS
from tests.rooms.engine.world import BALANCER, LISTENER, OPERATION
from tests.unit.slack.making import NOW

WHO = ("U0ALICE", "U0BOB", "U0CARLA", "U0DAVE")
WHERE = (*["C0INCIDENT"] * 7, "C0QUIET")
HOSTS = tuple(f"cpm-quick00{number}" for number in range(1, 7))
NAMES = ("team", "leads", ANYONE, *WHO)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
NIGHTLY = "nightly"  # the window that changes are to start in


def policy(chance: random.Random) -> Policy:
    before = [_rule(chance, f"rule {at}", _when(chance)) for at in range(chance.choice((0, 0, 1, 2)))]
    last = Rule(name="the last", then=_asks(chance), freeze_approvers=_freeze_approvers(chance))
    return Policy(
        rules=(*before, last),
        needs_health_check=False,
        groups=GROUPS,
        windows=_windows(chance),
        freezes=FreezeRules(may_lift=chance.choice(((ANYONE,), ("leads",)))),
        emergency=_emergency(chance),
        grants=_grants(chance),
    )


def _windows(chance: random.Random) -> dict[str, Window]:
    """Return one window that rules go by, and mostly one that opens for 40 minutes every two hours, at some minute."""
    busy = Spans.of([(NOW + HOUR, NOW + 4 * HOUR), (NOW + DAY, NOW + 2 * DAY)])
    first = NOW + chance.choice((0.0, 20 * MINUTE, HOUR))
    nightly = Spans.of([(first + n * 2 * HOUR, first + n * 2 * HOUR + 40 * MINUTE) for n in range(60)])
    return {"busy": busy, **({NIGHTLY: nightly} if chance.random() < 15 / 16 else {})}


def _rule(chance: random.Random, name: str, when: When) -> Rule:
    if chance.random() < 1 / 6:
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
        confirm=chance.choice((*[Confirm.CLICK] * 3, Confirm.TYPED)),
        reason=chance.choice((*[""] * 5, "INC-[0-9]+")),
        channels=chance.choice((*[()] * 9, ("#inc*",), ("C0QUIET",))),
        expires_after=chance.choice((HOUR, 4 * HOUR)),
    )


def _stage(chance: random.Random) -> Stage:
    approvers = chance.choice(((ANYONE,), tuple(chance.sample(NAMES, 1)), tuple(chance.sample(NAMES, 2))))
    return Stage(approvers=approvers, count=chance.choice((1, 1, 2)))


def _freeze_approvers(chance: random.Random) -> tuple[str, ...]:
    return () if chance.random() < 1 / 6 else tuple(chance.sample(NAMES, chance.randint(1, 2)))


def _emergency(chance: random.Random) -> Emergency | None:
    if chance.random() < 1 / 5:
        return None
    return Emergency(
        people=tuple(chance.sample([*WHO, "team", "leads"], 2)),
        quota=chance.randint(1, 3),
        period=chance.choice((HOUR, DAY)),
        reason=chance.choice(("", "INC-[0-9]+")),
        overrides_freezes=chance.random() < 1 / 2,
    )


def _grants(chance: random.Random) -> Grants | None:
    if chance.random() < 1 / 16:
        return None
    return Grants(
        by=chance.choice(((ANYONE,), (ANYONE,), tuple(chance.sample(NAMES, 2)))),
        channels=chance.choice((("#inc*",), ("C0INCIDENT", "C0QUIET"))),
        lasts_most=chance.choice((30 * MINUTE, HOUR)),
        uses_most=chance.choice((2, 5)),
    )


def operation(chance: random.Random) -> SetProbePort:
    return replace(OPERATION, host=chance.choice(HOSTS), probe_port=chance.randint(8100, 8150))


def start_of(chance: random.Random, now: float) -> Start | None:
    """Return when a change is to start: mostly at once, else at a moment or in a window."""
    moment = Start(at=now + chance.choice((10 * MINUTE, 20 * MINUTE, 90 * MINUTE)))
    return chance.choice((None, None, None, moment, Start(at=now, window=NIGHTLY)))


def targets_of(chance: random.Random) -> Targets:
    """Return what a grant is for, mostly what changes are asked for."""
    balancer = chance.choice((*[BALANCER] * 7, "lb-quickts2"))
    listener = chance.choice(("", "", *[LISTENER] * 4, "lbl-quickts2"))
    backends = tuple(f"{host}:{OPERATION.port}" for host in HOSTS[:3])
    named = backends if listener and chance.random() < 1 / 4 else ()
    return Targets(verb="probe-port", load_balancer=balancer, listener=listener, backends=named)
