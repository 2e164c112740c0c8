"""The command line: arguments only; what they do stands in the rooms."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.auditing import app as audit
from bot.config import describe
from bot.doctor import examine
from bot.life import LEAVE_SECONDS, Life
from bot.manifest import NotACommand, NotARequestUrl, render
from bot.migrating import AtWork, move_to
from bot.policy_file.cli import app as policy
from bot.policy_file.problems import BadPolicy
from bot.sandbox import demo as demos
from bot.sandbox.cli import app as sandbox
from bot.signals import until_signal
from bot.slack.tokens import TokenRefused
from bot.store.database import InUse, place
from bot.store.ledger import NotStored
from bot.store.migrate import NewerDatabase, NotADatabase, UnknownRevision, known_revisions, revisions
from bot.store.migrate import migrate as migrate_database
from bot.terminal import FAILED, MISUSED, err, given_settings, out
from bot.variable import Address, NotAnAddress, address
from bot.wiring import SystemClock

app = typer.Typer(no_args_is_help=True, add_completion=False, help="A second person before a load balancer changes.")
app.add_typer(policy, name="policy")
app.add_typer(sandbox, name="sandbox")
app.add_typer(audit, name="audit")


def _run(main: Coroutine[Any, Any, int | None]) -> None:
    raise typer.Exit(asyncio.run(main) or 0)


def _tell_newer(newer: NewerDatabase) -> None:
    err.print(f"{newer.place} was made by a newer countersign: it is at revision {newer.now}, this version knows "
              f"{newer.newest}. Run that newer version, or take the tables back with it: countersign migrate --to "
              f"{newer.newest}; or name another database in COUNTERSIGN_DATABASE_URL.",
              markup=False)  # fmt: skip


def _address(text: str) -> Address:
    try:
        return address(text)
    except NotAnAddress:
        allowed = f"{text!r}. Allowed: host:port; port 0 is any free one. For example: 127.0.0.1:3000"
        raise typer.BadParameter(allowed) from None


@app.command()
def run(
    http: Annotated[
        Address | None,
        typer.Option(
            parser=_address,
            metavar="HOST:PORT",
            help="Take Slack's requests here (HTTP mode) instead of Socket Mode; needs SLACK_SIGNING_SECRET.",
        ),
    ] = None,
) -> None:
    """Run the bot over Socket Mode, or over HTTP, until it is told to stop (Ctrl-C or SIGTERM)."""
    settings = given_settings(http=http is not None)
    life = Life(settings, http, err, _start_anew)
    try:
        asyncio.run(until_signal(life.until, within=LEAVE_SECONDS))
    except InUse as used:
        err.print(f"{used.path} is in use: another countersign works on it. Stop that one, or name another file in "
                  "COUNTERSIGN_DATABASE_URL.", markup=False)  # fmt: skip
        raise typer.Exit(FAILED) from None
    except NewerDatabase as newer:
        _tell_newer(newer)
        raise typer.Exit(FAILED) from None
    except BadPolicy as bad:
        for line in bad.told(settings.language, settings.policy or Path()):
            err.print(line, markup=False)
        raise typer.Exit(MISUSED) from None
    except TokenRefused as no:
        err.print(f"Slack refuses the token in {no.variable}: {no.why}. Run: countersign doctor", markup=False)
        raise typer.Exit(FAILED) from None
    except (NotADatabase, OSError) as error:
        err.print(f"can't start: {error}. Run: countersign doctor", markup=False)
        raise typer.Exit(FAILED) from None
    if life.starts_anew():
        _start_anew()


def _start_anew() -> None:
    """Become a new program: nothing of what others took over is left in it."""
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - itself, once more


@app.command()
def settings() -> None:
    """List every environment variable with its default and meaning."""
    table = Table("variable", "default", "meaning")
    for variable in describe():
        table.add_row(variable.name, variable.default, variable.meaning)
    out.print(table)


@app.command()
def doctor(
    *, http: Annotated[bool, typer.Option("--http", help="Look at HTTP mode though SLACK_APP_TOKEN is set.")] = False
) -> None:
    """Say what is wrong with this installation, and how to mend it.

    It is looked at as one in HTTP mode where SLACK_SIGNING_SECRET is set and SLACK_APP_TOKEN isn't.
    """
    findings = asyncio.run(examine(SystemClock(), http=http or None))
    for finding in findings:
        out.print(f"{'ok  ' if finding.ok else 'MEND'}  {finding.name}: {finding.found}", markup=False)
        if finding.mend:
            out.print(f"      {finding.mend}", markup=False)
    raise typer.Exit(0 if all(finding.ok for finding in findings) else FAILED)


@app.command()
def migrate(
    *,
    show: Annotated[bool, typer.Option("--show", help="Only say at which revision the tables are.")] = False,
    to: Annotated[
        str | None, typer.Option(metavar="REVISION", help="Take them up or down to this one; -1 is the one before.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="With --to: even while replicas work on them.")] = False,
) -> None:
    """Bring the database to this version's tables; ``run`` does the same when it starts."""
    url = given_settings().database_url
    try:
        asyncio.run(_migrate(url, show=show, to=to, force=force))
    except NewerDatabase as newer:
        _tell_newer(newer)
        raise typer.Exit(FAILED) from None
    except UnknownRevision as bad:
        err.print(f"{bad.asked}: this version has no such revision. Allowed: {', '.join(bad.known)}, or -1 where the "
                  f"tables are not at {bad.known[0]}. For example: --to {bad.known[-1]}", markup=False)  # fmt: skip
        raise typer.Exit(MISUSED) from None
    except AtWork as busy:
        err.print(f"{len(busy.replicas)} at work: {', '.join(busy.replicas)}. Stop them first (SIGTERM), or take the "
                  "tables away under them with --force.", markup=False)  # fmt: skip
        raise typer.Exit(FAILED) from None
    except InUse as used:
        err.print(f"{used.path} is in use: a countersign works on it. Stop that one first, or take the tables away "
                  "under it with --force.", markup=False)  # fmt: skip
        raise typer.Exit(FAILED) from None
    except (NotADatabase, NotStored, OSError) as error:
        err.print(f"{place(url)}: {error}. Run: countersign doctor", markup=False)
        raise typer.Exit(FAILED) from None


