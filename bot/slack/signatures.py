"""Whether a request is Slack's and new, and how one that isn't is turned away (Slack fact sheet, section 7)."""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from slack_sdk.signature import Clock, SignatureVerifier

BODY_MOST = 1 << 20  # bytes; a view of 250 kB, the most Slack takes, is three times that when form-encoded
WINDOW = 300.0  # seconds that a signature is good for, before and after
SEEN_MOST = 50_000  # signatures remembered: some 10 MB
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_TIMESTAMP = re.compile(r"[0-9]{1,11}")


class Why(StrEnum):
    """Why a request does not pass, for the log."""

    FORM = "no signature, or no time, of the form that Slack uses"
    OLD = "signed too long ago, or in the future: is this machine's clock right?"
    WRONG = "a wrong signature: is SLACK_SIGNING_SECRET the one of this app?"
    AGAIN = "the same request came before"
    NOT_UTF8 = "a body that is not UTF-8"
    NOT_FORM = "a body that is no form data"
    NOT_JSON = "a payload that is no JSON object"
    NEITHER = "neither a command nor a payload"
    LARGE = "a body too large"
    SLOW = "a body that did not come in time"
    ELSEWHERE = "not the path or the method for Slack's requests"


class Turned(Exception):
    """A request that does not pass: why, and what it is answered."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why
        self.status, self.says = _ANSWERS.get(why, _UNREADABLE)


_UNSIGNED = (HTTPStatus.UNAUTHORIZED, "This request was not signed by Slack just now.")
_UNREADABLE = (HTTPStatus.BAD_REQUEST, "The body of this request can't be read.")
_ANSWERS: Final[Mapping[Why, tuple[HTTPStatus, str]]] = MappingProxyType(
    {
        **dict.fromkeys((Why.FORM, Why.OLD, Why.WRONG, Why.AGAIN), _UNSIGNED),
        Why.LARGE: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body has at most {BODY_MOST} bytes."),
        Why.SLOW: (HTTPStatus.REQUEST_TIMEOUT, "The body of this request did not come in time."),
    }
)


class _Now(Clock):
    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now

    def now(self) -> float:
        return self._now()


class Signatures:
    """Whether a request is Slack's, and new. ``now`` is in seconds since the epoch.

    At most ``most`` signatures are remembered, those of the last minutes; only Slack can make one, so nobody else can
    crowd them out. A replay that reaches another process passes there: what it asks for is stored already.
    """

    def __init__(self, secret: str, now: Callable[[], float], *, most: int = SEEN_MOST) -> None:
        self._verifier = SignatureVerifier(secret, _Now(now))
        self._now = now
        self._most = most
        self._seen: OrderedDict[str, float] = OrderedDict()  # and until when the same signature would be good

    @property
    def remembered(self) -> int:
        """How many signatures are remembered now."""
        return len(self._seen)

    def check(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Let a request pass once.

        Raises:
            Turned: its signature is missing, wrong, too old, from the future, or was seen before.
        """
        signature = headers.get("x-slack-signature", "")
        timestamp = headers.get("x-slack-request-timestamp", "")
        if not _SIGNATURE.fullmatch(signature) or not _TIMESTAMP.fullmatch(timestamp):
            raise Turned(Why.FORM)
        if abs(self._now() - int(timestamp)) > WINDOW:
            raise Turned(Why.OLD)
        if not self._verifier.is_valid(body, timestamp, signature):
            raise Turned(Why.WRONG)
        if signature in self._seen:
            raise Turned(Why.AGAIN)
        self._remember(signature, int(timestamp) + WINDOW)

    def _remember(self, signature: str, until: float) -> None:
        self._seen[signature] = until
        while len(self._seen) > self._most or next(iter(self._seen.values())) < self._now():
            self._seen.popitem(last=False)
