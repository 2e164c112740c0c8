"""One pipeline for every log line, and nothing secret in it."""

import io
import json
import logging
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from bot import logs
from bot.redaction import MARK

CANARY = "c4n4ry/key+with=signs"
SENTENCE = f"the key is {CANARY}"
Configure = Callable[..., io.StringIO]


@pytest.fixture
def configure() -> Iterator[Configure]:
    """Return a function that configures logging onto a new stream; everything is put back afterwards."""
    loggers = [logging.getLogger(name) for name in (None, *logs.LIBRARIES)]
    before = [(logger, logger.handlers[:], logger.level, logger.propagate) for logger in loggers]

    def to_stream(log_format: logs.Format | None = "json", level: str = "INFO") -> io.StringIO:
        stream = io.StringIO()
        logs.configure(log_format, level, [CANARY], stream=stream)
        return stream

    yield to_stream
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    for logger, handlers, level, propagate in before:
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)


class Shows:
    def __repr__(self) -> str:
        return f"Shows({CANARY})"


def fail() -> None:
    known = {"local": "v4riable"}
    try:
        known[CANARY]
    except KeyError as error:
        error.add_note(f"note {CANARY}")
        raise ValueError(CANARY.encode()) from error


def log_traceback(log: Any) -> None:  # noqa: ANN401 - both kinds of loggers
    try:
        fail()
    except ValueError:
        log.exception("it failed with %s" if isinstance(log, logging.Logger) else "it failed")


OURS: dict[str, Callable[[Any], object]] = {
    "event": lambda log: log.info(SENTENCE),
    "value": lambda log: log.info("x", key=CANARY),
    "nested": lambda log: log.info("x", a={"b": [{"c": (CANARY, {CANARY})}]}),
    "key": lambda log: log.info("x", a={CANARY: 1}),
    "bytes": lambda log: log.info("x", a=CANARY.encode(), b=[bytearray(CANARY.encode())]),
    "object": lambda log: log.info("x", a=Shows(), b=[Shows()]),
    "bound": lambda log: log.bind(a=CANARY).info("x"),
    "exception value": lambda log: log.info("x", a=ValueError(CANARY)),
    "traceback": log_traceback,
    "positional": lambda log: log.info("x %s", CANARY),
    "event that is no text": lambda log: log.info({"a": CANARY}),
}
THEIRS: dict[str, Callable[[logging.Logger], object]] = {
    "message": lambda log: log.warning(SENTENCE),
    "args": lambda log: log.warning("key %s %r", CANARY, CANARY.encode()),
    "mapping": lambda log: log.warning("%(a)s", {"a": [CANARY]}),
    "object": lambda log: log.warning("%s", Shows()),
    "message that is no text": lambda log: log.warning({"a": CANARY}),
    "traceback": log_traceback,
    "extra": lambda log: log.warning("x", extra={"a": CANARY}),
    "too many args": lambda log: log.warning(*("%d", CANARY, CANARY)),
}


@pytest.mark.parametrize("log_format", ["json", "text"])
@pytest.mark.parametrize("place", OURS)
def test_a_secret_in_a_line_of_ours_is_redacted(configure: Configure, log_format: str, place: str) -> None:
    stream = configure(log_format)

    OURS[place](structlog.get_logger("bot.test"))

    assert CANARY not in stream.getvalue()
    assert MARK in stream.getvalue()


@pytest.mark.parametrize("log_format", ["json", "text"])
@pytest.mark.parametrize("place", THEIRS)
@pytest.mark.parametrize("name", logs.LIBRARIES)
def test_a_secret_in_a_line_of_a_library_is_redacted(
    configure: Configure, log_format: str, place: str, name: str
) -> None:
    stream = configure(log_format)

    THEIRS[place](logging.getLogger(f"{name}.part"))

    assert CANARY not in stream.getvalue()
    assert f"{name}.part" in stream.getvalue()
    assert "c4n4ry" not in stream.getvalue()


def test_a_line_that_cannot_be_written_tells_its_place_and_not_its_arguments(configure: Configure) -> None:
    stream = configure()

    logging.getLogger("aiohttp.client").warning("%d", CANARY)

    line = json.loads(stream.getvalue())
    assert (line["event"], line["logger"], line["level"]) == ("unwritable log line", "aiohttp.client", "warning")
    assert "test_logs.py:" in line["at"]


def test_a_traceback_shows_where_and_why_but_no_locals(configure: Configure) -> None:
    stream = configure()

    log_traceback(structlog.get_logger("bot.test"))

    text = json.loads(stream.getvalue())["exception"]
    assert "in fail" in text
    assert "ValueError" in text
    assert "KeyError" in text
    assert "v4riable" not in text


def test_a_json_line_says_when_who_and_how_grave(configure: Configure) -> None:
    stream = configure()

    structlog.get_logger("bot.slack.app").warning("card posted", attempt=2, text="中文")

    line = json.loads(stream.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "card posted", "level": "warning", "logger": "bot.slack.app", "attempt": 2, "text": "中文"}


def test_what_a_line_is_about_stands_in_lines_of_ours_and_of_libraries(configure: Configure) -> None:
    stream = configure()

    with bound_contextvars(change="CR-7", request_id="r-1", user="U1", channel="C1"):
        structlog.get_logger("bot.test").info("ours")
        logging.getLogger("slack_sdk").warning("theirs")
    structlog.get_logger("bot.test").info("after")

    ours, theirs, after = map(json.loads, stream.getvalue().splitlines())
    about = {"change": "CR-7", "request_id": "r-1", "user": "U1", "channel": "C1"}
    assert about.items() <= ours.items()
    assert about.items() <= theirs.items()
    assert not about.keys() & after.keys()


def test_text_is_for_people_one_line_an_event(configure: Configure) -> None:
    stream = configure("text")

    structlog.get_logger("bot.test").info("card posted", change="CR-7")

    assert "card posted" in stream.getvalue()
    assert "change=CR-7" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_without_a_format_a_stream_that_is_no_terminal_gets_json(configure: Configure) -> None:
    stream = configure(None)

    structlog.get_logger("bot.test").info("x")

    assert json.loads(stream.getvalue())["event"] == "x"


@pytest.mark.parametrize("name", sorted(set(logs.LIBRARIES) - {"alembic"}))
def test_the_housekeeping_of_libraries_is_not_written(configure: Configure, name: str) -> None:
    stream = configure(level="DEBUG")

    logging.getLogger(f"{name}.part").info("housekeeping")

    assert stream.getvalue() == ""


def test_the_level_holds_for_everybody(configure: Configure) -> None:
    stream = configure(level="ERROR")

    structlog.get_logger("bot.test").warning("quiet")
    logging.getLogger("alembic").warning("quiet")
    structlog.get_logger("bot.test").error("loud")

    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["loud"]


def test_configuring_twice_writes_a_line_once(configure: Configure) -> None:
    configure()
    stream = configure()

    logging.getLogger("dbos").warning("once")

    assert len(stream.getvalue().splitlines()) == 1


def test_python_warnings_are_lines_too(configure: Configure) -> None:
    stream = configure()

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(SENTENCE, UserWarning, stacklevel=1)

    assert f"the key is {MARK}" in json.loads(stream.getvalue())["event"]
