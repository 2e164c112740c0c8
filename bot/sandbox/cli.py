"""``countersign sandbox …``: arguments only."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.manifest import required_scopes
from bot.sandbox.cloud.seed import BadSeed
from bot.sandbox.cloud.server import serve as serve_cloud
from bot.sandbox.cloud.state import Keys
from bot.sandbox.slack.app import App
from bot.sandbox.slack.platform import Options
from bot.sandbox.slack.requests import request_urls
from bot.sandbox.slack.seed import ORGANISATION
from bot.sandbox.slack.server import serve as serve_slack
from bot.sandbox.slack.wishes import BadWish
from bot.sandbox.world import SECRET_ID, SECRET_KEY
from bot.signals import until_signal

app = typer.Typer(no_args_is_help=True, help="The two halves of the local world, each alone.")

MISUSED = 2
Ready = Callable[[str], None]


@app.command()
def cloud(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 is any free one.")] = 0,
    seed: Annotated[Path | None, typer.Option(help="TOML file of the world to start with.")] = None,
) -> None:
    """Run the simulated cloud alone."""
    keys = Keys(secret_id=os.environ.get("TENCENTCLOUD_SECRET_ID", SECRET_ID),
                secret_key=os.environ.get("TENCENTCLOUD_SECRET_KEY", SECRET_KEY),
                token=os.environ.get("TENCENTCLOUD_TOKEN", ""))  # fmt: skip
    try:
        _serve(lambda ready: serve_cloud(port=port, keys=keys, seed=seed, ready=ready))
    except BadSeed as bad:
        typer.echo(str(bad), err=True)
        raise typer.Exit(MISUSED) from None


@app.command()
def slack(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 is any free one.")] = 0,
    http: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="Send requests here instead of Socket Mode; more than one: in turn."),
    ] = None,
    *,
    organisation: Annotated[
        bool, typer.Option("--organisation", help="Install the app in a whole Enterprise organisation.")
    ] = False,
) -> None:
    """Run the local Slack alone; its page is at the address it prints."""
    secret = os.environ.get("SLACK_SIGNING_SECRET") or App().signing_secret
    installed = App(scopes=required_scopes(), signing_secret=secret)  # what the manifest asks for, and no more
    options = Options(app=installed, request_urls=_request_urls(http or ()))
    home = ORGANISATION if organisation else None
    _serve(lambda ready: serve_slack(port=port, options=options, ready=ready, organisation=home))


def _request_urls(given: Iterable[str]) -> tuple[str, ...]:
    try:
        return request_urls(given)
    except BadWish as bad:
        typer.echo(str(bad), err=True)
        raise typer.Exit(MISUSED) from None


def _serve(server: Callable[[Ready], Coroutine[Any, Any, None]]) -> None:
    def ready(url: str) -> None:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()

    async def work(stop: asyncio.Event) -> None:
        task = asyncio.create_task(server(ready))
        await asyncio.wait([task, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(until_signal(work))
