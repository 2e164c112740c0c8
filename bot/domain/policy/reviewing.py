"""Who signs the review of an emergency, and when."""

from bot.domain.asks import names
from bot.domain.change import OPEN, Change
from bot.domain.errors import Refusal
from bot.domain.policy.deciding import Person


class NoReview(Refusal):
    """Only emergencies are reviewed, and this was none. Facts: ``change``."""

    code = "no_review"


class ReviewSigned(Refusal):
    """Somebody signed it already. Facts: ``change``, ``by``, ``at`` (seconds since the epoch)."""

    code = "review_signed"


class ReviewTooEarly(Refusal):
    """Nobody can say yet how it ended. Facts: ``change``, ``state``."""

    code = "review_too_early"


class OwnEmergency(Refusal):
    """Who broke the glass can't review it. Facts: ``change``."""

    code = "own_emergency"


class NotAReviewer(Refusal):
    """The policy names others. Facts: ``change``, ``have`` (groups and people's ids)."""

    code = "not_a_reviewer"


def must_be_reviewer(person: Person, groups: frozenset[str], change: Change, *, reviewers: tuple[str, ...]) -> None:
    """Let ``person``, a full member whom ``groups`` hold, sign the review of ``change``; ``reviewers`` are who may.

    Raises:
        Refusal: one of the classes above.
    """
    review = change.review
    if review is None:
        raise NoReview(change=change.name)
    if review.signed_by is not None:
        raise ReviewSigned(change=change.name, by=review.signed_by, at=review.signed_at)
    if person.id == change.requester:
        raise OwnEmergency(change=change.name)
    if not names(reviewers, person.id, groups):
        raise NotAReviewer(change=change.name, have=reviewers)
    if change.state in OPEN:
        raise ReviewTooEarly(change=change.name, state=change.state)
