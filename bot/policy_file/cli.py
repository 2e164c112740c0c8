"""``countersign policy …``: a policy is checked and tried before it is used."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot import texts
from bot.policy_file.cases import read_cases
from bot.policy_file.problems import BadPolicy
from bot.policy_file.reading import read_policy
from bot.policy_file.trial import Verdict, tried

app = typer.Typer(no_args_is_help=True, help="Check a policy file, and try it on a table of cases.")
out, err = Console(soft_wrap=True), Console(stderr=True, soft_wrap=True)

FAILED = 1
EXPIRES_MINUTES = 60  # where neither file nor rule says; the bot takes COUNTERSIGN_EXPIRES_MINUTES
COLUMNS = ("case", "rule", "outcome", "approvals", "missing", "can_approve", "verdict")

File = Annotated[Path, typer.Argument(help="The policy, a TOML file.")]
Language = Annotated[
    Literal["en", "zh"], typer.Option(envvar="COUNTERSIGN_LANGUAGE", help="Language of what is printed.")
]


@app.command()
def check(file: File, language: Language = "en") -> None:
    """Say everything that is wrong with a policy file, with lines and fixes; 1 if anything is."""
    with _told(file, language):
        policy = read_policy(file, expires_minutes=EXPIRES_MINUTES)
        counts = {"rules": len(policy.rules), "groups": len(policy.groups), "windows": len(policy.windows)}
        out.print(texts.say(language, "policy_check/good", path=file, **counts), markup=False, highlight=False)


@app.command("test")
def try_cases(
    file: File,
    cases: Annotated[Path, typer.Argument(help="The table of cases, a TOML file (docs/policy.md).")],
    language: Language = "en",
) -> None:
    """Try a policy on a table of cases and show what comes of each; 1 if one comes out otherwise than expected."""
    with _told(file, language):
        policy = read_policy(file, expires_minutes=EXPIRES_MINUTES)
    with _told(cases, language):
        verdicts = [tried(policy, case) for case in read_cases(cases, policy)]
    out.print(_table(verdicts, language))
    failed = [verdict for verdict in verdicts if verdict.differing]
    for verdict in failed:
        for line in _differences(verdict, language):
            err.print(line, markup=False, highlight=False)
    key = "policy_check/some_fail" if failed else "policy_check/all_pass"
    out.print(texts.say(language, key, cases=len(verdicts), failed=len(failed)), markup=False, highlight=False)
    raise typer.Exit(FAILED if failed else 0)


@contextmanager
def _told(file: Path, language: str) -> Iterator[None]:
    """Print why ``file`` can't be used, should it be so, and end."""
    try:
        yield
    except BadPolicy as bad:
        for line in bad.told(language, file):
            err.print(line, markup=False, highlight=False)
        raise typer.Exit(FAILED) from None
    except OSError as error:
        told = texts.say(language, "doctor/policy_unreadable/bad", path=file, why=error.strerror)
        err.print(told, markup=False, highlight=False)
        raise typer.Exit(FAILED) from None


def _table(verdicts: list[Verdict], language: str) -> Table:
    table = Table(*(texts.say(language, f"policy_column/{column}") for column in COLUMNS))
    for verdict in verdicts:
        outcome = verdict.outcome
        word = texts.say(language, "policy_check/otherwise" if verdict.differing else "policy_check/as_expected")
        counts = (str(outcome.approvals), str(outcome.missing)) if outcome.approvals else ("", "")
        able = " ".join(sorted(outcome.can_approve))
        came = texts.say(language, f"policy_outcome/{outcome.outcome}")
        table.add_row(*(escape(cell) for cell in (verdict.case.name, outcome.rule, came, *counts, able, word)))
    return table


def _differences(verdict: Verdict, language: str) -> Iterator[str]:
    for name in verdict.differing:
        expected, found = (_shown(getattr(side, name)) for side in (verdict.case.expected, verdict.outcome))
        facts = {"case": verdict.case.name, "what": name, "expected": expected, "found": found}
        yield texts.say(language, "policy_check/difference", **facts)


def _shown(value: object) -> str:
    return " ".join(sorted(value)) or "-" if isinstance(value, frozenset) else str(value)
