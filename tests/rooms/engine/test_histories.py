"""Whatever happens in whichever order: nothing runs that a plain reading of the policy would not allow just then."""

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.rooms.engine.histories import History
from tests.rooms.engine.plainly import wrongs
from tests.rooms.engine.recorded import standing
from tests.rooms.engine.world import world
from tests.rooms.store.ledgers import database, opened

HISTORIES, LIVES = 10, 24


@pytest.mark.timeout(600)  # its work is some 40 s of processor time, and the machine may be busy
async def test_nothing_runs_that_a_plain_reading_of_the_policy_would_not_allow(tmp_path: Path) -> None:
    told = Counter[str]()
    for seed in range(HISTORIES):
        folder = tmp_path / str(seed)
        folder.mkdir()
        async with opened(database(folder)) as ledger, world(ledger) as made:
            history = History(made, random.Random(seed))  # noqa: S311 - a test owns its chance
            recorded = await history.play(LIVES)

        assert list(wrongs(recorded, history.watched)) == [], f"history {seed}"
        told += history.told
        for call in recorded:
            if call["kind"] == "call.about_to":
                told["called"] += 1
                wish = history.watched.wishes[call["change"]]
                told["called in a window"] += wish.start is not None and wish.start.window != ""
                told["called at a moment"] += wish.start is not None and wish.start.window == ""
                told["called through a freeze"] += "overrides" in call["facts"]
                told["called under a freeze"] += bool(standing(call, recorded)) and "overrides" not in call["facts"]

    assert told["called"] >= 2 * HISTORIES, told
    seen = {"ran SUCCEEDED", "ran SUCCEEDED in an emergency", "ran PENDING", "not_for_emergencies", "denied", "frozen",
            "frozen_for_emergencies", "called through a freeze", "called under a freeze", "given", "revoked",
            "grant_too_wide", "began with a grant", "called in a window",
            "called at a moment"}  # fmt: skip
    assert seen - {what for what, count in told.items() if count} == set(), told
