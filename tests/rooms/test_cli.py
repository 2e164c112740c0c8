"""The command line: what it prints, and its exit codes (0 well, 1 something must be mended, 2 asked wrongly)."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx
import pytest
import yaml
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.config import describe
from bot.manifest import render
from bot.sandbox.slack.app import App
from bot.store.database import owning
from bot.store.migrate import revisions
from tests.rooms.store.ledgers import NEWEST, database, newer_database

FOREIGN = ("SLACK_", "TENCENTCLOUD_", "COUNTERSIGN_")
NOTHING = dict.fromkeys(name for name in os.environ if name.startswith(FOREIGN))  # None takes a variable away
GOOD = {
    "SLACK_BOT_TOKEN": App().bot_token,
    "SLACK_APP_TOKEN": App().app_token,
    "COUNTERSIGN_SLACK_API_URL": "http://127.0.0.1:9/api/",
    "TENCENTCLOUD_SECRET_ID": "AKIDcanaryid",
    "TENCENTCLOUD_SECRET_KEY": "canarykey",
    "TENCENTCLOUD_REGION": "ap-beijing",
    "COUNTERSIGN_OPS_ADDR": "off",
}


def said(*arguments: str, **variables: str) -> Result:
    """Run the command in this process; only for what starts nothing."""
    return CliRunner().invoke(app, list(arguments), env={**NOTHING, "COLUMNS": "300", **variables})


async def started(*arguments: str, **variables: str) -> asyncio.subprocess.Process:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(FOREIGN)}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**kept, **GOOD, **variables},
    )


async def ended(*arguments: str, **variables: str) -> tuple[int | None, str]:
    """Run the command to its end; return its exit code and what it wrote to stderr."""
    process = await started(*arguments, **variables)
    _, errors = await process.communicate()
    return process.returncode, errors.decode()


def test_the_help_names_every_command() -> None:
    result = said("--help")

    assert result.exit_code == 0
    commands = ("run", "settings", "doctor", "migrate", "manifest", "demo", "sandbox")
    assert all(f" {command} " in result.stdout for command in commands)


@pytest.mark.parametrize("arguments", [(), ("sandbox",)])
def test_without_a_command_it_helps(arguments: tuple[str, ...]) -> None:
    result = said(*arguments)

    assert result.exit_code == 2
    assert "Usage:" in result.stdout


def test_the_settings_are_listed_with_default_and_meaning() -> None:
    result = said("settings")

    assert result.exit_code == 0
    for variable in describe():
        [line] = [line for line in result.stdout.splitlines() if f" {variable.name} " in line]
        assert f" {variable.default} " in line


def test_the_manifest_is_yaml_with_the_command_that_was_asked_for() -> None:
    result = said("manifest", "--command", "/x")

    assert (result.exit_code, result.stdout) == (0, render("/x"))
    assert yaml.safe_load(result.stdout)["features"]["slash_commands"][0]["command"] == "/x"


def test_the_manifest_for_http_mode_has_the_request_url() -> None:
    url = "https://bot.example.com/slack/events"
    result = said("manifest", "--http", url)

    assert (result.exit_code, result.stdout) == (0, render("/lb", request_url=url))


def test_the_manifest_for_an_organisation_may_be_installed_there() -> None:
    result = said("manifest", "--organisation")

    assert (result.exit_code, result.stdout) == (0, render("/lb", organisation=True))


@pytest.mark.parametrize("url", ["http://bot.example.com/slack/events", "https://bot.example.com"])
def test_a_request_url_that_can_not_work_is_asked_wrongly(url: str) -> None:
    result = said("manifest", "--http", url)

    assert result.exit_code == 2
    assert "for example: --http https://countersign.example.com/slack/events" in result.stderr


@pytest.mark.parametrize("where", ["3000", "off", "http://127.0.0.1:3000", "127.0.0.1:70000"])
def test_an_address_that_is_none_is_told_with_an_example(where: str) -> None:
    result = said("run", "--http", where)

    assert result.exit_code == 2
    assert "127.0.0.1:3000" in result.stderr
    assert "Traceback" not in result.output


def test_http_mode_without_its_secret_says_what_to_set() -> None:
    result = said("run", "--http", "127.0.0.1:0", **GOOD)

    assert result.exit_code == 2
    assert [line.split(".")[0] for line in result.stderr.splitlines()[:-1]] == ["SLACK_SIGNING_SECRET is missing"]
    assert "Basic Information" in result.stderr


def test_a_request_url_of_the_sandbox_is_checked() -> None:
    result = said("sandbox", "slack", "--http", "127.0.0.1:3000")

    assert result.exit_code == 2
    assert "for example: http://127.0.0.1:3000/slack/events" in result.stderr


@pytest.mark.parametrize("command", ["x", "/", "/With-Capitals", "/" + "x" * 32])
def test_a_command_that_slack_would_refuse_is_asked_wrongly(command: str) -> None:
    result = said("manifest", "--command", command)

    assert result.exit_code == 2
    assert "for example: --command /lb" in result.stderr


@pytest.mark.parametrize("command", ["run", "migrate"])
def test_bad_settings_are_told_all_at_once(command: str) -> None:
    result = said(command, TENCENTCLOUD_REGION="Beijing!", COUNTERSIGN_LANGAUGE="en", SLACK_BOT_TOKEN="canary")

    told = [line.split()[0] for line in result.stderr.splitlines()]
    assert result.exit_code == 2
    assert told[:-1] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY",
                         "TENCENTCLOUD_REGION", "COUNTERSIGN_LANGAUGE"]  # fmt: skip
    assert "Did you mean COUNTERSIGN_LANGUAGE?" in result.stderr
    assert "canary" not in result.output


@pytest.mark.parametrize(
    ("seed", "reason"),
    [
        ("[tasks]\nduration = -1", "tasks.duration"),
        ("[[load_balancers]]\nnmae = 'x'", "unknown: nmae"),
        ("= nonsense", "Invalid statement"),
        (None, "No such file"),
    ],
)
def test_a_bad_seed_is_told_with_the_reason(tmp_path: Path, seed: str | None, reason: str) -> None:
    path = tmp_path / "bad.toml"
    if seed is not None:
        path.write_text(seed, encoding="utf-8")

    result = said("sandbox", "cloud", "--seed", str(path))

    assert result.exit_code == 2
    assert f"{path}: " in result.stderr
    assert reason in result.stderr


async def test_migrating_makes_the_tables_of_this_version(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"

    code, _ = await ended("migrate", COUNTERSIGN_DATABASE_URL=url)

    now, newest = await revisions(url)
    assert (code, now) == (0, newest)


@pytest.mark.parametrize("command", ["run", "migrate"])
async def test_a_file_that_is_no_database_is_told_without_a_traceback(tmp_path: Path, command: str) -> None:
    (tmp_path / "garbage.db").write_bytes(b"no database, and long enough for a header" * 100)

    code, errors = await ended(command, COUNTERSIGN_DATABASE_URL=f"sqlite:///{tmp_path}/garbage.db")

    assert code == 1
    assert "not a database" in errors
    assert "countersign doctor" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("command", ["run", "migrate"])
async def test_a_database_of_a_later_version_is_told_with_its_mend(tmp_path: Path, command: str) -> None:
    code, errors = await ended(command, COUNTERSIGN_DATABASE_URL=newer_database(tmp_path))

    assert code == 1
    told = f"countersign.db was made by a newer countersign: it is at revision 9999, this version knows {NEWEST}"
    assert told in errors
    assert "Run that newer version" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("variables", "code", "reason"),
    [
        (
            {"COUNTERSIGN_POLICY": "{folder}/policy.toml"},
            2,
            "policy.toml:1: unknown key expires.",
        ),
        ({"COUNTERSIGN_DATABASE_URL": "sqlite:///{folder}/missing/x.db"}, 1, "No such file or directory"),
    ],
    ids=["bad policy", "no folder"],
)
async def test_a_bot_that_can_not_start_says_why_without_a_traceback(
    tmp_path: Path, variables: dict[str, str], code: int, reason: str
) -> None:
    (tmp_path / "policy.toml").write_text("expires = 5", encoding="utf-8")
    filled = {name: text.format(folder=tmp_path) for name, text in variables.items()}

    ended_with, errors = await ended("run", **{"COUNTERSIGN_DATABASE_URL": database(tmp_path), **filled})
    assert ended_with == code
    assert reason in errors
    assert "Traceback" not in errors


async def test_a_second_bot_on_the_same_database_is_refused(tmp_path: Path) -> None:
    url = database(tmp_path)
    with owning(url):
        code, errors = await ended("run", COUNTERSIGN_DATABASE_URL=url)
    assert code == 1
    assert "countersign.db is in use: another countersign works on it" in errors


@pytest.mark.parametrize(("half", "path"), [("cloud", "/sandbox/state"), ("slack", "/sandbox/state")])
async def test_a_half_of_the_sandbox_serves_until_it_is_told_to_stop(half: str, path: str) -> None:
    process = await started("sandbox", half, "--port", "0")
    assert process.stdout
    url = (await process.stdout.readline()).decode().strip()
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        answer = await client.get(f"{url}{path}")
    process.send_signal(signal.SIGTERM)
    _, errors = await process.communicate()

    assert answer.status_code == httpx.codes.OK
    assert (process.returncode, errors) == (0, b"")
