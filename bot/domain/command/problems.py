"""What can be wrong with a command, as codes and facts; the sentences live in ``bot/texts``."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors import Refusal

CUT = "[redacted]"  # stands in text from which a secret was cut out before it was read here
SHOWN_MAX = 60  # characters of somebody's text that a refusal repeats
MANY = 5  # of one kind; a refusal that repeats more helps nobody

# What a key pair looks like in text: Tencent's key ids begin with AKID; names as in the seed's request and in tccli.
_SECRET = re.compile(
    r"AKID[0-9A-Za-z]{8,}"
    r"|secret_?(?:id|key)[\"']?\s?[=＝:：]\s?\S+|-{1,2}secret_?(?:id|key)\s\S+"
    r"|(?:signature|token)\s?[=＝]\s?\S+",
    re.IGNORECASE,
)


class ProblemCode(StrEnum):
    """Every way in which a command can be wrong. What ``Problem`` holds for each stands behind it."""

    VERB_MISSING = "verb_missing"  # allowed: the verbs
    UNKNOWN_VERB = "unknown_verb"  # value: what stood there; allowed: the nearest verb, or all of them
    DECIDE_ON_CARD = "decide_on_card"  # value: the word for what the card's buttons do, or the card shows
    CHANGE_MISSING = "change_missing"  # a command about one change that names none; allowed: an example
    ACTION_MISSING = "action_missing"  # a pasted request that names no action; allowed: the actions we know
    OTHER_ACTION = "other_action"  # value: the pasted action; allowed: the actions we know
    MISSING_FIELD = "missing_field"  # field; allowed: an example
    MALFORMED_ID = "malformed_id"  # field, value; allowed: an example
    WRONG_KIND_OF_ID = "wrong_kind_of_id"  # field: where it stands; value: an id of another kind; allowed: an example
    NOT_A_NUMBER = "not_a_number"  # field, value; allowed: least and most
    PORT_OUT_OF_RANGE = "port_out_of_range"  # field, value; allowed: least and most
    PORTS_GLUED = "ports_glued"  # field: probe_port; value: host:port:port; allowed: the two words it should be
    ARROW = "arrow"  # field whose value is unclear, value: "8080 → 12345"; allowed: the new value
    EXTRA_NUMBER = "extra_number"  # field: probe_port; value: a number that may be meant; allowed: all that may be
    FIELD_TWICE = "field_twice"  # field; allowed: the values given, in the order they were written
    FIELD_IN_REASON = "field_in_reason"  # field, value: found after the reason began
    UNKNOWN_KEY = "unknown_key"  # value: the key; allowed: the nearest names, or all of them
    EXTRA_WORDS = "extra_words"  # value: words that are neither a field nor a reason
    END_MISSING = "end_missing"  # a freeze that doesn't say until when; allowed: examples
    MALFORMED_END = "malformed_end"  # value: what stands where a freeze says until when; allowed: examples
    NOT_A_MOMENT = "not_a_moment"  # field: at; value; allowed: examples
    TWO_STARTS = "two_starts"  # field: at; allowed: both options, each with its value
    OPTION_IN_REASON = "option_in_reason"  # field; value: the option, found between the words of the reason
    MAYBE_START = "maybe_start"  # field: at; value: how the reason begins, "at 02:00"; allowed: the option it may mean
    MALFORMED = "malformed"  # field, value: what stands there; allowed: examples
    GRANT_MISSING = "grant_missing"  # a command about one grant that names none; allowed: an example
    STARTS_AT_ONCE = "starts_at_once"  # field: at; value: what says, or could say, when an emergency is to start
    EMERGENCY_PREVIEWED = "emergency_previewed"  # field: verb; value: the word that asks for an emergency
    REASON_MISSING = "reason_missing"  # field: reason
    REASON_TOO_SHORT = "reason_too_short"  # field: reason; value: its length; allowed: the least, in visible characters
    REASON_TOO_LONG = "reason_too_long"  # field: reason; value: its length; allowed: the most, in characters
    NOTE_MISSING = "note_missing"  # a review that says nothing
    NOTE_TOO_LONG = "note_too_long"  # value: its length; allowed: the most, in characters
    SECRET_IN_NOTE = "secret_in_note"  # noqa: S105 - a code; a review that seems to hold a key
    SECRET_IN_REASON = "secret_in_reason"  # noqa: S105 - a code; field: reason, which seems to hold a key


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong.

    ``field`` is a field's name, ``verb``, ``reason`` or ``""``. ``value`` is what was written there, at most
    ``SHOWN_MAX`` characters, without anything that looks like a key. ``allowed`` depends on the code.
    """

    code: ProblemCode
    field: str = ""
    value: str = ""
    allowed: tuple[str, ...] = ()


class NotUnderstood(Refusal):
    """A command that could not be read without guessing.

    Facts: ``understood`` (text by field name, and ``verb``), ``problems`` (tuple of ``Problem``, at least one),
    ``corrected`` (a line to copy, beginning with the verb; what only the person can know is a ``<placeholder>``).
    """

    code = "not_understood"


def holds_secret(text: str) -> bool:
    """Say whether ``text`` seems to hold a key, a signature or a token, or held one that was cut out.

    Nobody may be asked to approve words that somebody else's words were made into.
    """
    return CUT in text or _SECRET.search(text) is not None


def shown(text: str) -> str:
    """Return somebody's text as a refusal may repeat it: without secrets, and short."""
    safe = _SECRET.sub("…", text)
    return safe if len(safe) <= SHOWN_MAX else safe[: SHOWN_MAX - 1] + "…"
