"""Records that somebody broke."""

from dataclasses import replace

from tests.chaos.history import History
from tests.chaos.shown import Card, Reply
from tests.unit.chaos.histories import RECORD, changed, sound, without

HEAD = f"The record up to here: `{RECORD[2].hash}`"
SOUND = replace(sound(), cards=(Card(text="CR-1: x\n✅ *Succeeded*", replies=(Reply(purpose="progress", text=""),
                Reply(purpose="result", text=HEAD))), *sound().cards[1:]))  # fmt: skip
BROKEN_RECORDS: list[tuple[str, str, History]] = [
    ("unbroken", "an event was changed", changed("record", 1, actor="U0MALLORY")),
    ("unbroken", "its facts were changed", changed("record", 1, facts='{"n":1}')),
    ("unbroken", "an event is gone", without("record", 1)),
    ("unbroken", "the first event is gone", without("record", 0)),
    ("unbroken", "two changed places", replace(sound(), record=(RECORD[1], RECORD[0], RECORD[2]))),
    ("unbroken", "an event without a hash", changed("record", 2, number=None, previous=None, hash=None)),
    ("unbroken", "a hash that doesn't follow", changed("record", 2, previous="1" * 64)),
    ("heads_are_in_it", "the event of a head is gone", replace(SOUND, record=RECORD[:2])),
]
