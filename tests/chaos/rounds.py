"""One round: people and a saboteur at once, then healing, rest and judgement."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from time import monotonic

import psycopg

from tests.chaos.administrator import Administrator
from tests.chaos.checker import check
from tests.chaos.confessions import Confessions
from tests.chaos.gathering import shown, tables
from tests.chaos.history import History, Violation
from tests.chaos.itinerary import Itinerary
from tests.chaos.lives import Lives
from tests.chaos.people import People
from tests.chaos.plan import Plan, draw, is_slow
from tests.chaos.sabotage import Act, Fault
from tests.chaos.saboteur import Saboteur
from tests.chaos.setting import Setting
from tests.chaos.tidying import Tidying
from tests.chaos.watch import Watch

UNDISTURBED = 4.0  # seconds after people did what they could, for what comes late, before all is mended
EXPIRY = 70.0  # so many more where something is to expire
STILL = 90.0  # seconds after the mending in which nothing moved: what is not at rest then never will be
LONGEST = 900.0  # however busy the machine is, and whatever moves
GLANCE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one round showed. ``done`` is what happened to it, ``plan`` what people wanted."""

    number: int
    plan: Plan
    acts: tuple[Act | Fault, ...]
    done: tuple[str, ...]
    violations: tuple[Violation, ...]
    seconds: float
    history: History


async def play(setting: Setting, itinerary: Itinerary, number: int, rng: random.Random) -> Verdict:
    """Play round ``number`` and judge it."""
    began = monotonic()
    people = People(url=setting.world.slack.url, http=setting.http, channel=f"C0CHAOS{number:05}")
    await people.gather()
    await setting.cloud.ask("DELETE", "journal")
    before = await setting.cloud.probe_ports()
    acts, faults = itinerary.acts(number), itinerary.faults(number)
    plan = draw(rng, number, [act.moment.name for act in acts])
    await setting.cloud.ask("POST", "tasks", {"duration": plan.task_seconds})
    administrator = Administrator(people=people)
    lives = Lives(people=people, cloud=setting.cloud, rng=rng)
    confessions = Confessions(bots=setting.bots)
    watch = Watch(database=setting.database)
    if len(setting.bots) > 1:
        watch.begin()
    saboteur = Saboteur(bots=setting.bots, order=setting.order, administrator=administrator)
    saboteur.lie_in_wait(acts, faults)
    await lives.live(plan)
    await _until(lambda: _is_at_rest(setting, people), UNDISTURBED + (EXPIRY if is_slow(number) else 0))
    await saboteur.rest()
    for act in saboteur.struck:
        itinerary.happened(act)
    await setting.heal()
    await _come_to_rest(setting, _tidying(lives, administrator))
    looks = await watch.seen()
    history = await _history(setting, lives, administrator, before)
    history = replace(history, faults=confessions.heard(), looks=looks, overrides=setting.kind.overrides)
    return Verdict(
        number=number,
        plan=plan,
        acts=(*acts, *faults),
        done=tuple(saboteur.said),
        violations=tuple(check(history)),
        seconds=monotonic() - began,
        history=history,
    )


async def _until(look: Callable[[], Awaitable[bool]], seconds: float) -> None:
    """Wait until ``look`` is true, ``seconds`` at most."""
    end = monotonic() + seconds
    while not await look():
        if monotonic() >= end:
            return
        await asyncio.sleep(GLANCE)


async def _is_at_rest(setting: Setting, people: People) -> bool:
    try:
        found = await asyncio.to_thread(tables, setting.database, people.channel)
    except psycopg.OperationalError:
        return False  # the server is stopped, which is a saboteur's doing
    return found.are_at_rest


def _tidying(lives: Lives, administrator: Administrator) -> Tidying:
    return Tidying(
        people=lives.people,
        is_deleted=administrator.deleted_card,
        left_alone=lives.left_alone,
        to_review=lives.to_review,
    )


async def _come_to_rest(setting: Setting, tidying: Tidying) -> None:
    """Wait until everything is done, for as long as anything moves: the checker says what is still open then.

    On a busy machine everything takes its time; what waits for ever stands still.
    """
    began = moved = monotonic()
    before: object = None
    while True:
        for bot in setting.bots:
            await bot.started()
        acted, channel = await tidying.tidy(setting.database), tidying.people.channel
        found, unready = await asyncio.to_thread(tables, setting.database, channel), await setting.unready()
        if found.are_at_rest and not acted and not unready:
            return
        if (found, unready) != before:
            before, moved = (found, unready), monotonic()
        if monotonic() - moved >= STILL or monotonic() - began >= LONGEST:
            return
        await asyncio.sleep(GLANCE)


async def _history(setting: Setting, lives: Lives, administrator: Administrator, before: dict[str, int]) -> History:
    people = lives.people
    found = await asyncio.to_thread(tables, setting.database, people.channel)
    slack = await shown(people, administrator.deletions)
    return History(
        calls=await setting.cloud.journal(),
        before=before,
        now=await setting.cloud.probe_ports(),
        drifts=tuple(lives.drifts),
        cards=slack.cards,
        notices=slack.notices,
        whispers=slack.whispers,
        forms=slack.forms,
        changes=found.changes,
        attempts=found.attempts,
        events=found.events,
        record=found.record,
        posts=found.posts,
        intake=found.intake,
        grants=found.grants,
        reviews=found.reviews,
        runs=found.runs,
        unready=await setting.unready(),
        deeds=tuple(people.deeds),
        closures=tuple(administrator.closures),
        deletions=tuple(administrator.deletions.values()),
    )
