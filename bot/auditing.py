"""``countersign audit …``: is the record as it was written, and the record for others."""

import asyncio
import re
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Connection

from bot.store.chain import EXACTLY, Stored, moment, standing
from bot.store.database import open_database, place
from bot.store.export import Format, export
from bot.store.ledger import Ledger, NotStored
from bot.store.migrate import NewerDatabase, NotADatabase, revisions
from bot.store.verify import Flaw, Verdict, Wrong, verify
from bot.terminal import FAILED, MISUSED, err, given_database, out

app = typer.Typer(no_args_is_help=True, help="Prove that the record is as it was written, or hand it to others.")
HASH = re.compile(r"[0-9a-f]{64}")
COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
NOT_THERE = "is not there, or has no tables of ours. Name another one in COUNTERSIGN_DATABASE_URL"
TOO_OLD = "is at an older revision. Run: countersign migrate"
T = TypeVar("T")


class NoRecord(Exception):
    """The database has no record with a chain of hashes; ``str`` says why, and what to do."""


@app.command(name="verify")
def verify_record(
    head: Annotated[str, typer.Option(help="Hash from a result in Slack: prove that all up to it is there.")] = "",
) -> None:
    """Recompute every hash, and name the first event with which something is wrong."""
    head = head.strip().strip("`").lower()
    if head and not HASH.fullmatch(head):
        err.print("A head is the 64 digits 0-9 and a-f that stand in a result's thread; for example: --head "
                  f"{'0c1d' * 16}", markup=False)  # fmt: skip
        raise typer.Exit(MISUSED)
    with Progress(*COLUMNS, console=err, transient=True, disable=not err.is_terminal) as bar:
        verdict = _read(lambda connection: _verify(connection, head, bar))
    sound = verdict.sound
    if verdict.flaw is None:
        out.print(
            f"{sound.length} events are as they were recorded. Their head: {sound.head}", markup=False, soft_wrap=True
        )
    else:
        err.print(told(verdict.flaw), markup=False)
    if head:
        (out if verdict.named else err).print(_named(verdict.named, head), markup=False, soft_wrap=True)
    raise typer.Exit(FAILED if verdict.flaw is not None or (head and verdict.named is None) else 0)


def _verify(connection: Connection, head: str, bar: Progress) -> Verdict:
    end = standing(connection)
    task = bar.add_task("events", total=end.length if end else None)
    return verify(connection, head=head, tell=lambda count: bar.advance(task, count))


def _named(event: Stored | None, head: str) -> str:
    if event is None:
        return (f"No sound event has the hash {head}: since it was told the record was rewritten or cut off, "
                "or it is of another installation.")  # fmt: skip
    change = "" if event.change is None else f" of CR-{event.change}"
    return (f"{head} is the hash of event {event.id}{change} ({event.kind}, {moment(event.at)}): "
            "everything up to it is as it was recorded.")  # fmt: skip


def told(flaw: Flaw) -> str:
    """Return what to say of the first thing that is wrong."""
    where = f"event {flaw.event}" if flaw.event is not None else f"what followed event {flaw.after}"
    explained = "any event tells of" if flaw.event is None else f"its events lead to, the last of them {where}"
    said = {
        Wrong.NO_CHAIN: "The table chain has no row: nothing tells where the record ends.",
        Wrong.CHANGED: f"Wrong: {where} is not what was recorded; its row, or its hash, was changed.",
        Wrong.MISSING: f"Wrong: {where} is missing.",
        Wrong.NOT_LINKED: f"Wrong: {where} has no hash. It was put in behind the bot's back; or a replica of an older "
                          "version wrote it, and no newer one has written since.",
        Wrong.MISPLACED: f"Wrong: {where} doesn't follow event {flaw.after}; something before it was put in, taken "
                         "out or hashed anew.",
        Wrong.CUT_OFF: f"Wrong: the record is cut off; {where} is gone.",
        Wrong.END_DIFFERS: f"Wrong: {flaw.row} tells of another end than {where}.",
        Wrong.ROW_DIFFERS: f"Wrong: {flaw.row} is not what {explained}. The events are as they were recorded.",
    }[flaw.wrong]  # fmt: skip
    well = flaw.wrong not in {Wrong.NO_CHAIN, Wrong.ROW_DIFFERS} and flaw.after > 0
    return f"{said} Up to event {flaw.after} all is as it was recorded." if well else said


def moment_of(text: str) -> float:
    """Return the time that ``text`` says, in seconds since the epoch; in UTC where it names no zone.

    Raises:
        typer.BadParameter: no date and no time.
    """
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        allowed = f"{text!r}. Allowed: a date or a time, in UTC where it names no other zone. For example: 2026-07-30"
        raise typer.BadParameter(allowed) from None
    return (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()


@app.command(name="export")
def export_record(
    since: Annotated[float | None, typer.Option("--from", parser=moment_of, metavar="TIME", help="Since.")] = None,
    until: Annotated[float | None, typer.Option("--to", parser=moment_of, metavar="TIME", help="Earlier.")] = None,
    form: Annotated[Format, typer.Option("--format", help="Lines of JSON prove themselves.")] = Format.JSONL,
    output: Annotated[Path | None, typer.Option(help="File to write; not given: to the terminal.")] = None,
) -> None:
    """Write the events with their hashes, one a line."""

    def write(connection: Connection) -> None:
        with ExitStack() as stack:
            if output is None:
                sys.stdout.reconfigure(encoding="utf-8", errors=EXACTLY, newline="")  # type: ignore[union-attr]
                file = sys.stdout
            else:
                file = stack.enter_context(output.open("w", encoding="utf-8", errors=EXACTLY, newline=""))
            file.writelines(export(connection, form, since=since, until=until))

    _read(write)


def _read(work: Callable[[Connection], T]) -> T:
    """Return what ``work`` finds in one transaction that only reads, or end the process saying why nothing was."""
    url = given_database()
    try:
        return asyncio.run(_reading(url, work))
    except NoRecord as no:
        err.print(f"{place(url)} {no}", markup=False)
    except NewerDatabase as newer:
        err.print(f"{newer.place} was made by a newer countersign (revision {newer.now}): ask that one.", markup=False)
    except BrokenPipeError:  # whoever read the export has enough
        raise
    except (NotADatabase, NotStored, OSError) as error:
        err.print(f"{place(url)}: {error}. Run: countersign doctor", markup=False)
    raise typer.Exit(MISUSED)


async def _reading(url: str, work: Callable[[Connection], T]) -> T:
    now, newest = await revisions(url)
    if now is None:
        raise NoRecord(NOT_THERE)
    if now != newest:
        raise NoRecord(TOO_OLD)
    ledger = Ledger(open_database(url))
    try:
        async with ledger.reading() as book:
            return await book.run_sync(work)
    finally:
        await ledger.close()
