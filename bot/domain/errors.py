"""What can go wrong, as types that carry facts; the sentences live in ``bot/texts``.

* Refusal                 an expected no: nothing was done; ``code`` names its text
* CloudError              a cloud call that didn't answer yes
  x CallNotSent           nothing left this machine: safe to send again
    x CallHeld            this process itself kept it from leaving
  x CallRefused           the cloud answered no: it did not happen
  x CallUnanswered        it may or may not have happened: ask before repeating
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import ClassVar


class Refusal(Exception):
    """An expected no, with the facts its sentence needs.

    ``code`` names the text in ``bot/texts`` (``refusal.<code>``).
    """

    code: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        super().__init__(type(self).__name__, facts)
        self.facts = facts

    def __reduce__(self) -> "tuple[Callable[..., Refusal], tuple[()]]":
        # The default pickling calls the class with positional arguments and would lose the facts.
        return partial(type(self), **self.facts), ()

    def __str__(self) -> str:
        """Return the code and the facts, for logs."""
        return f"{self.code} {self.facts}"


class NotTold(Refusal):
    """Those who know who people and channels are did not tell, so nothing can be decided now; later they may."""


class Blame(StrEnum):
    """Whose turn it is after a cloud error (fact sheet, sections 6.2, 6.3, 9.6)."""

    INPUT = "input"  # the request must change
    STATE = "state"  # another state or another moment may succeed
    AUTH = "auth"  # keys, rights or clock
    QUOTA = "quota"  # limits and rates
    SERVER = "server"  # the cloud's own fault
    NETWORK = "network"  # no answer, or none that can be read


class CloudError(Exception):
    """A cloud call that didn't answer yes.

    ``code`` is the code as the cloud names it, sign included (``"-21001"``, ``"AuthFailure.SignatureExpire"``),
    or one of ours for answers that name none (``"timeout"``). ``blame`` says whose turn it is, ``retryable`` whether
    a *read* may be repeated unchanged. ``request_id`` is the cloud's call id, ``""`` where it gave none.
    ``message`` is the cloud's own sentence, for the record. ``skew`` is the cloud's clock minus ours in seconds
    where the answer let us measure it.
    """

    def __init__(
        self,
        code: str,
        *,
        action: str,
        blame: Blame,
        retryable: bool = False,
        message: str = "",
        request_id: str = "",
        skew: float | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.action = action
        self.blame = blame
        self.retryable = retryable
        self.message = message
        self.request_id = request_id
        self.skew = skew

    def __reduce__(self) -> "tuple[Callable[..., CloudError], tuple[str]]":
        facts = {name: value for name, value in vars(self).items() if name != "code"}
        return partial(type(self), **facts), (self.code,)

    def __str__(self) -> str:
        """Return ``Request <id>: <action>: <code> <message>``, for logs."""
        return f"Request {self.request_id or '-'}: {self.action}: {self.code} {self.message}".rstrip()


class CallNotSent(CloudError):
    """Nothing left this machine: safe to send again."""


class CallHeld(CallNotSent):
    """This process kept it from leaving: it stood still, and can't tell whether it still may call."""


class CallRefused(CloudError):
    """The cloud answered no: it did not happen."""


class CallUnanswered(CloudError):
    """It may or may not have happened: ask before repeating."""
