"""Where every log line goes: one pipeline to standard error, ours and the libraries', without secrets.

What a line is about is bound once with ``structlog.contextvars.bound_contextvars(change=..., request_id=..., user=...,
channel=...)`` and stands in every line written within, a library's included.
"""

import contextlib
import json
import logging
import sys
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.redaction import Redaction

Format = Literal["json", "text"]

# What a library says at INFO is housekeeping, or worse: httpx logs signed URLs, slack_bolt the bodies it rejects.
LIBRARIES: Final = MappingProxyType(
    {
        "aiohttp": logging.WARNING,
        "aiosqlite": logging.WARNING,
        "alembic": logging.INFO,  # which migration ran
        "asyncio": logging.WARNING,
        "dbos": logging.WARNING,
        "httpcore": logging.WARNING,
        "httpx": logging.WARNING,
        "slack_bolt": logging.WARNING,
        "slack_sdk": logging.WARNING,
        "sqlalchemy": logging.WARNING,
        "uvicorn": logging.WARNING,
        "websockets": logging.WARNING,
    }
)
_OWN_CONSOLE: Final = "dbos"  # adds a console of its own at launch, unless its logger has a handler already


def configure(log_format: Format | None, level: str, secrets: Iterable[str], *, stream: TextIO | None = None) -> None:
    """Send every log line to ``stream`` (standard error), as ``log_format``, from ``level`` on.

    ``log_format`` None means text on a terminal and JSON lines elsewhere. ``level`` is a name of the logging module.
    ``secrets`` are the clear values that must not be written; so are the shapes that ``bot.redaction`` knows.
    """
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = _Lines(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,  # Python's own traceback: it shows no locals
                _Redact(Redaction(secrets)),
                _renderer(log_format, stream),
            ],
        )
    )
    _route(handler, level)


class _Lines(logging.StreamHandler[TextIO]):
    """Writes lines; of a line that can't be written it tells the place, never the arguments."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name logging calls
        # The default prints the record's arguments as they are, secrets included.
        place = {"event": "unwritable log line", "logger": record.name, "at": f"{record.pathname}:{record.lineno}"}
        with contextlib.suppress(OSError, ValueError):  # the stream itself is gone
            self.stream.write(json.dumps({**place, "level": record.levelname.lower()}) + self.terminator)


class _Redact:
    """The last processor before rendering: nothing is added to a line after it."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        redacted = self._redaction.value(event)
        return redacted if isinstance(redacted, dict) else {}


def _renderer(log_format: Format | None, stream: TextIO) -> Processor:
    terminal = stream.isatty()
    if log_format == "text" or (log_format is None and terminal):
        return structlog.dev.ConsoleRenderer(colors=terminal, exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _route(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, quietest in LIBRARIES.items():
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(max(quietest, root.level))
    own_console = logging.getLogger(_OWN_CONSOLE)
    own_console.addHandler(handler)
    own_console.propagate = False
    logging.captureWarnings(capture=True)
