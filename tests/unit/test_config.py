"""The environment as typed values, and everything wrong with it at once."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.config import BadSettings, Fault, Problem, Settings, database_of, describe
from bot.store.database import place
from bot.variable import Address

REQUIRED = {
    "SLACK_BOT_TOKEN": "xoxb-1-canary-bot",
    "SLACK_APP_TOKEN": "xapp-1-canary-app",
    "TENCENTCLOUD_SECRET_ID": "AKIDcanaryid",
    "TENCENTCLOUD_SECRET_KEY": "canary/key+with=signs",
    "TENCENTCLOUD_REGION": "ap-beijing",
}
SECRETS = {
    **{name: value for name, value in REQUIRED.items() if name != "TENCENTCLOUD_REGION"},
    "SLACK_SIGNING_SECRET": "canary-signing",
    "TENCENTCLOUD_TOKEN": "canary-session",
}
OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


def problems(**given: str) -> tuple[Problem, ...]:
    with pytest.raises(BadSettings) as refused:
        Settings.from_env({**REQUIRED, **given})
    return refused.value.problems


def test_the_required_variables_are_enough() -> None:
    settings = Settings.from_env(REQUIRED)

    assert settings.slack_bot_token == SecretStr("xoxb-1-canary-bot")
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.bmlb_api == "v2"
    assert settings.database_url == "sqlite:///countersign.db"
    assert settings.ops_addr == Address(host="127.0.0.1", port=9090)
    assert (settings.policy, settings.slack_signing_secret, settings.log_format) == (None, None, None)


def test_an_empty_environment_is_told_every_required_variable_at_once() -> None:
    with pytest.raises(BadSettings) as refused:
        Settings.from_env({})

    assert {p.variable for p in refused.value.problems} == set(REQUIRED)
    assert {p.fault for p in refused.value.problems} == {Fault.MISSING}


def test_a_variable_set_to_nothing_counts_as_not_set() -> None:
    settings = Settings.from_env({**REQUIRED, "COUNTERSIGN_LANGUAGE": " ", "TENCENTCLOUD_TOKEN": ""})

    assert (settings.language, settings.tencentcloud_token) == ("en", None)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1-user"),
        ("SLACK_BOT_TOKEN", "xoxb-1 2"),
        ("SLACK_APP_TOKEN", "xoxb-1-bot"),
        ("SLACK_SIGNING_SECRET", "two words"),
        ("COUNTERSIGN_SLACK_API_URL", "https://slack.com/api"),
        ("COUNTERSIGN_SLACK_API_URL", "ftp://slack.com/api/"),
        ("COUNTERSIGN_SLACK_API_URL", "https://name:password@slack.com/api/"),
        ("COUNTERSIGN_SLACK_API_URL", "https:///api/"),
        ("TENCENTCLOUD_SECRET_KEY", "schlüssel"),
        ("TENCENTCLOUD_REGION", "Beijing"),
        ("COUNTERSIGN_BMLB_API", "3"),
        ("COUNTERSIGN_BMLB_V2_URL", "bmlb.api.qcloud.com"),
        ("COUNTERSIGN_BMLB_V2_URL", "https://a\tb/"),
        ("COUNTERSIGN_BMLB_V3_URL", "https://host:99999/"),
        ("COUNTERSIGN_BMLB_V3_URL", "https://host/?a=b"),
        ("COUNTERSIGN_DATABASE_URL", "sqlite://"),
        ("COUNTERSIGN_DATABASE_URL", "sqlite:///:memory:"),
        ("COUNTERSIGN_DATABASE_URL", "sqlite:///a.db?mode=ro"),
        ("COUNTERSIGN_DATABASE_URL", "countersign.db"),
        ("COUNTERSIGN_POLICY", "no/such/policy.toml"),
        ("COUNTERSIGN_OPS_ADDR", "9090"),
        ("COUNTERSIGN_OPS_ADDR", ":9090"),
        ("COUNTERSIGN_OPS_ADDR", "127.0.0.1:70000"),
        ("COUNTERSIGN_OPS_ADDR", "http://127.0.0.1:9090"),
        ("COUNTERSIGN_OPS_ADDR", '{"host":"127.0.0.1","port":9090}'),
        ("COUNTERSIGN_LANGUAGE", "fr"),
        ("COUNTERSIGN_COMMAND", "lb"),
        ("COUNTERSIGN_COMMAND", "/" + "a" * 32),
        ("COUNTERSIGN_EXPIRES_MINUTES", "0"),
        ("COUNTERSIGN_EXPIRES_MINUTES", "10081"),
        ("COUNTERSIGN_CLOUD_RATE", "1001"),
        ("COUNTERSIGN_CLOUD_RATE", "many"),
        ("COUNTERSIGN_LOG_FORMAT", "xml"),
        ("COUNTERSIGN_LOG_LEVEL", "LOUD"),
        ("COUNTERSIGN_TASK_LIMIT_SECONDS", "3601"),
        ("COUNTERSIGN_SETTLE_SECONDS", "-1"),
        ("COUNTERSIGN_RETENTION_DAYS", "0"),
        ("COUNTERSIGN_RETENTION_DAYS", "3651"),
    ],
)
def test_a_bad_value_is_told_with_what_is_allowed_and_never_echoed(variable: str, value: str) -> None:
    (problem,) = problems(**{variable: value})

    assert (problem.variable, problem.fault) == (variable, Fault.NOT_ALLOWED)
    assert problem.allowed
    assert problem.example
    assert value not in str(problem).replace(variable, "").split()


@pytest.mark.parametrize(
    "url", ["postgresql://u:p%2Fw@host:5433/db", "postgres://host/db", "postgresql:///db?host=/run"]
)
def test_a_postgresql_database_is_taken_and_its_password_is_a_secret(url: str) -> None:
    settings = Settings.from_env(REQUIRED | {"COUNTERSIGN_DATABASE_URL": url})

    assert settings.database_url == url.replace("postgres://", "postgresql://")
    assert ("p%2Fw" in settings.secrets(), "p/w" in settings.secrets()) == ("p%2Fw" in url, "p%2Fw" in url)
    assert "p%2Fw" not in repr(settings)


def test_a_password_among_the_options_of_the_database_is_a_secret_too() -> None:
    settings = Settings.from_env(
        REQUIRED | {"COUNTERSIGN_DATABASE_URL": "postgresql://u@host/db?password=p%2Fw&sslmode=require"}
    )

    assert "p/w" in settings.secrets()
    assert place(settings.database_url) == "postgresql://u@host/db"


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("COUNTERSIGN_LANGAUGE", "COUNTERSIGN_LANGUAGE"),
        ("COUNTERSIGN_DB_URL", "COUNTERSIGN_DATABASE_URL"),
        ("COUNTERSIGN_SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN"),
        ("countersign_policy", "COUNTERSIGN_POLICY"),
        ("COUNTERSIGN_XQ", ""),
    ],
)
def test_a_misspelt_variable_is_told_with_the_nearest_name(variable: str, nearest: str) -> None:
    (problem,) = problems(**{variable: "canary"})

    assert problem == Problem(variable=variable, fault=Fault.UNKNOWN, example=nearest)
    assert ("Did you mean" in str(problem)) == bool(nearest)


def test_what_is_bad_and_what_is_misspelt_are_told_together() -> None:
    found = problems(COUNTERSIGN_LANGUAGE="fr", COUNTERSIGN_CLOUD_RATE="0", COUNTERSIGN_LANGAUGE="en")

    assert [p.variable for p in found] == ["COUNTERSIGN_LANGUAGE", "COUNTERSIGN_CLOUD_RATE", "COUNTERSIGN_LANGAUGE"]


def test_variables_of_others_are_none_of_our_business() -> None:
    assert Settings.from_env({**REQUIRED, "PATH": "/bin", "SLACK_TEAM": "x"}) == Settings.from_env(REQUIRED)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("off", None),
        ("0.0.0.0:0", Address(host="0.0.0.0", port=0)),  # noqa: S104 - an operator may want it
        ("localhost:80", Address(host="localhost", port=80)),
        ("[::1]:9090", Address(host="::1", port=9090)),
    ],
)
def test_the_ops_address_is_host_and_port_or_off(text: str, address: Address | None) -> None:
    settings = Settings.from_env({**REQUIRED, "COUNTERSIGN_OPS_ADDR": text})

    assert settings.ops_addr == address
    assert address is None or str(address) == text


def test_a_policy_is_a_file_that_exists(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.touch()

    settings = Settings.from_env({**REQUIRED, "COUNTERSIGN_POLICY": str(policy)})

    assert settings.policy == policy


def test_settings_cannot_be_changed() -> None:
    settings = Settings.from_env(REQUIRED)

    with pytest.raises(ValidationError, match="frozen"):
        settings.__setattr__("language", "zh")


def test_no_secret_shows_in_the_settings_but_the_redaction_gets_all() -> None:
    settings = Settings.from_env({**REQUIRED, **SECRETS})

    shown = "\n".join(map(str, (repr(settings), settings, settings.model_dump(), settings.model_dump_json())))
    assert [value for value in SECRETS.values() if value in shown] == []
    assert sorted(settings.secrets()) == sorted(SECRETS.values())


def test_no_value_of_any_variable_shows_in_the_error() -> None:
    canaries = {v.name: f"canary {n} postgres" for n, v in enumerate(describe())}

    with pytest.raises(BadSettings) as refused:
        Settings.from_env(canaries)

    shown = f"{refused.value} {refused.value!r} {refused.value.args} {refused.value.__context__!r}"
    assert "canary" not in shown
    assert {p.variable for p in refused.value.problems} == set(canaries)


def test_an_example_of_what_is_allowed_is_allowed() -> None:
    told = problems(**{v.name: "no such value" for v in describe() if v.name != "COUNTERSIGN_POLICY"})
    examples = {p.variable: p.example for p in told if "printable" not in p.allowed}

    settings = Settings.from_env({**REQUIRED, **examples})

    assert settings.slack_bot_token.get_secret_value() == examples["SLACK_BOT_TOKEN"]


def test_a_default_is_the_value_that_an_environment_without_it_gives() -> None:
    optional = {v.name: v.default for v in describe() if v.default not in {"required", "not set"}}

    assert Settings.from_env({**REQUIRED, **optional}) == Settings.from_env(REQUIRED)


def test_the_operations_page_lists_exactly_the_variables_there_are() -> None:
    rows = re.findall(
        r"^\| `([A-Z0-9_]+)` \| `?(.+?)`? \| (.+) \|$", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE
    )

    assert rows == [tuple(variable) for variable in describe()]


def test_an_auditor_needs_the_database_only() -> None:
    assert database_of({}) == "sqlite:///countersign.db"
    assert database_of({"COUNTERSIGN_DATABASE_URL": " sqlite:////var/a.db "}) == "sqlite:////var/a.db"


def test_a_database_that_can_be_none_is_told_without_its_password() -> None:
    with pytest.raises(BadSettings) as bad:
        database_of({"COUNTERSIGN_DATABASE_URL": "mysql://u:hunter2@db/x"})

    assert "COUNTERSIGN_DATABASE_URL has a value that isn't allowed" in str(bad.value)
    assert "hunter2" not in str(bad.value)
    assert bad.value.__context__ is None
