"""What every command of the command line shares: where it prints, its exit codes, and the settings it begins with."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from bot.config import BadSettings, Settings, database_of
from bot.logs import configure

out, err = Console(), Console(stderr=True, soft_wrap=True)

MISUSED, FAILED = 2, 1


def given_settings(*, http: bool | None = None) -> Settings:
    """Return the settings of the environment, or end the process with everything that is wrong with them."""
    with _told():
        settings = Settings.from_env(http=http)
    configure(settings.log_format, settings.log_level, settings.secrets())
    return settings


def given_database() -> str:
    """Return the database of the environment alone, or end the process with what is wrong with it."""
    with _told():
        return database_of()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BadSettings as bad:
        for problem in bad.problems:
            err.print(str(problem), markup=False)
        err.print("See docs/operations.md for every variable, or run: countersign settings", markup=False)
        raise typer.Exit(MISUSED) from None
