"""Every no in words: what is wrong, and what to do about it; nothing is stored as a change."""

import pytest

from tests.story.backends import Backend
from tests.story.backstage import Backstage
from tests.story.stage import Stage, name

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOBODY = "http://127.0.0.1:9/"  # the discard port, which nobody serves
SHOP, CANARY = "lb-3f9c2a7d", "lbl-3n5b7v9c"  # the sandbox's own world


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("lb-3f9c2a70 lbl-8k2m4p6q cpm-1x7v9d3h:1234 12345", ("There is no load balancer `lb-3f9c2a70`", SHOP)),
        (f"{SHOP} lbl-8k2m4p60 cpm-1x7v9d3h:1234 12345", ("has no listener `lbl-8k2m4p60`", "`lbl-8k2m4p6q`")),
        (f"{SHOP} lbl-9z1x3c5v cpm-1x7v9d3h:1234 12345", ("is an L7 (https) listener", "`lbl-8k2m4p6q`")),
        (
            "lb-0c5a9e2b lbl-1a3s5d7f cpm-1x7v9d3h:1234 12345",
            ("Load balancer `lb-0c5a9e2b` is not running (status 0)",),
        ),
        (f"{SHOP} {CANARY} cpm-1x7v9d3h:1234 12345", (f"Listener `{CANARY}` is not running (status 0)",)),
        (f"{SHOP} lbl-8k2m4p6q cpm-1x7v9d3h:1235 12345", ("is not bound to listener", "`cpm-1x7v9d3h:1234 Alive`")),
        (f"{SHOP} lbl-8k2m4p6q cpm-1x7v9d3h:1234 8080", ("Nothing to do: the probe port of", "is 8080 already")),
        (f"{SHOP} lbl-2q4w6e8r cpm-7h3j5k9l:2121 12345", ("has its health check off", "healthSwitch=1")),
        (f"{SHOP} lbl-5w7e9r1t cpm-1x7v9d3h:8125 12345", ("custom health check off", "customHealthSwitch=1")),
    ],
)
async def test_what_the_cloud_would_not_do_is_refused_at_once(stage: Stage, line: str, words: tuple[str, ...]) -> None:
    before = stage.record.rows("SELECT count(*) FROM changes")
    await stage.types("alice", f"/lb probe-port {line} health endpoint moved")

    await stage.told("alice", *words)
    assert len(await stage.seen_by("alice")) == 1  # it took the receipt's place
    assert await stage.cards() == []
    assert stage.record.rows("SELECT count(*) FROM changes") == before


async def test_a_second_change_on_the_same_backend_waits_for_the_first(stage: Stage) -> None:
    card = await stage.asks(8123)
    await stage.types("carla", stage.backend.command(8124))

    await stage.told("carla", f"同一后端的 {name(card)}")
    assert len(await stage.cards()) == 1
    assert stage.record.changes_on(stage.backend.load_balancer) == 1


async def test_a_wrong_line_is_answered_with_what_is_wrong_and_a_line_that_works(stage: Stage) -> None:
    backend = stage.backend
    await stage.types(
        "alice", f"/lb probe-prot {backend.load_balancer} {backend.listener} {backend.host}:80 123456 why"
    )

    answer = await stage.told("alice", "I did not understand that, and nothing was done.")
    assert "`probe-prot` is not an operation. Did you mean `probe-port`?" in answer
    assert "The probe port must be 1 to 65535; you wrote `123456`." in answer
    assert f"Copy and correct: `/lb probe-port {backend.load_balancer} {backend.listener} {backend.host}:80" in answer
    assert await stage.cards() == []


@pytest.mark.parametrize("line", ["/lb", "/lb help", "/lb ?"])
async def test_help_comes_with_a_line_to_copy(stage: Stage, line: str) -> None:
    await stage.types("alice", line)

    await stage.told("alice", "asks a second person before a load balancer changes", "`/lb probe-port lb-")


async def test_who_reads_chinese_is_answered_in_chinese(stage: Stage) -> None:
    missing = Backend(load_balancer="lb-nowhere", listener="lbl-nowhere", host="cpm-nowhere")
    await stage.types("carla", "/lb help")
    await stage.types("carla", missing.command(8123))

    await stage.told("carla", "`/lb probe-port lb-", "第二")
    await stage.told("carla", "`lb-nowhere`", "没有")


@pytest.mark.parametrize("channel", ["C0QUIET", "C0SECRET"])
async def test_a_channel_without_the_bot_is_told_to_invite_it(stage: Stage, channel: str) -> None:
    await stage.types("alice", stage.backend.command(8123), channel=channel)

    await stage.told("alice", "I'm not in this channel", "/invite @Countersign", channel=channel)
    assert stage.record.changes_on(stage.backend.load_balancer) == 0


async def test_a_direct_message_has_nobody_to_approve(stage: Stage) -> None:
    alone = await stage.direct_messages("alice")
    await stage.types("alice", stage.backend.command(8123), channel=alone)

    await stage.told("alice", "A direct message has nobody to approve.", channel=alone)
    assert stage.record.changes_on(stage.backend.load_balancer) == 0


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"TENCENTCLOUD_SECRET_KEY": "not-the-key"}, "4100: "),
        ({"COUNTERSIGN_BMLB_V2_URL": NOBODY, "COUNTERSIGN_BMLB_V3_URL": NOBODY}, "connection_refused: "),
    ],
)
async def test_a_cloud_that_can_not_be_read_is_told_with_its_code(
    backstage: Backstage, settings: dict[str, str], words: str
) -> None:
    await backstage.bot(**settings)
    await backstage.types("alice", backstage.backend.command(8123))

    await backstage.told("alice", f"The cloud could not be read, so nothing was asked or changed. {words}")
    assert await backstage.cards() == []
    assert backstage.record.changes_on(backstage.backend.load_balancer) == 0
