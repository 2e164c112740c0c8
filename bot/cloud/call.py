"""One call to the cloud, and the errors it can end in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from bot.cloud.codes import Ours, meaning_of
from bot.cloud.sign_v1 import Value
from bot.domain.errors import Blame, CallRefused, CallUnanswered, CloudError


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One action with its parameters. ``writes`` says whether it changes something in the cloud."""

    action: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    writes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an answer came from, for the error it may turn into.

    ``request_id`` is the cloud's call id, ``skew`` its clock minus ours in seconds, None where it wasn't measured.
    """

    call: Call
    skew: float | None = None
    request_id: str = ""

    def named(self, request_id: str) -> Self:
        """Return this origin with the cloud's call id."""
        return replace(self, request_id=request_id)

    def refusal(self, code: str, message: str) -> CloudError:
        """Return the error that the cloud's ``code`` stands for.

        A write is called refused only where the code surely means that nothing happened.
        """
        meaning = meaning_of(code)
        kind = CallUnanswered if self.call.writes and not meaning.clear else CallRefused
        return kind(
            code,
            action=self.call.action,
            blame=meaning.blame,
            retryable=meaning.retryable,
            message=message,
            request_id=self.request_id,
            skew=self.skew,
        )

    def silence(self, code: Ours, message: str = "", *, retryable: bool = False) -> CallUnanswered:
        """Return the error for an answer that says neither yes nor no."""
        return CallUnanswered(
            code.value,
            action=self.call.action,
            blame=Blame.NETWORK,
            retryable=retryable,
            message=message,
            request_id=self.request_id,
            skew=self.skew,
        )
