"""Who may read what is on record of a change."""

from collections.abc import Collection

from bot.domain.change import Change
from bot.domain.errors import Refusal
from bot.domain.policy import Person


class NotForYou(Refusal):
    """It is for the requester, for who decided or reviews it, and for auditors. Facts: ``change``, ``requester``."""

    code = "not_for_you"


def may_read(person: Person, change: Change, *, deciders: Collection[str], auditors: Collection[str]) -> None:
    """Let who asked for ``change`` pass, who decided on it, and full members among the ``auditors``.

    Who may sign its review is one of the latter for as long as nobody did; then who signed it is one who decided.

    Raises:
        NotForYou: somebody else.
    """
    if person.id not in {change.requester, *deciders} and not (person.is_full_member and person.id in auditors):
        raise NotForYou(change=change.name, requester=change.requester)
