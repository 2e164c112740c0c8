"""No secret is ever written where people or programs can read it."""

import pytest

from bot.sandbox.slack.app import App
from bot.sandbox.world import SECRET_ID, SECRET_KEY
from tests.story.backstage import Backstage
from tests.story.cloud_side import MODIFY

pytestmark = pytest.mark.asyncio(loop_scope="session")

CANARIES = {
    "SLACK_SIGNING_SECRET": "5ca1ab1e0canary0signing0secret00",
    "TENCENTCLOUD_TOKEN": "canary/session+token==",
}
PASTED = {
    "SecretId": "AKIDcanarypasted0000000000000000000",
    "Signature": "cGFzdGVkLWNhbmFyeQ",
    "Token": "pastedcanarytoken",
}
SECRETS = (App().bot_token, App().app_token, SECRET_ID, SECRET_KEY, *CANARIES.values(), *PASTED.values())


def stored(backstage: Backstage) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(backstage.record.path.parent.glob("countersign.db*")))


async def test_no_secret_is_written_anywhere(backstage: Backstage) -> None:
    bot = await backstage.bot(**CANARIES, COUNTERSIGN_LOG_LEVEL="DEBUG")
    names = {"loadBalancerId": "load_balancer", "listenerId": "listener", "instanceId": "host", "port": "port"}
    url = "&".join(
        [
            f"https://bmlb.api.qcloud.com/v2/index.php?Action={MODIFY}",
            *(f"{name}={value}" for name, value in PASTED.items()),
            *(f"{theirs}={backstage.backend.names[ours]}" for theirs, ours in names.items()),
        ]
    )
    await backstage.types("alice", f"/lb {url}&probePort=8123 health endpoint moved")
    card = await backstage.card("8001 → 8123")
    await backstage.cloud.fault(MODIFY, "error", code=4100, message=f"{SECRET_ID} {SECRET_KEY} {CANARIES}")
    refused = await backstage.approved(card)
    await backstage.types("alice", f"/lb probe-port {url}")
    await backstage.told("alice", "Copy and correct")
    await backstage.cloud.fault("*", "html", times=0)
    await backstage.types("alice", backstage.backend.command(8124))
    await backstage.told("alice", "could not be read")
    database = stored(backstage)  # with what is still in the WAL
    await bot.stop()
    database += stored(backstage)

    assert "4100" in refused
    shown = (await backstage.http.get(f"{backstage.url}/sandbox/state")).text
    said = (await backstage.http.get(f"{backstage.url}/sandbox/calls")).text
    log = backstage.world.log("countersign")
    assert b"SecretId=[redacted]" in database  # what was pasted did arrive
    for secret in SECRETS:
        assert secret not in shown + said + log
        assert secret.encode() not in database
