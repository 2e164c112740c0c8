"""What an error code means for whoever made the call."""

from dataclasses import dataclass

from bot.domain.errors import Blame


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a code means; fact sheet, sections 6.2, 6.3, 9.6, columns "class" and "retry".

    ``retryable`` says whether a read may be repeated unchanged. ``clear`` says whether, as the answer to a write, it
    surely means that nothing happened; where it isn't clear, the state must be read before anything is repeated.
    """

    blame: Blame
    retryable: bool = False
    clear: bool = True


INPUT = Meaning(blame=Blame.INPUT)
STATE = Meaning(blame=Blame.STATE)
AUTH = Meaning(blame=Blame.AUTH)
QUOTA = Meaning(blame=Blame.QUOTA)
RATE = Meaning(blame=Blame.QUOTA, retryable=True)  # refused before anything ran
CLOSED = Meaning(blame=Blame.SERVER, retryable=True)  # the action is switched off for maintenance
PRICING = Meaning(blame=Blame.SERVER)  # the shop's own configuration
REPLAY = Meaning(blame=Blame.AUTH, retryable=True, clear=False)  # the first copy may have been accepted
PARTIAL = Meaning(blame=Blame.STATE, clear=False)
UNSETTLED = Meaning(blame=Blame.STATE, retryable=True, clear=False)  # names no reason
FAULT = Meaning(blame=Blame.SERVER, retryable=True, clear=False)
PUSH_FAULT = Meaning(blame=Blame.SERVER, clear=False)
OVERSIZED = Meaning(blame=Blame.INPUT, clear=False)  # it ran; only its answer was too large
UNHEARD_OF = Meaning(blame=Blame.SERVER, clear=False)  # no document has this code