async def _migrate(url: str, *, show: bool, to: str | None, force: bool) -> None:
    if show:
        now, newest = await revisions(url)
        known = ", ".join(known_revisions(url))
        out.print(f"{place(url)} is at revision {now or '-'}; this version knows {known}; its newest is {newest}",
                  markup=False)  # fmt: skip
    elif to is not None:
        at = await move_to(to, url, SystemClock(), force=force)
        out.print(f"the database is at revision {at}; a version that knows a later one takes it there when it starts",
                  markup=False)  # fmt: skip
    else:
        await migrate_database(url)
        out.print("the database is up to date", markup=False)


@app.command()
def manifest(
    command: Annotated[str, typer.Option(help="Name of the slash command.")] = "/lb",
    http: Annotated[str, typer.Option(metavar="URL", help="Request URL, for an app in HTTP mode.")] = "",
    *,
    organisation: Annotated[
        bool, typer.Option("--organisation", help="For a whole Enterprise organisation, not one workspace.")
    ] = False,
) -> None:
    """Print the Slack app manifest to paste into Slack."""
    try:
        sys.stdout.write(render(command, request_url=http, organisation=organisation))
    except NotACommand:
        err.print("A command is / and 1-31 of a-z, 0-9, - and _; for example: --command /lb", markup=False)
        raise typer.Exit(MISUSED) from None
    except NotARequestUrl:
        err.print("A request URL is https, without a query, and ends in /slack/events; for example: "
                  "--http https://countersign.example.com/slack/events", markup=False)  # fmt: skip
        raise typer.Exit(MISUSED) from None


@app.command()
def demo(
    *,
    script: Annotated[bool, typer.Option("--script", help="Tell the story as text, without a browser.")] = False,
    port: Annotated[int, typer.Option(help="Port of the page; 0 is any free one.")] = 0,
) -> None:
    """Start sandbox Slack, sandbox cloud and the real bot in a fresh temporary folder."""
    _run(demos.script() if script else demos.page(port))


def main() -> None:
    """Run the command line."""
    app()
