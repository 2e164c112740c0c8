"""What every command of the command line shares: where it prints, its exit codes, and the settings it begins with."""

import typer
from rich.console import Console

from bot.config import BadSettings, Settings
from bot.logs import configure

out, err = Console(), Console(stderr=True, soft_wrap=True)

MISUSED, FAILED = 2, 1


def given_settings(*, http: bool | None = None) -> Settings:
    """Return the settings of the environment, or end the process with everything that is wrong with them."""
    try:
        settings = Settings.from_env(http=http)
    except BadSettings as bad:
        for problem in bad.problems:
            err.print(str(problem), markup=False)
        err.print("See docs/operations.md for every variable, or run: countersign settings", markup=False)
        raise typer.Exit(MISUSED) from None
    configure(settings.log_format, settings.log_level, settings.secrets())
    return settings
