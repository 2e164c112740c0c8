"""The doctor against both halves of the sandbox: what is wrong is found, and told with its mend."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.config import Settings
from bot.doctor import Doctor
from bot.manifest import required_scopes
from bot.sandbox.cloud.state import Clock
from bot.sandbox.slack.app import App
from tests.rooms.slack.installation import Installation, installation

CLOSED = "http://127.0.0.1:9/"
NAMES = ["settings", "policy", "database", "record", "slack bot token", "slack scopes", "slack app token",
         "cloud API v2", "cloud API 3.0"]  # fmt: skip


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Installation]:
    async with installation(tmp_path) as whole:
        yield whole


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_where_all_is_well_every_finding_is_good(whole: Installation, language: str) -> None:
    findings = await whole.findings(COUNTERSIGN_LANGUAGE=language)

    assert list(findings) == NAMES
    assert all(finding.ok and finding.found and not finding.mend for finding in findings.values())


async def test_a_wrong_bot_token_is_told_with_slack_s_word(whole: Installation) -> None:
    wrong = await whole.wrong(SLACK_BOT_TOKEN="xoxb-canary")

    assert wrong.keys() == {"slack bot token"}
    assert "invalid_auth" in wrong["slack bot token"].found


async def test_a_wrong_app_token_is_told_with_slack_s_word(whole: Installation) -> None:
    wrong = await whole.wrong(SLACK_APP_TOKEN="xapp-canary")

    assert wrong.keys() == {"slack app token"}
    assert "invalid_auth" in wrong["slack app token"].found
    assert "connections:write" in wrong["slack app token"].mend


async def test_every_scope_that_is_missing_is_named(tmp_path: Path) -> None:
    async with installation(tmp_path, replace(App(), scopes=frozenset({"users:read"}))) as poor:
        wrong = await poor.wrong()

    missing = ", ".join(sorted(required_scopes() - {"users:read"}))
    assert wrong.keys() == {"slack scopes"}
    assert wrong["slack scopes"].found.endswith(f" {missing}")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_slack_that_is_away_is_told_with_its_address(whole: Installation, language: str) -> None:
    wrong = await whole.wrong(COUNTERSIGN_SLACK_API_URL=f"{CLOSED}api/", COUNTERSIGN_LANGUAGE=language)

    assert wrong.keys() == {"slack bot token", "slack app token"}
    assert all(f"{CLOSED}api/" in finding.found for finding in wrong.values())


@pytest.mark.parametrize(
    ("variable", "code"), [("TENCENTCLOUD_SECRET_ID", "4104"), ("TENCENTCLOUD_SECRET_KEY", "4100")]
)
async def test_a_wrong_cloud_key_is_told_for_both_versions_of_the_api(
    whole: Installation, variable: str, code: str
) -> None:
    wrong = await whole.wrong(**{variable: "canarywrong"})

    assert wrong.keys() == {"cloud API v2", "cloud API 3.0"}
    assert code in wrong["cloud API v2"].found
    assert "AuthFailure" in wrong["cloud API 3.0"].found
    assert all("Operator:" in finding.mend for finding in wrong.values())


async def test_a_cloud_that_is_away_is_told_for_the_version_it_concerns(whole: Installation) -> None:
    wrong = await whole.wrong(COUNTERSIGN_BMLB_V3_URL=CLOSED)

    assert wrong.keys() == {"cloud API 3.0"}
    assert "connection_refused" in wrong["cloud API 3.0"].found


@pytest.mark.parametrize("skew", [120.0, -120.0])
async def test_a_clock_that_goes_wrong_is_told_before_the_cloud_refuses(whole: Installation, skew: float) -> None:
    whole.cloud.skew = skew

    wrong = await whole.wrong()

    assert wrong.keys() == {"cloud API v2", "cloud API 3.0"}
    assert all(f"{skew:.0f} s" in finding.found for finding in wrong.values())


async def test_a_clock_so_wrong_that_the_cloud_refuses_is_told_with_how_far(whole: Installation) -> None:
    whole.cloud.skew = 400.0

    wrong = await whole.wrong()

    assert wrong.keys() == {"cloud API v2", "cloud API 3.0"}
    assert all("(+400 s)" in finding.found for finding in wrong.values())


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("policy", "found"),
    [
        (b"# ours\nexpires_minutes = 0", {"en": ":2: expires_minutes is 0", "zh": "第 2 行：expires_minutes 是 0"}),
        (b"expires_minutes", {"en": "not TOML", "zh": "不是 TOML"}),
        (b"expires_minutes = 5 # \xff", {"en": "not UTF-8", "zh": "不是 UTF-8"}),
        (b'[[rule]]\napprovers = ["anyone"]', {"en": ":1: ", "zh": "第 1 行："}),
    ],
)
async def test_a_bad_policy_is_told_with_what_is_allowed(
    whole: Installation, policy: bytes, found: dict[str, str], language: str
) -> None:
    path = whole.folder / "policy.toml"
    path.write_bytes(policy)

    wrong = await whole.wrong(COUNTERSIGN_POLICY=str(path), COUNTERSIGN_LANGUAGE=language)

    assert wrong.keys() == {"policy"}
    assert found[language] in wrong["policy"].found
    assert wrong["policy"].mend


async def test_a_policy_that_was_removed_meanwhile_is_told(whole: Installation) -> None:
    path = whole.folder / "policy.toml"
    path.write_text("expires_minutes = 5", encoding="utf-8")
    settings = Settings.from_env({**whole.variables, "COUNTERSIGN_POLICY": str(path)})
    path.unlink()

    findings = [finding async for finding in Doctor(settings, whole.time).findings()]

    assert [(finding.name, bool(finding.mend)) for finding in findings if not finding.ok] == [("policy", True)]


async def test_a_good_policy_is_told_by_how_long_changes_wait(whole: Installation) -> None:
    path = whole.folder / "policy.toml"
    path.write_text("expires_minutes = 5", encoding="utf-8")

    assert "5 min" in (await whole.findings(COUNTERSIGN_POLICY=str(path)))["policy"].found


async def test_everything_wrong_is_found_in_one_go(whole: Installation) -> None:
    wrong = await whole.wrong(
        SLACK_BOT_TOKEN="xoxb-canary",
        SLACK_APP_TOKEN="xapp-canary",
        TENCENTCLOUD_SECRET_KEY="canarywrong",
        COUNTERSIGN_DATABASE_URL=f"sqlite:///{whole.folder}/missing/countersign.db",
    )

    assert list(wrong) == ["database", "slack bot token", "slack app token", "cloud API v2", "cloud API 3.0"]


async def doctor(variables: Mapping[str, str], *options: str) -> tuple[int, list[str]]:
    """Run the command and return its exit code and its lines."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "doctor", *options),
        stdout=asyncio.subprocess.PIPE,
        env={**kept, "COLUMNS": "500", **variables},
    )
    written, _ = await process.communicate()
    return process.returncode or 0, written.decode().splitlines()


async def test_the_command_says_every_finding_and_exits_by_whether_all_is_well(whole: Installation) -> None:
    whole.cloud.clock = Clock()  # the command goes by the machine's own clock

    good, bad = await asyncio.gather(
        doctor(whole.variables), doctor({**whole.variables, "SLACK_BOT_TOKEN": "xoxb-canary"})
    )

    assert (good[0], bad[0]) == (0, 1)
    assert [line.partition(":")[0] for line in good[1]] == [f"ok    {name}" for name in NAMES]
    assert [line.startswith("MEND") for line in bad[1]].count(True) == 1


async def test_where_nothing_is_configured_every_variable_is_told_at_once() -> None:
    code, lines = await doctor({})

    wanted = {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY",
              "TENCENTCLOUD_REGION"}  # fmt: skip
    assert code == 1
    assert {line.split()[1].rstrip(":") for line in lines if line.startswith("MEND")} == wanted
    assert sum("countersign settings" in line for line in lines) == len(wanted)
