"""Everything that an installation has, in working order, and what the doctor says of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.config import Settings
from bot.doctor import Doctor, Finding
from bot.sandbox.cloud.seed import load_seed
from bot.sandbox.cloud.server import running
from bot.sandbox.cloud.state import Cloud, Keys
from bot.sandbox.slack.app import App
from tests.rooms.clock import Time
from tests.rooms.slack.stand_in import StandIn, stand_in
from tests.rooms.store.ledgers import database

KEYS = Keys(secret_id="AKIDcanaryid", secret_key="canarykey")


@dataclass
class Installation:
    """Everything that an installation has, in working order."""

    folder: Path
    cloud: Cloud
    slack: StandIn
    time: Time
    variables: dict[str, str]

    async def findings(self, **overrides: str) -> dict[str, Finding]:
        settings = Settings.from_env({**self.variables, **overrides})
        return {finding.name: finding async for finding in Doctor(settings, self.time).findings()}

    async def wrong(self, **overrides: str) -> dict[str, Finding]:
        """Return what is wrong; all of it has a mend, and nothing shows a secret."""
        findings = await self.findings(**overrides)
        told = str(findings)
        assert all(bool(finding.mend) != finding.ok for finding in findings.values())
        assert not any(secret in told for secret in ("canary", App().bot_token, App().app_token))
        return {name: finding for name, finding in findings.items() if not finding.ok}


@asynccontextmanager
async def installation(folder: Path, app: App | None = None) -> AsyncIterator[Installation]:
    time = Time()
    cloud = Cloud(load_seed(), KEYS, clock=time.clock())
    async with running(cloud) as cloud_url, stand_in(time, app=app) as slack:
        variables = {
            "SLACK_BOT_TOKEN": App().bot_token,
            "SLACK_APP_TOKEN": App().app_token,
            "COUNTERSIGN_SLACK_API_URL": slack.api_url,
            "TENCENTCLOUD_SECRET_ID": KEYS.secret_id,
            "TENCENTCLOUD_SECRET_KEY": KEYS.secret_key,
            "TENCENTCLOUD_REGION": "ap-beijing",
            "COUNTERSIGN_BMLB_V2_URL": f"{cloud_url}/v2/index.php",
            "COUNTERSIGN_BMLB_V3_URL": f"{cloud_url}/",
            "COUNTERSIGN_DATABASE_URL": database(folder),
        }
        yield Installation(folder, cloud, slack, time, variables)
