"""Starting the real process while Slack refuses, is silent, or answers with anything but Slack's own words."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.postgres import OwnServer
from tests.rooms.clock import Time
from tests.rooms.slack.stand_in import StandIn, stand_in
from tests.rooms.store.ledgers import database
from tests.rooms.test_cli import ended, started

SILENT = "http://127.0.0.1:9/api/"


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with stand_in(Time()) as slack:
        yield slack


async def until(process: asyncio.subprocess.Process, words: str, *, times: int = 1) -> list[str]:
    """Return the lines written to stderr up to the one that makes it ``times`` with ``words``, or to the end."""
    assert process.stderr
    lines: list[str] = []
    async for line in process.stderr:
        lines.append(line.decode())
        if sum(words in one for one in lines) == times:
            break
    return lines


async def stopped(process: asyncio.subprocess.Process, number: signal.Signals) -> tuple[int | None, str]:
    process.send_signal(number)
    _, rest = await process.communicate()
    return process.returncode, rest.decode()


@pytest.mark.parametrize(
    ("variable", "token", "method", "word"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-canary", "", "invalid_auth"),
        ("SLACK_APP_TOKEN", "xapp-canary", "", "invalid_auth"),
        ("SLACK_BOT_TOKEN", "", "auth.test", "account_inactive"),
        ("SLACK_APP_TOKEN", "", "apps.connections.open", "not_allowed_token_type"),
        ("SLACK_APP_TOKEN", "", "apps.connections.open", "token_revoked"),
    ],
)
async def test_a_refused_token_ends_the_start_with_the_variable_to_mend(
    slack: StandIn, tmp_path: Path, variable: str, token: str, method: str, word: str
) -> None:
    if method:
        await slack.fault("api_error", method=method, error=word, times=0)
    wrong = {variable: token} if token else {}

    code, errors = await ended(
        "run", **{"COUNTERSIGN_SLACK_API_URL": slack.api_url, "COUNTERSIGN_DATABASE_URL": database(tmp_path), **wrong}
    )

    assert code == 1
    assert f"Slack refuses the token in {variable}: {word}. Run: countersign doctor" in errors
    assert "Traceback" not in errors
    assert "canary" not in errors


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_start_that_waits_for_a_silent_slack_says_so_and_can_be_stopped(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = await started("run", COUNTERSIGN_DATABASE_URL=database(tmp_path), COUNTERSIGN_SLACK_API_URL=SILENT)
    said = await until(process, "Slack does not let us in yet", times=2)
    code, rest = await stopped(process, number)

    assert code == 0
    assert "127.0.0.1:9" in said[-1]
    assert "stopped before it was ready" in rest
    assert "Traceback" not in "".join([*said, rest])


async def test_a_start_whose_line_can_not_be_opened_can_be_stopped(slack: StandIn, tmp_path: Path) -> None:
    await slack.fault("handshake_failure", times=0)
    process = await started("run", COUNTERSIGN_DATABASE_URL=database(tmp_path), COUNTERSIGN_SLACK_API_URL=slack.api_url)
    await until(process, "Failed to connect")
    code, rest = await stopped(process, signal.SIGTERM)

    assert code == 0
    assert "stopped before it was ready" in rest


@pytest.mark.parametrize("kind", ["http_500", "http_503", "html_body", "drop_before"])
@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_bad_answer_at_the_start_is_asked_again_and_no_token_is_blamed(
    slack: StandIn, tmp_path: Path, kind: str, method: str
) -> None:
    await slack.fault(kind, method=method)
    process = await started("run", COUNTERSIGN_DATABASE_URL=database(tmp_path), COUNTERSIGN_SLACK_API_URL=slack.api_url)
    said = await until(process, "is ready")
    code, _ = await stopped(process, signal.SIGTERM)

    assert code == 0
    assert sum("Slack does not let us in yet" in line for line in said) == 1
    assert "refuses the token" not in "".join(said)


AWAY = "postgresql://someone:canary@127.0.0.1:9/countersign"


async def test_a_start_that_waits_for_an_absent_database_says_so_and_can_be_stopped() -> None:
    process = await started("run", COUNTERSIGN_DATABASE_URL=AWAY, COUNTERSIGN_SLACK_API_URL=SILENT)
    said = await until(process, "the database is away; it is tried again", times=2)
    code, rest = await stopped(process, signal.SIGTERM)

    assert code == 0
    assert "refused" in said[-1]
    assert "stopped before it was ready" in rest
    assert "canary" not in "".join([*said, rest])
    assert "Traceback" not in "".join([*said, rest])


async def test_a_start_goes_on_once_the_database_is_there(slack: StandIn, own_postgres: OwnServer) -> None:
    url = own_postgres.fresh()
    own_postgres.stop()
    process = await started("run", COUNTERSIGN_DATABASE_URL=url, COUNTERSIGN_SLACK_API_URL=slack.api_url)
    await until(process, "the database is away; it is tried again")
    own_postgres.start()
    said = await until(process, "is ready")
    code, _ = await stopped(process, signal.SIGTERM)

    assert "is ready" in said[-1]
    assert code == 0


async def test_a_database_that_lets_nobody_in_ends_the_start_with_the_server_s_word(own_postgres: OwnServer) -> None:
    url = make_url(own_postgres.locked(own_postgres.fresh(), user="app", password="canary"))
    wrong = {
        'password authentication failed for user "app"': url.set(password="canary-wrong"),
        'database "no_such_database" does not exist': url.set(database="no_such_database"),
        "permission denied for schema public": url,
    }

    for why, there in wrong.items():
        code, errors = await ended(
            "run",
            COUNTERSIGN_DATABASE_URL=there.render_as_string(hide_password=False),
            COUNTERSIGN_SLACK_API_URL=SILENT,
        )
        assert (code, why in errors) == (1, True), errors
        assert "Run: countersign doctor" in errors
        assert "canary" not in errors
        assert "Traceback" not in errors


async def test_a_user_who_may_make_tables_and_no_schema_is_told_so(own_postgres: OwnServer) -> None:
    fresh = own_postgres.fresh()
    url = own_postgres.locked(fresh, user="app", password="canary")
    with psycopg.connect(fresh) as connection:
        connection.execute("GRANT CREATE ON SCHEMA public TO app")

    code, errors = await ended("run", COUNTERSIGN_DATABASE_URL=url, COUNTERSIGN_SLACK_API_URL=SILENT)

    last = errors.splitlines()[-1]  # the engine logs before it what it was at
    assert code == 1
    assert last.startswith("can't start: permission denied for database")
    assert last.endswith("Run: countersign doctor")
    assert "canary" not in errors


async def test_a_web_page_instead_of_an_answer_is_no_refusal_of_a_token_to_the_doctor(
    slack: StandIn, tmp_path: Path
) -> None:
    await slack.fault("html_body", times=0)
    process = await started(
        "doctor",
        COLUMNS="500",
        COUNTERSIGN_BMLB_V2_URL=SILENT,
        COUNTERSIGN_BMLB_V3_URL=SILENT,
        COUNTERSIGN_DATABASE_URL=database(tmp_path),
        COUNTERSIGN_SLACK_API_URL=slack.api_url,
    )
    written, _ = await process.communicate()

    told = [line for line in written.decode().splitlines() if line.startswith("MEND  slack")]
    assert process.returncode == 1
    assert [line.split(":")[0] for line in told] == ["MEND  slack bot token", "MEND  slack app token"]
    assert all(f"{slack.api_url} does not answer" in line for line in told)
