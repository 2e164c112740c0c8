"""What the environment says, as typed values; everything wrong with it is told at once.

Every variable is one field of ``Settings``: its name, default and meaning stand there and nowhere else.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Self
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import Field, SecretStr, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from bot import variable
from bot.variable import Address, Allowed

APP_TOKEN, SIGNING_SECRET = "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"
OWN = "COUNTERSIGN_"  # every variable of this prefix is ours: one that nobody knows is a misspelling


class Fault(StrEnum):
    """What can be wrong with a variable."""

    MISSING = "is missing"
    NOT_ALLOWED = "has a value that isn't allowed"
    UNKNOWN = "isn't a variable of this version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with the environment. The value itself is never kept: it may be a secret.

    ``allowed`` says in words what would be right, ``example`` is such a value. For an unknown variable ``allowed`` is
    empty and ``example`` is the nearest known name, if any is near.
    """

    variable: str
    fault: Fault
    allowed: str = ""
    example: str = ""

    def __str__(self) -> str:
        """Return one line for a terminal."""
        if self.allowed:
            return f"{self.variable} {self.fault}. Allowed: {self.allowed}. For example: {self.example}"
        return f"{self.variable} {self.fault}." + (f" Did you mean {self.example}?" if self.example else "")


class BadSettings(Exception):
    """The environment can't be used. ``problems`` are all there are, not only the first one met."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        """Return one line per problem."""
        return "\n".join(map(str, self.problems))


class Variable(NamedTuple):
    """One line of the table of variables. ``default`` is ``required`` or ``not set`` where there is no value."""

    name: str
    default: str
    meaning: str


def _name(field: str) -> str:
    return field.upper() if field.startswith(("slack_", "tencentcloud_")) else OWN + field.upper()


class Settings(BaseSettings):
    """Everything the process is told from outside, typed and frozen; secrets hide themselves.

    Names and defaults: design, section 4.
    """

    model_config = SettingsConfigDict(
        alias_generator=_name,
        case_sensitive=True,
        enable_decoding=False,  # every variable is one text, none is JSON
        env_file=None,
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
        validate_default=False,  # they are typed already
    )

    slack_bot_token: variable.BotToken
    """Bot token of the Slack app. Secret."""
    slack_app_token: variable.AppToken = None
    """App-level token with `connections:write`; Socket Mode needs it, HTTP mode doesn't. Secret."""
    slack_signing_secret: variable.SigningSecret = None
    """Signing secret of the Slack app; HTTP mode needs it, Socket Mode doesn't. Secret."""
    slack_api_url: variable.ApiUrl = Field("https://slack.com/api/", validation_alias=f"{OWN}SLACK_API_URL")
    """Where Slack's Web API is; the sandbox has its own."""
    tencentcloud_secret_id: variable.KeyId
    """Id of the cloud API key. Secret."""
    tencentcloud_secret_key: variable.Key
    """Key of the cloud API key. Secret."""
    tencentcloud_token: variable.SessionToken = None
    """Session token of temporary cloud credentials. Secret."""
    tencentcloud_region: variable.Region
    """Region of the load balancers: `ap-beijing` or, the older way, `bj`."""
    bmlb_api: variable.BmlbApi = "v2"
    """The cloud API that changes go through, `v2` or `3.0`; probe ports are always read from 3.0."""
    bmlb_v2_url: variable.Url = "https://bmlb.api.qcloud.com/v2/index.php"
    """Where API v2 is."""
    bmlb_v3_url: variable.Url = "https://bmlb.tencentcloudapi.com/"
    """Where API 3.0 is."""
    database_url: variable.DatabaseUrl = Field(f"{variable.SQLITE}countersign.db", repr=False)
    """The database: `sqlite:///` and the path of a file, made at first use; or a `postgresql://` URL, for replicas."""
    policy: variable.PolicyPath = None
    """Path of the policy, a TOML file; not set: one approval by any full member other than the requester."""
    auditors: variable.UserIds = None
    """Slack ids of the people who may read the record of every change with `/lb audit`, with commas between them."""
    ops_addr: variable.OpsAddress = Address(host="127.0.0.1", port=9090)
    """Where health and metrics are served, `host:port`; port 0 is any free one, `off` is nowhere."""
    language: variable.Language = "en"
    """Language of messages that several people read, `en` or `zh`."""
    command: variable.Command = "/lb"
    """The slash command, as the Slack app's manifest names it."""
    expires_minutes: variable.Expiry = 60
    """Minutes without a decision after which a change expires (1-10080)."""
    cloud_rate: variable.Rate = 20
    """Calls a second to one cloud action, at most (1-1000)."""
    log_format: variable.LogFormat = None
    """`json` or `text`; not set: `text` on a terminal, `json` elsewhere."""
    log_level: variable.LogLevel = "INFO"
    """Least level of the lines that are written: `DEBUG`, `INFO`, `WARNING` or `ERROR`."""
    task_limit_seconds: variable.TaskLimit = 180
    """Seconds that a cloud task is followed (1-3600)."""
    settle_seconds: variable.Settle = 60
    """Seconds that an unanswered call is looked for before it counts as not made (1-3600)."""
    retention_days: variable.Retention = 30
    """Days that runs, shown messages and answered commands are kept (1-3650); changes and events stay."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, *, http: bool | None = None) -> Self:
        """Return what ``environ`` (the process's own, if None) says; a variable set to nothing counts as not set.

        ``http`` says whether HTTP mode or Socket Mode must find what it needs. None goes by what is set: HTTP mode if
        that has its secret and Socket Mode hasn't.

        Raises:
            BadSettings: with everything that is wrong.
        """
        stripped = {name: text.strip() for name, text in (os.environ if environ is None else environ).items()}
        source = EnvSettingsSource(cls, case_sensitive=True)
        source.env_vars = {name: text for name, text in stripped.items() if text}
        only_this: dict[str, Any] = {"_build_sources": ((source,), {})}  # nothing behind it, no .env file either
        problems = (*_missing(source.env_vars, http=http), *_misspelt(source.env_vars))
        try:
            settings = cls(**only_this)
        except ValidationError as error:
            problems = tuple(sorted((*_refused(error), *problems), key=_place))
        else:
            if not problems:
                return settings
        # Raised out here: pydantic's error keeps the values and must not become this one's context.
        raise BadSettings(problems)

    def secrets(self) -> tuple[str, ...]:
        """Return the clear values of all secrets that are set, for the redaction of logs only."""
        parts = urlsplit(self.database_url)
        password = parts.password or ""
        spelled = {password, unquote(password), *parse_qs(parts.query).get("password", ())} - {""}
        return (*(value.get_secret_value() for _, value in self if isinstance(value, SecretStr)), *sorted(spelled))


_FIELDS: Final[Mapping[str, FieldInfo]] = MappingProxyType(
    {str(field.validation_alias): field for field in Settings.model_fields.values()}
)


def database_of(environ: Mapping[str, str] | None = None) -> str:
    """Return the database that ``environ`` (the process's own, if None) names: all that an auditor needs to set.

    Raises:
        BadSettings: it can't be one.
    """
    name = f"{OWN}DATABASE_URL"
    text = (os.environ if environ is None else environ).get(name, "").strip()
    try:
        return TypeAdapter(variable.DatabaseUrl).validate_python(text or _FIELDS[name].default)
    except ValidationError:
        pass  # raised out here: pydantic's error keeps the value, and so the password
    raise BadSettings((_problem(name, Fault.NOT_ALLOWED),))


def describe() -> list[Variable]:
    """Return every variable with its default and meaning, in the order of ``Settings``."""
    return [Variable(name, _default(field), field.description or "") for name, field in _FIELDS.items()]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    return "not set" if field.default is None else str(field.default)


def _refused(error: ValidationError) -> Iterator[Problem]:
    found = {str(e["loc"][0]): e["type"] for e in error.errors(include_input=False, include_context=False)}
    for name, kind in found.items():
        yield _problem(name, Fault.MISSING if kind == "missing" else Fault.NOT_ALLOWED)


def _problem(name: str, fault: Fault) -> Problem:
    allowed = next(note for note in _FIELDS[name].metadata if isinstance(note, Allowed))
    return Problem(variable=name, fault=fault, allowed=allowed.words, example=allowed.example)


def _missing(given: Mapping[str, str | None], *, http: bool | None) -> Iterator[Problem]:
    """Yield the secret that the mode needs, if it isn't there."""
    by_http = http if http is not None else SIGNING_SECRET in given and APP_TOKEN not in given
    needed = SIGNING_SECRET if by_http else APP_TOKEN
    if needed not in given:
        yield _problem(needed, Fault.MISSING)


def _place(problem: Problem) -> int:
    """Return where a problem is told: in the order of ``Settings``, and what is unknown last, as it came."""
    names = list(_FIELDS)
    return names.index(problem.variable) if problem.variable in _FIELDS else len(names)


def _misspelt(given: Mapping[str, str | None]) -> Iterator[Problem]:
    known = {name.removeprefix(OWN): name for name in _FIELDS}
    for name in sorted(given):
        if name.upper().startswith(OWN) and name not in _FIELDS:
            near = get_close_matches(name.upper().removeprefix(OWN), known, n=1)
            yield Problem(variable=name, fault=Fault.UNKNOWN, example="".join(known[short] for short in near))
