"""What Socket Mode and HTTP mode each need from the environment, and where HTTP mode listens."""

import pytest

from bot.config import BadSettings, Fault, Problem, Settings
from bot.variable import Address, NotAnAddress, address
from tests.unit.test_config import REQUIRED

BY_HTTP = {name: value for name, value in REQUIRED.items() if name != "SLACK_APP_TOKEN"}
SIGNING = {"SLACK_SIGNING_SECRET": "canary-signing"}


@pytest.mark.parametrize(
    ("given", "http", "missing"),
    [
        (REQUIRED, False, []),
        (REQUIRED, True, ["SLACK_SIGNING_SECRET"]),
        (REQUIRED | SIGNING, True, []),
        (REQUIRED | SIGNING, False, []),
        (BY_HTTP | SIGNING, True, []),
        (BY_HTTP | SIGNING, False, ["SLACK_APP_TOKEN"]),
        (BY_HTTP | SIGNING, None, []),
        (REQUIRED | SIGNING, None, []),
        (BY_HTTP, None, ["SLACK_APP_TOKEN"]),
        (BY_HTTP | {"SLACK_SIGNING_SECRET": " "}, None, ["SLACK_APP_TOKEN"]),
        (BY_HTTP, True, ["SLACK_SIGNING_SECRET"]),
    ],
)
def test_each_mode_needs_its_own_secret_and_not_the_other_s(
    given: dict[str, str], http: bool | None, missing: list[str]
) -> None:
    found: tuple[Problem, ...] = ()
    try:
        Settings.from_env(given, http=http)
    except BadSettings as bad:
        found = bad.problems

    assert [(p.variable, p.fault) for p in found] == [(name, Fault.MISSING) for name in missing]
    assert all(p.allowed and p.example for p in found)


def test_a_secret_that_the_mode_lacks_is_told_with_all_else_that_is_wrong() -> None:
    with pytest.raises(BadSettings) as refused:
        Settings.from_env({"SLACK_APP_TOKEN": "canary", "COUNTERSIGN_LANGAUGE": "en"}, http=True)

    assert [p.variable for p in refused.value.problems] == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "TENCENTCLOUD_SECRET_ID",
        "TENCENTCLOUD_SECRET_KEY",
        "TENCENTCLOUD_REGION",
        "COUNTERSIGN_LANGAUGE",
    ]


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("127.0.0.1:3000", "127.0.0.1", 3000), ("[::1]:0", "::1", 0), ("Bot-1.local:65535", "bot-1.local", 65535)],
)
def test_an_address_is_host_and_port(text: str, host: str, port: int) -> None:
    assert address(text) == Address(host=host, port=port)


@pytest.mark.parametrize(
    "text", ["off", "", "9090", ":9090", "h:70000", "h:1 ", "h:-1", "http://h:1", "h:1/x", "a@h:1"]
)
def test_an_address_is_host_and_port_and_nothing_else(text: str) -> None:
    with pytest.raises(NotAnAddress):
        address(text)
