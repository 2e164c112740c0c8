"""The judge of a round: every rule over one history."""

from collections.abc import Callable, Iterator

from tests.chaos.history import History, Violation
from tests.chaos.rules import (
    calls,
    closed,
    freezes,
    grants,
    messages,
    notices,
    people,
    record,
    reviews,
    starts,
    states,
    takeovers,
)

Rule = Callable[[History], Iterator[Violation]]
RULES: tuple[Rule, ...] = (
    states.at_rest,
    states.no_fault_of_ours,
    states.ended_once,
    states.explained,
    states.second_person,
    states.in_time,
    states.one_run_at_a_time,
    takeovers.goes_on_elsewhere,
    record.unbroken,
    record.heads_are_in_it,
    calls.asked_for,
    calls.one_call_each_mark,
    calls.answers_are_the_clouds,
    calls.again_only_after_reading,
    calls.within_rate,
    calls.final_value,
    freezes.no_call_while_frozen,
    freezes.frozen_needs_two,
    starts.not_before_its_start,
    grants.grants_hold,
    grants.uses_are_on_record,
    reviews.one_review,
    reviews.another_signs,
    messages.one_card,
    messages.card_says_so,
    messages.thread_is_whole,
    messages.nothing_due,
    messages.answers_are_seen,
    notices.each_is_told,
    notices.noticed_once,
    closed.told_directly,
    people.taken_in,
    people.not_stored_is_true,
    people.answered,
)


def check(history: History) -> list[Violation]:
    """Return everything that is wrong with ``history``."""
    return [violation for rule in RULES for violation in rule(history)]
