"""What is drawn from a seed: the same plan and the same sabotage again, and every deed at every named moment."""

import itertools
import random
from collections import Counter
from collections.abc import Iterable

from bot.domain.command import GiveGrant, Opening, Request, SetFreeze, parse
from bot.domain.command.moments import Moment
from tests.chaos.bots import Link
from tests.chaos.itinerary import Itinerary
from tests.chaos.lives import next_minute
from tests.chaos.moments import ON_ANY, ON_POSTGRESQL, Anytime, Crossing, Logged
from tests.chaos.plan import COMES_WITH, EMERGENCIES, LATER, MINUTE, SLOW, WISHES, Fate, Plan, draw, is_slow
from tests.chaos.sabotage import TO_ONE_WITH_A_FILE, Act, Deed

OLD = tuple(Fate)[: tuple(Fate).index(Fate.FROZEN)]  # what becomes of a wish that nothing befalls but people's clicks

STARTS = (Fate.IN_WINDOW, Fate.STARTS_LATER, Fate.START_TAKEN_BACK)


def rng(seed: int = 7) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a test owns its chance


def itinerary(seed: int = 7) -> Itinerary:
    return Itinerary(seed=seed, moments=ON_ANY, bots=1, deeds=TO_ONE_WITH_A_FILE)


def many(drawn: Itinerary) -> list[Act]:
    return [act for number in range(1, 350) for act in drawn.acts(number)]


def test_a_seed_draws_the_same_plan_again() -> None:
    assert draw(rng(), 3) == draw(rng(), 3)
    assert draw(rng(), 3) != draw(rng(8), 3)


def test_wishes_of_a_round_are_told_apart_by_value_and_place() -> None:
    for number in range(50):
        wishes = draw(rng(number), number).wishes
        assert WISHES[0] <= len(wishes) <= WISHES[1]
        assert len({wish.value for wish in wishes}) == len({wish.place for wish in wishes}) == len(wishes)
        assert all(wish.who not in {wish.decider, wish.third} for wish in wishes)


def test_every_fate_and_a_second_change_on_one_load_balancer_come_up() -> None:
    plans = [draw(rng(number), number) for number in range(200)]

    assert {wish.fate for plan in plans for wish in plan.wishes} == set(Fate)
    most = [wish.fate for plan in plans for wish in plan.wishes if wish.fate in OLD]
    assert len(most) > 0.7 * sum(len(plan.wishes) for plan in plans)
    assert any(len({wish.place.load_balancer for wish in plan.wishes}) < len(plan.wishes) for plan in plans)


def plan(number: int, moments: Iterable[str] = (), *, seed: int = 7) -> Plan:
    return draw(rng(seed), number, moments)


def test_who_lies_in_wait_for_what_comes_with_some_fates_meets_it() -> None:
    named = {moment.name for moment in ON_POSTGRESQL}
    for what in COMES_WITH:
        names = [name for name in named if what in name]
        assert names, what
        for name, seed in itertools.product(names, range(5)):
            drawn = plan(3, ["calling began", name], seed=seed)
            assert drawn == plan(3, ["calling began", name], seed=seed)
            assert drawn.wishes[-1].fate in {one for key, fates in COMES_WITH.items() if key in name for one in fates}
    assert is_slow(5)
    assert plan(5) == plan(5, named)  # a round that waits for a minute is full


def test_every_line_that_people_type_is_understood() -> None:
    """What is refused as a slip would strike nothing."""
    typed = Counter[type]()
    for number in range(200):
        for wish in plan(number, seed=number).wishes:
            command = parse(wish.command.replace(MINUTE, next_minute(1_800_000_000.0)))
            assert isinstance(command, Request)
            assert command.emergency == (wish.fate in EMERGENCIES)
            assert (command.begin is not None) == (wish.fate in STARTS)
            freeze, grant = parse(wish.freeze), parse(wish.grant)
            assert isinstance(freeze, SetFreeze)
            assert isinstance(grant, GiveGrant)
            assert (freeze.reason, grant.reason) == (wish.quiet, wish.drill)
            assert grant.targets.covers(command.operation)
            typed[type(command.begin)] += 1
    assert set(typed) == {type(None), Moment, Opening}


def test_a_minute_that_is_to_come_is_ahead_by_as_much_as_it_takes_to_say_so_again() -> None:
    assert next_minute(0.0) == "1970-01-01T00:01Z"
    assert next_minute(56.0) == "1970-01-01T00:01Z"
    assert next_minute(56.1) == "1970-01-01T00:02Z"


def test_a_seed_draws_the_same_sabotage_again_also_for_one_round_alone() -> None:
    numbers = range(1, 60)
    drawn = itinerary()

    assert [drawn.acts(n) for n in numbers] == [itinerary().acts(n) for n in numbers]
    assert [drawn.faults(n) for n in numbers] == [itinerary().faults(n) for n in numbers]
    assert drawn.acts(50) != itinerary(8).acts(50)


def test_every_deed_comes_at_every_named_moment_twice_before_chance_takes_over() -> None:
    drawn = itinerary()
    acts = [act for number in range(1, 350) for act in drawn.acts(number)[: -1 if is_slow(number) else None]]

    wanted = [(moment.name, deed) for moment, deed in drawn.pairs]
    assert {deed for _, deed in wanted} == set(Deed)
    assert len(set(wanted)) == len(wanted) > len(ON_ANY) * len(TO_ONE_WITH_A_FILE)
    most = len(wanted)
    named = [(act.moment.name, act.deed) for act in acts]
    assert sorted(named[:most]) == sorted(named[most : 2 * most]) == sorted(wanted)
    assert any(isinstance(act.moment, Anytime) for act in acts[2 * most :])


def test_what_was_struck_is_counted_once() -> None:
    drawn = itinerary()
    act = drawn.acts(1)[0]
    drawn.happened(act)
    drawn.happened(act)

    assert drawn.struck == {(act.moment.name, act.deed)}


def test_names_of_moments_are_unique_and_the_database_has_some_of_its_own() -> None:
    names = [moment.name for moment in ON_POSTGRESQL]

    assert len(set(names)) == len(names)
    own = set(ON_POSTGRESQL) - set(ON_ANY)
    assert own
    assert all(isinstance(moment, Crossing) and moment.link is Link.DATABASE for moment in own)


def test_a_line_of_the_log_is_a_moment_by_event_and_step() -> None:
    calling = next(one for one in ON_ANY if isinstance(one, Logged) and one.step == "calling")

    assert calling.fits({"event": "step", "step": "calling", "change": "CR-1"})
    assert not calling.fits({"event": "step", "step": "following"})
    assert not calling.fits({"event": "called", "step": "calling"})


def test_only_replicas_stay_away_for_longer_than_others_wait() -> None:
    alone = [act.seconds for act in many(itinerary())]
    three = [act.seconds for act in many(Itinerary(seed=7, moments=ON_POSTGRESQL, bots=3, links=tuple(Link)))]

    assert max(alone) < 10 < max(three)


def test_something_expires_in_some_rounds_and_somebody_strikes_then() -> None:
    slow = [number for number in range(1, 100) if is_slow(number)]

    assert slow
    for number in range(1, 100):
        fates = {wish.fate for wish in draw(rng(), number).wishes}
        assert bool(fates & set(SLOW)) == is_slow(number) == bool(fates & set(LATER))
    assert all(itinerary().acts(number)[-1].moment.name.startswith(("after 5", "after 6")) for number in slow)
