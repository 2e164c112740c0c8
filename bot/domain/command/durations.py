"""How long and how often, as people write it: ``30m``, ``2 h``, ``90分钟``; ``3 uses``, ``3x``, ``3次``."""

import re

_DURATION = re.compile(r"(?P<count>[0-9]{1,6}) ?(?P<unit>[a-z]+|分钟|小时|天)", re.IGNORECASE)
_SECONDS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分钟"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "小时"), 3600.0),
    **dict.fromkeys(("d", "day", "days", "天"), 86_400.0),
}
_TIMES = re.compile(r"(?P<count>[0-9]{1,6}) ?(?:x|×|uses?|times?|changes?|次)", re.IGNORECASE)


def duration(text: str) -> float | None:
    """Return the seconds that the plain ``text`` says, 0 included; None where it says none."""
    found = _DURATION.fullmatch(text)
    seconds = _SECONDS.get(found["unit"].lower()) if found else None
    return float(found["count"]) * seconds if found and seconds else None


def times(text: str) -> int | None:
    """Return how often the plain ``text`` says, 0 included; None where it says nothing of it."""
    found = _TIMES.fullmatch(text)
    return int(found["count"]) if found else None
