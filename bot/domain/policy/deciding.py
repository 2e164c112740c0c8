"""Who may click, and until when; what the rules ask of an approver stands in ``allowing``."""

from dataclasses import dataclass

from bot.domain.change import Change, State
from bot.domain.errors import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who clicked, as the chat says right now. ``language`` is ``en`` or ``zh``."""

    id: str
    member: bool  # of this workspace, not of another one
    active: bool
    human: bool
    guest: bool
    language: str

    @property
    def is_full_member(self) -> bool:
        """Whether they are somebody who may decide at all: a full, active, human member."""
        return self.human and self.member and self.active and not self.guest


class OwnRequest(Refusal):
    """The requester can't be the second person. Facts: ``change``."""

    code = "own_request"


class NotAMember(Refusal):
    """People of another workspace can't decide. Facts: ``change``."""

    code = "not_a_member"


class NotActive(Refusal):
    """A deactivated account can't decide. Facts: ``change``."""

    code = "not_active"


class NotHuman(Refusal):
    """A bot can't decide. Facts: ``change``."""

    code = "not_human"


class Guest(Refusal):
    """A guest can't decide. Facts: ``change``."""

    code = "guest"


class NotYours(Refusal):
    """Only the requester takes a change back. Facts: ``change``, ``requester``."""

    code = "not_yours"


class AlreadyDecided(Refusal):
    """Somebody was faster. Facts: ``change``, ``state``, ``by``, ``at`` (seconds since the epoch)."""

    code = "already_decided"


class TooLate(Refusal):
    """Nobody decided in time. Facts: ``change``, ``at`` (when it expired)."""

    code = "too_late"


class OldCard(Refusal):
    """The card was renewed since. Facts: ``change``."""

    code = "old_card"


class NotUnknown(Refusal):
    """The outcome is known already. Facts: ``change``, ``state``."""

    code = "not_unknown"


def must_be_member(person: Person, change: Change) -> None:
    """Let only full, active, human members of this workspace pass.

    Raises:
        Refusal: one of the classes above.
    """
    if not person.human:
        raise NotHuman(change=change.name)
    if not person.member:
        raise NotAMember(change=change.name)
    if not person.active:
        raise NotActive(change=change.name)
    if person.guest:
        raise Guest(change=change.name)


def must_be_current(change: Change, version: int, *, now: float) -> None:
    """Let a click pass only on the newest card of a change that still waits.

    Raises:
        Refusal: ``AlreadyDecided``, ``TooLate`` or ``OldCard``.
    """
    if change.state is State.EXPIRED or (change.state is State.PENDING and now >= change.expires_at):
        raise TooLate(change=change.name, at=change.expires_at)
    if change.state is not State.PENDING:
        by, at = change.decided_by or change.requester, change.decided_at or change.created_at
        raise AlreadyDecided(change=change.name, state=change.state, by=by, at=at)
    if change.version != version:
        raise OldCard(change=change.name)
