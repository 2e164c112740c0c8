"""The rule over takeovers is for whoever lives, beats and is well, and for nobody else."""

from collections.abc import Iterable
from dataclasses import replace

from tests.chaos.history import History, Look
from tests.chaos.rules.takeovers import BEATS_MOST, goes_on_elsewhere
from tests.unit.chaos.histories import sound

RUN = "CR-1.1"
DEAD, LEADER, THIRD = "bot-a", "bot-b", "bot-c"


def looks(owners: Iterable[str], **beats: Iterable[int | None]) -> History:
    """Return a history with one look for each of ``owners`` of the run; ``beats`` are None while one doesn't live."""
    rows = zip(owners, *beats.values(), strict=True)
    names = [name.replace("_", "-") for name in beats]
    seen = [
        Look(
            at=float(nth),
            beats={name: one for name, one in zip(names, counted, strict=True) if one is not None},
            owners={RUN: owner} if owner else {},
        )
        for nth, (owner, *counted) in enumerate(rows)
    ]
    return replace(sound(), looks=tuple(seen))


def broken(history: History) -> list[str]:
    return [violation.change for violation in goes_on_elsewhere(history)]


def test_a_run_that_is_taken_over_in_time_is_sound() -> None:
    most = BEATS_MOST + 1
    owners = [DEAD] * most + [LEADER] * 9
    assert broken(looks(owners, bot_a=[7] * 6 + [None] * (most + 3), bot_b=range(most + 9))) == []


def test_a_run_that_stays_with_a_dead_replica_is_not_whether_it_was_buried_or_not() -> None:
    for buried in (6, 40):
        still = [7] * buried + [None] * (40 - buried)
        assert broken(looks([DEAD] * 40, bot_a=still, bot_b=range(40))) == ["CR-1"]


def test_a_run_that_nobody_claims_after_its_adoption_is_not() -> None:
    assert broken(looks([DEAD] * 20, bot_a=[7] * 5 + [None] * 15, bot_b=range(20), bot_c=range(20))) == ["CR-1"]


def test_what_one_takes_as_it_wakes_waits_since_then() -> None:
    taken = [""] * 20 + [DEAD] + [LEADER] * 3
    assert broken(looks(taken, bot_a=[7] * 6 + [None] * 18, bot_b=range(24))) == []
    kept = [""] * 20 + [DEAD] * (BEATS_MOST + 2)
    assert broken(looks(kept, bot_a=[7] * 6 + [None] * (BEATS_MOST + 16), bot_b=range(BEATS_MOST + 22))) == ["CR-1"]


def test_one_that_lives_keeps_its_run_for_as_long_as_it_likes() -> None:
    assert broken(looks([DEAD] * 40, bot_a=range(40), bot_b=range(40))) == []


def test_beats_of_one_that_was_held_up_itself_are_not_demanded() -> None:
    slow = [nth // 5 for nth in range(40)]
    assert broken(looks([DEAD] * 40, bot_a=[7] * 40, bot_b=range(40), bot_c=slow)) == []
    assert broken(looks([DEAD] * 40, bot_a=[7] * 40, bot_b=[3] * 40)) == []


def test_a_leader_that_dies_meanwhile_gives_the_next_one_its_own_time() -> None:
    leader = [*range(8)] + [7] * 5 + [None] * 7
    owners = [DEAD] * 17 + [THIRD] * 3
    assert broken(looks(owners, bot_a=[7] * 6 + [None] * 14, bot_b=leader, bot_c=range(20))) == []
    assert broken(looks([DEAD] * 20, bot_a=[7] * 6 + [None] * 14, bot_b=leader, bot_c=range(20))) == ["CR-1"]


def test_where_nobody_else_lived_nobody_is_late() -> None:
    assert broken(looks([DEAD] * 40, bot_a=[7] * 40)) == []
    newcomer = [None] * 5 + [*range(35)]
    assert broken(looks([DEAD] * 40, bot_a=[7] * 40, bot_b=newcomer)) == []


def test_a_look_that_comes_late_makes_nobody_late() -> None:
    assert broken(looks([DEAD, DEAD, THIRD], bot_a=[7, 7, None], bot_b=[1, 2, 60])) == []
