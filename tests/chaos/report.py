"""What a person reads: one line a round, everything about a round that broke a rule, and one line at the end."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tests.chaos.rounds import Verdict


def line(verdict: Verdict) -> str:
    """Return one line about a round."""
    endings = sorted(one.state.lower() + (f":{one.ending}" if one.ending else "") for one in verdict.history.changes)
    word = f"{len(verdict.violations)} VIOLATIONS" if verdict.violations else "ok"
    return f"round {verdict.number}: {word} in {verdict.seconds:.1f} s; {' '.join(endings)}; {len(verdict.done)} acts"


def broken(verdict: Verdict, *, database: str, seed: int, folder: Path) -> Iterator[str]:
    """Return what is wrong, what was done to the round, and how to see it again."""
    yield f"round {verdict.number} on {database} broke {len(verdict.violations)} times:"
    yield from (f"  {violation}" for violation in verdict.violations)
    yield "  what was done to it, in order:"
    yield from (f"    {one}" for one in verdict.done)
    yield "  what people wanted:"
    yield from (f"    {wish.who}: {wish.command} ({wish.fate}, by {wish.decider})" for wish in verdict.plan.wishes)
    yield f"  logs, database and history: {folder}"
    drawn = f"CHAOS_DATABASES={database} CHAOS_SEED={seed}"
    yield f"  the same plans and sabotage, not the same timing: {drawn} CHAOS_ROUNDS={verdict.number} make chaos"
    yield f"  this round alone: {drawn} CHAOS_FIRST={verdict.number} CHAOS_ROUNDS=1 make chaos"


def keep(verdict: Verdict, folder: Path) -> None:
    """Write the whole history of a round beside its logs."""
    path = folder / f"round-{verdict.number}.json"
    path.write_text(json.dumps(asdict(verdict), indent=1, default=str, ensure_ascii=False), encoding="utf-8")
