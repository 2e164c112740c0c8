"""What the doctor looks at where Slack's requests come over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.cloud.state import Clock
from tests.rooms.slack.installation import Installation, installation
from tests.rooms.test_doctor import NAMES, doctor


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Installation]:
    async with installation(tmp_path) as whole:
        yield whole


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_where_only_the_signing_secret_is_set_no_app_token_is_asked_for(
    whole: Installation, language: str
) -> None:
    findings = await whole.findings(
        SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET="canary-signing", COUNTERSIGN_LANGUAGE=language
    )

    assert list(findings) == [name.replace("app token", "signing secret") for name in NAMES]
    assert all(finding.ok and finding.found and not finding.mend for finding in findings.values())
    assert "canary" not in str(findings)


async def test_asked_about_http_mode_it_wants_the_signing_secret_though_an_app_token_is_set(
    whole: Installation,
) -> None:
    whole.cloud.clock = Clock()  # the command goes by the machine's own clock
    signing = {"SLACK_SIGNING_SECRET": "canary-signing"}

    without, with_it = await asyncio.gather(
        doctor(whole.variables, "--http"), doctor({**whole.variables, **signing}, "--http")
    )

    assert (without[0], with_it[0]) == (1, 0)
    assert [line.split(":")[0] for line in without[1] if line.startswith("MEND")] == ["MEND  SLACK_SIGNING_SECRET"]
    assert [line.split(":")[0] for line in with_it[1] if "slack" in line][-1] == "ok    slack signing secret"
