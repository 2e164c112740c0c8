"""``[windows]``: weekly hours and calendars that rules name."""

import pathlib
import re
from zoneinfo import ZoneInfo

from bot.domain.policy import Spans, Weekly, Window
from bot.policy_file.calendars import Endless, Floating, NotACalendar, spans_of
from bot.policy_file.groups import NAME
from bot.policy_file.problems import Fault
from bot.policy_file.table import Table

WEEKLY_KEYS = {"days": '"mon-fri"', "from": '"01:00"', "to": '"05:00"', "zone": '"Asia/Shanghai"'}
WINDOW_KEYS = {**WEEKLY_KEYS, "calendar": '"year-end.ics"'}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"(?:([01]\d|2[0-3]):([0-5]\d))|24:00", re.ASCII)
_ANY_TIME = Weekly(days=frozenset(range(7)), start=0, end=1440, zone="UTC")  # stands in for what can't be read


def read_windows(top: Table, folder: pathlib.Path) -> dict[str, Window]:
    """Return the windows of the file, by name; calendars are read from beside it, in ``folder``."""
    return {name: _window(name, table, folder) for name, table in top.named("windows", WINDOW_KEYS).items()}


def _window(name: str, table: Table, folder: pathlib.Path) -> Window:
    if not NAME.fullmatch(name):
        table.wrong((), Fault.BAD_NAME, name=name)
    weekly = table.have("days", "from", "to")
    if ("calendar" in table) == bool(weekly):
        table.wrong((), Fault.WINDOW_NEEDS_ONE, name=name)
        return _ANY_TIME
    return _weekly(table) if weekly else _calendar(table, folder)


def _weekly(table: Table) -> Weekly:
    for key in WEEKLY_KEYS:
        table.needs(key)
    start, end = _minute(table, "from"), _minute(table, "to")
    if start == end and table.have("from", "to") == ("from", "to"):
        table.wrong(("to",), Fault.EMPTY_WINDOW)
    zone = _zone(table)
    return Weekly(days=_days(table), start=start, end=end, zone=zone.key if zone else "UTC")


def _days(table: Table) -> frozenset[int]:
    days: set[int] = set()
    for part in table.text("days", "mon-sun").replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            table.wrong(("days",), Fault.BAD_DAYS, value=part)
            continue
        begin = DAYS.index(first)
        length = (DAYS.index(last) - begin) % 7 if dash else 0  # fri-mon passes the week's end
        days.update((begin + step) % 7 for step in range(length + 1))
    return frozenset(days)


def _minute(table: Table, key: str) -> int:
    text = table.text(key, "00:00")
    found = _TIME.fullmatch(text)
    if not found or (key == "from" and text == "24:00"):
        table.wrong((key,), Fault.BAD_TIME, value=text, example=table.example(key))
        return 0
    return int(found[1]) * 60 + int(found[2]) if found[1] else 1440


def _zone(table: Table) -> ZoneInfo | None:
    name = table.text("zone")
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # no such zone, a folder of zones, a path
        table.wrong(("zone",), Fault.BAD_ZONE, value=name)
        return ZoneInfo("UTC")


def _calendar(table: Table, folder: pathlib.Path) -> Window:
    name, zone = table.text("calendar"), _zone(table)
    at, facts = ("calendar",), {"path": name}
    try:
        return spans_of((folder / name).read_text(encoding="utf-8"), zone)
    except OSError as error:
        table.wrong(at, Fault.CALENDAR_UNREADABLE, **facts, error=error.strerror)
    except (UnicodeDecodeError, NotACalendar) as error:
        table.wrong(at, Fault.NOT_A_CALENDAR, **facts, error=error)
    except Floating as floating:
        table.wrong(at, Fault.CALENDAR_NEEDS_ZONE, **facts, event=floating)
    except Endless as endless:
        table.wrong(at, Fault.CALENDAR_TOO_LONG, **facts, event=endless)
    return Spans(())
