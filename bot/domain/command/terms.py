"""What a grant says besides its reason, what that is called, and how it is written."""

from bot.domain.command.fields import IDS, REASON, kind, problem_with
from bot.domain.command.naming import begins_named, names
from bot.domain.command.normalise import escaped
from bot.domain.command.problems import Problem
from bot.domain.command.reasons import MARKER
from bot.domain.operation import SetProbePort

VERB = "operation"
LASTS, USES, BACKENDS = "duration", "uses", "backends"  # what a grant has besides an operation's fields
LASTS_EXAMPLES, USES_EXAMPLES = ("for 30m", "for 2h"), ("3 uses", "1 use")
BACKENDS_MOST = 20  # of one grant
FIELDS = {one.name: one for one in SetProbePort.description.fields}
FOR = frozenset({"for", "持续"})
NAMES = names(**{VERB: ("verb", "操作"), LASTS: sorted(FOR), USES: ("次数",)})
ALLOWED = (VERB, *IDS, "port", LASTS, USES, REASON)


def backend_problem(backend: str) -> Problem | None:
    """Return why ``backend`` can't be a backend's host and port, or None where it can."""
    host, _, port = backend.partition(":")
    return problem_with(FIELDS["host"], host) or problem_with(FIELDS["port"], port or "<port>")


def as_written(reason: str) -> str:
    """Return ``reason`` so that it is read back, with a marker before what could be read as a value."""
    is_plain = reason[:1].isalpha() and not kind(reason) and not begins_named(reason, NAMES)
    return escaped(reason) if is_plain or not reason else f"{MARKER} {escaped(reason)}"
