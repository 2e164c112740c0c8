"""Every error code, what it means, and where an answer carries it."""

import re
from enum import StrEnum

from bot.cloud.codes_v2 import BY_NAME, COMMON, MODULE
from bot.cloud.codes_v3 import CODES
from bot.cloud.meanings import UNHEARD_OF, Meaning

UNKNOWN = "unknown"  # names the text for a code that no document has


class Ours(StrEnum):
    """Our codes for calls whose answer names none."""

    CONNECTION_REFUSED = "connection_refused"
    STOOD_STILL = "stood_still"
    NAME_NOT_RESOLVED = "name_not_resolved"
    CONNECT_TIMEOUT = "connect_timeout"
    TLS_FAILED = "tls_failed"
    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection_lost"
    HTTP_STATUS = "http_status"
    NOT_JSON = "not_json"
    UNREADABLE = "unreadable"
    NO_TASK_ID = "no_task_id"


_MEANINGS: dict[str, Meaning] = {**COMMON, **{code: meaning for code, (_, meaning) in MODULE.items()}, **CODES}
EVERY_CODE = frozenset({*_MEANINGS, *Ours, UNKNOWN})

# The number in parentheses that starts a v2 failure's message; fact sheet, section 6.1.
_MODULE_CODE = re.compile(r"\s*\((-?[0-9]{1,9})\)")


def meaning_of(code: str) -> Meaning:
    """Return what the cloud's ``code`` means; a 3.0 code nobody wrote down means what its family does."""
    return _MEANINGS.get(code) or _MEANINGS.get(code.partition(".")[0], UNHEARD_OF)


def text_key(code: str) -> str:
    """Return the entry of ``bot/texts/cloud.*.toml`` that speaks of ``code``: itself, its family, or ``unknown``."""
    return next((key for key in (code, code.partition(".")[0]) if key in EVERY_CODE), UNKNOWN)


def v2_code(code: int, message: str, description: str) -> str:
    """Return the most telling code of a v2 failure; fact sheet, section 6.1, client rule.

    ``code`` is the answer's own and not 0, ``message`` may start with a module code in parentheses, ``description``
    is its codeDesc and may hold a module code's dotted name.
    """
    found = _MODULE_CODE.match(message)
    if found and int(found[1]):
        return str(int(found[1]))
    if str(code) in MODULE:
        return str(code)
    return BY_NAME.get(description, str(code))
