"""The named moments at which something can go wrong: what crosses a link, and what a bot says it does."""

from dataclasses import dataclass

from tests.chaos.bots import Line, Link
from tests.chaos.proxy import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """``says`` is about to cross ``link`` (``request``), or its answer is (``answer``).

    ``posted`` is what Slack says where it posts to the bot, over its link of requests, what else comes by Socket Mode.
    """

    name: str
    link: Link
    says: bytes
    side: Side
    by_server: bool = False
    posted: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A bot has just written the line ``event``, of the step ``step`` if there is one."""

    name: str
    event: str
    step: str = ""

    def fits(self, line: Line) -> bool:
        """Say whether ``line`` is that line."""
        return line.get("event") == self.event and (not self.step or line.get("step") == self.step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anytime:
    """``seconds`` after the round began."""

    seconds: float

    @property
    def name(self) -> str:
        """Return how a report calls it."""
        return f"after {self.seconds:.1f} s"


Moment = Crossing | Logged | Anytime

_CLOUD = {"the modify call": b"BackendProbePort", "a poll of the task": b"TaskResult",
          "a read of backends": b"DescribeL4Backends"}  # fmt: skip
_SLACK = {
    "a first post": b"/api/chat.postMessage",
    "an edit": b"/api/chat.update",
    "a personal answer": b"/api/chat.postEphemeral",
    "a look for the channel": b"/api/conversations.info",
    "a look at a person": b"/api/users.info",
    "a look for a lost post": b"/api/conversations.replies",
    "a form": b"/api/views.open",
    "a notice": b"notice:",  # what the metadata of one say it is for
}
_DATABASE = {
    "a commit": b"COMMIT",
    "a mark": b"INSERT INTO attempts",
    "an intake": b"INSERT INTO intake",
    "an event": b"INSERT INTO events",
    "a freeze": b"INSERT INTO freezes",
    "the end of a freeze": b"UPDATE freezes",
    "a grant": b"INSERT INTO grants",
    "a use of a grant": b"UPDATE grants SET used",
    "a breaking of the glass": b"INSERT INTO reviews",
    "a signature": b"UPDATE reviews",
    "a start that is due": b"UPDATE changes SET turn",
}
VERBS = {"freeze": "a freeze", "unfreeze": "the end of a freeze", "grant": "a grant", "revoke": "the end of a grant",
         "emergency": "an emergency", "review": "a review"}  # fmt: skip
_STEPS = ("checking", "calling", "following", "settling", "verifying", "watching", "waiting")


def _crossings(link: Link, what: dict[str, bytes]) -> list[Moment]:
    sides: tuple[tuple[str, Side], ...] = (("before", "request"), ("after", "answer"))
    return [
        Crossing(name=f"{when} {name}", link=link, says=says, side=side)
        for name, says in what.items()
        for when, side in sides
    ]


ENVELOPES: tuple[Moment, ...] = tuple(
    Crossing(name=f"as {name} arrives", link=Link.SLACK, says=says, side="request", by_server=True, posted=posted)
    for name, says, posted in (
        ("a command", b'"slash_commands"', b"&command="),
        ("a click", b'"block_actions"', b"%22block_actions%22"),
        ("a form's answer", b'"view_submission"', b"%22view_submission%22"),
        *((name, f'"text": "{verb} '.encode(), f"text={verb}+".encode()) for verb, name in VERBS.items()),
    )
)
LOGGED: tuple[Moment, ...] = (
    *(Logged(name=f"{step} began", event="step", step=step) for step in _STEPS),
    Logged(name="the call was answered", event="called"),
    Logged(name="a run ended", event="ended"),
    Logged(name="a change was opened", event="opened"),
)
ON_ANY: tuple[Moment, ...] = (*_crossings(Link.CLOUD, _CLOUD), *_crossings(Link.SLACK, _SLACK), *ENVELOPES, *LOGGED)
ON_POSTGRESQL: tuple[Moment, ...] = (*ON_ANY, *_crossings(Link.DATABASE, _DATABASE))
# Where the rule of the one write is at stake: chance comes back to these more often than to others.
CRUCIAL: tuple[Moment, ...] = tuple(
    one
    for one in ON_ANY
    if one.name in {"before the modify call", "after the modify call", "calling began", "the call was answered"}
)
FREQUENT = frozenset({"before a commit", "after a commit", "before an event", "after an event", "before an edit",
                      "after an edit", "before a read of backends", "after a read of backends", "before a first post",
                      "after a first post"})  # fmt: skip # any of the first few
