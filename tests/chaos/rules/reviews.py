"""Rules over emergencies: each has its review, which somebody else signs."""

from collections.abc import Iterator

from tests.chaos.history import Change, History, Review, Violation
from tests.chaos.rules.states import ENDS

TO_REVIEW, REVIEWED = "🔎 *To be reviewed*", "🔎 *Reviewed*"


def one_review(history: History) -> Iterator[Violation]:
    """Every emergency was broken open by who asked, and has exactly one review, as its card says; nothing else has."""
    for change in history.changes:
        name = f"CR-{change.id}"
        broken = [one.actor for one in history.of(change, "change.break_glass")]
        reviews = _reviews(history, change)
        if len(reviews) != len(broken) or broken not in ([], [change.requester]):
            told = f"{change.requester} asked, {broken or 'nobody'} broke the glass, and it has {len(reviews)} reviews"
            yield Violation(rule="one_review", change=name, evidence=told)
        for card in history.cards:
            said = [words for words in (TO_REVIEW, REVIEWED) if words in card.text]
            wanted = [REVIEWED if one.signed_by else TO_REVIEW for one in reviews]
            if card.change == name and not card.deleted and said != wanted:
                told = f"its card says {said or 'nothing'} of a review, and should say {wanted or 'nothing'}"
                yield Violation(rule="one_review", change=name, evidence=told)


def another_signs(history: History) -> Iterator[Violation]:
    """A review is signed once, by another person than who broke the glass, and once the change is over."""
    for change in history.changes:
        signatures = history.of(change, "review.signed")
        signed = [one.signed_by for one in _reviews(history, change) if one.signed_by]
        told = ""
        if [one.actor for one in signatures] != signed:
            told = f"signed by {[one.actor for one in signatures]}, its row says {signed}"
        elif change.requester in signed:
            told = f"{change.requester} asked and signed"
        else:
            over = [one.id for one in history.of(change) if one.kind in ENDS | {"change.reject", "change.cancel",
                    "change.expire"}]  # fmt: skip
            if any(not over or one.id < min(over) for one in signatures):
                told = f"event {signatures[0].id}: signed before it was over"
        if told:
            yield Violation(rule="another_signs", change=f"CR-{change.id}", evidence=told)


def _reviews(history: History, change: Change) -> list[Review]:
    return [one for one in history.reviews if one.change == change.id]
