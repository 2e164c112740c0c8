"""What can be done to a round, as values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.chaos.bots import Link
from tests.chaos.moments import Moment
from tests.chaos.proxy import Way

# A held request must arrive before the settle window ends: what comes later is another call (setting.py).
CUT_SECONDS, PAUSE_SECONDS, DOWN_SECONDS = (0.2, 2.0), (0.5, 3.0), (0.0, 1.5)
# Where there are replicas, some stay away for longer than the 10 s after which others go on with their runs.
LONG_SECONDS = (10.5, 13.0)
DATABASE_SECONDS = ((0.5, 3.0), (0.5, 3.0), (10.5, 13.0))  # the last outlasts every wait for a lock
DELAY_SECONDS = 0.3
FULL_SECONDS = (0.5, 5.0)
SLACK_SECONDS = (0.5, 5.0)
AGAIN_SECONDS = (0.5, 3.0)  # after a start: ready or not


class Deed(StrEnum):
    """What happens to a bot or to one of its links, or what Slack's administrator does."""

    KILL = "kill"
    PAUSE = "pause"
    CUT = "cut"
    FILL = "fill its disk"
    ARCHIVE = "archive the channel"
    REMOVE = "remove the bot from the channel"
    DELETE = "delete a message"
    REVOKE = "revoke the token"


AT_SLACK = (Deed.ARCHIVE, Deed.REMOVE, Deed.DELETE, Deed.REVOKE)
TO_BOTS = (Deed.KILL, Deed.PAUSE, Deed.CUT)
TO_ONE_WITH_A_FILE = (*TO_BOTS, Deed.FILL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """At the ``nth`` occurrence of ``moment``: ``deed``, for ``seconds``.

    ``again`` is after how many seconds of its next start a killed bot is killed once more, None for not at all;
    ``bot`` and ``link`` say whose turn it is where the moment itself doesn't; ``way`` belongs to a cut; ``passes`` says
    whether what a bot had sent when it was killed still crosses; ``card`` whether the newest card is deleted, or the
    newest message in a thread.
    """

    moment: Moment
    deed: Deed
    seconds: float
    nth: int = 1
    way: Way = Way.REFUSE
    bot: int = 0
    link: Link = Link.CLOUD
    passes: bool = False
    card: bool = True
    again: float | None = None

    def __str__(self) -> str:
        """Return one line for a report."""
        what = f"cut the link ({self.way})" if self.deed is Deed.CUT else str(self.deed)
        if self.deed is Deed.DELETE:
            return f"{self.moment.name} (time {self.nth}): delete {'a card' if self.card else 'a message in a thread'}"
        return f"{self.moment.name} (time {self.nth}): {what} for {self.seconds:.1f} s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An order to one of the sandboxes, or to the database's server, given after ``delay`` seconds.

    ``what`` is ``faults`` or ``tasks``, and for the database a way to fail, for ``seconds`` (database.py).
    """

    to: Link
    what: str
    order: dict[str, Any]
    delay: float

    def __str__(self) -> str:
        """Return one line for a report."""
        return f"after {self.delay:.1f} s: {self.to} {self.what} {self.order}"


CLOUD_FAULTS: tuple[dict[str, Any], ...] = (
    *({"kind": kind} for kind in ("lose_answer", "refuse_connection_after_read", "http_500", "html",
                                  "http_500_applied", "truncated_json", "no_task_id")),
    {"kind": "answer_late", "seconds": 1.5},
    {"kind": "error", "code": 4400},
)  # fmt: skip
ACTIONS = ("ModifyBmL4ListenerBackendProbePort", "DescribeL4Backends", "DescribeBmLoadBalancersTaskResult", "*")
OUTCOMES: tuple[dict[str, Any], ...] = (
    {"outcome": "failed"},
    {"outcome": "failed_but_applied"},
    {"outcome": "stuck", "apply_at": "start"},
    {"outcome": "stuck"},
    {"outcome": "forgotten"},
    {"status": 7},
    {"duration": 2.0},
)
METHODS = ("chat.postMessage", "chat.update", "chat.postEphemeral", "conversations.info", "users.info", "views.open",
           "response_url")  # fmt: skip
SLACK_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "rate_limited", "retry_after": 1},
    *({"kind": kind} for kind in ("http_500", "http_503", "html_body", "drop_before", "drop_after")),
    {"kind": "slow", "seconds": 2},
)
LINE_FAULTS: tuple[dict[str, Any], ...] = (
    *({"kind": kind} for kind in ("connections_open_fails", "handshake_failure", "duplicate_envelope", "ack_lost")),
    *({"kind": "disconnect", "reason": reason} for reason in ("warning", "refresh_requested", "link_disabled")),
    {"kind": "reconnect_storm", "n": 2},
    {"kind": "revoked_token", "times": 0},  # until all is mended
)
