"""Whatever happens in whichever order: nothing runs that a plain reading of the policy would not allow just then."""

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.rooms.engine.histories import History
from tests.rooms.engine.plainly import wrongs
from tests.rooms.engine.world import world
from tests.rooms.store.ledgers import database, opened

HISTORIES, LIVES = 6, 18


@pytest.mark.timeout(600)  # its work is some 15 s of processor time, and the machine may be busy
async def test_nothing_runs_that_a_plain_reading_of_the_policy_would_not_allow(tmp_path: Path) -> None:
    told, calls = Counter[str](), 0
    for seed in range(HISTORIES):
        folder = tmp_path / str(seed)
        folder.mkdir()
        async with opened(database(folder)) as ledger, world(ledger) as made:
            history = History(made, random.Random(seed))  # noqa: S311 - a test owns its chance
            recorded = await history.play(LIVES)

        assert list(wrongs(recorded, history.moments)) == [], f"history {seed}"
        told += history.told
        calls += sum(one["kind"] == "call.about_to" for one in recorded)

    assert calls >= 2 * HISTORIES, told
    seen = {"ran SUCCEEDED", "ran SUCCEEDED in an emergency", "ran PENDING", "not_for_emergencies", "denied"}
    assert seen - told.keys() == set(), told
