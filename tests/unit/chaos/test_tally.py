"""The end of a report: how many rounds passed, what of it failed and how to see it again, how long takeovers took."""

from dataclasses import replace

from tests.chaos.history import History, Look, Violation
from tests.chaos.plan import Plan
from tests.chaos.rounds import Verdict
from tests.chaos.tally import RARE, Tally
from tests.unit.chaos.histories import sound
from tests.unit.chaos.incidents import incident


def verdict(number: int, history: History, *rules: str) -> Verdict:
    return Verdict(
        number=number,
        plan=Plan(wishes=(), lines=(), task_seconds=0.2),
        acts=(),
        done=(),
        violations=tuple(Violation(rule=rule, change="", evidence="x") for rule in rules),
        seconds=1.0,
        history=history,
    )


def test_what_failed_is_told_with_what_plays_it_again() -> None:
    tally = Tally(rounds=25)
    tally.count(verdict(3, sound()))
    tally.count(verdict(4, sound(), "one_card", "at_rest", "one_card"))
    tally.count_lost(range(4, 6))

    assert list(tally.lines("sqlite", 7)) == [
        "chaos on sqlite: 23 passed, 2 failed",
        "  failed: CHAOS_DATABASES=sqlite CHAOS_SEED=7 CHAOS_FIRST=4 CHAOS_ROUNDS=1 make chaos  # one_card, at_rest",
        "  failed: CHAOS_DATABASES=sqlite CHAOS_SEED=7 CHAOS_FIRST=5 CHAOS_ROUNDS=1 make chaos  # the world broke",
    ]


def test_what_is_rare_is_counted() -> None:
    tally = Tally(rounds=2)
    tally.count(verdict(1, incident()))
    tally.count(verdict(2, incident()))

    assert list(tally.lines("sqlite", 7)) == [
        "chaos on sqlite: 2 passed, 0 failed",
        f"  on record: {', '.join(f'2 {kind}' for kind in RARE if kind not in {'change.renew', 'change.ask_again'})}",
    ]


def test_runs_that_were_left_are_counted_once_each_and_the_longest_is_told() -> None:
    left = [Look(at=nth * 1.5, beats={"a": 7, "b": nth}, owners={"CR-1.1": "a"}) for nth in range(7)]
    brief = [Look(at=nth * 1.5, beats={"a": 7, "b": nth}, owners={"CR-2.1": "a"}) for nth in range(3)]
    tally = Tally(rounds=2)
    tally.count(verdict(1, replace(sound(), looks=tuple(left))))
    tally.count(verdict(2, replace(sound(), looks=tuple(brief))))

    assert list(tally.lines("postgresql", 7)) == [
        "chaos on postgresql: 2 passed, 0 failed",
        "  1 runs were left by a replica that stood still, the longest for 6 beats of the others, 9.0 s",
    ]
