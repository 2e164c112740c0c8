"""What one variable of the environment may hold, as types that ``bot.config`` puts together."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, FilePath, SecretStr

SQLITE = "sqlite:///"
COMMAND = "/[a-z0-9_-]{1,31}"  # at most 32 characters with the slash (Slack fact sheet, section 13)
_PORT_MOST = 65_535
_HOST_PORT = r"[\w.-]+:[0-9]{1,5}|\[[0-9A-Fa-f:.]+\]:[0-9]{1,5}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server listens. ``host`` is a name or an IP address; ``port`` is 0-65535, 0 is any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        """Return ``host:port``, with brackets around an IPv6 address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class NotAnAddress(ValueError):
    """Text that is not ``host:port`` with a port of 0-65535."""


class Allowed(NamedTuple):
    """What a variable may hold: in words, and one such value."""

    words: str
    example: str


def _matching(pattern: str) -> BeforeValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError
        return text

    return BeforeValidator(check)


def _is_url(text: str) -> str:
    parts = urlsplit(text)
    bare = not (parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0 or not bare:
        raise ValueError
    return text


def _is_database(text: str) -> str:
    path = text.removeprefix(SQLITE)
    if path == text:
        return _is_postgresql(text)
    if path in {"", ":memory:"} or "?" in path:
        raise ValueError
    return text


def _is_postgresql(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/") or parts.port == 0:
        raise ValueError
    return text.replace("postgres://", "postgresql://", 1)


def address(text: str) -> Address:
    """Return what ``text`` (``host:port``) names.

    Raises:
        NotAnAddress: it isn't of that form, or there is no such port.
    """
    host, _, port = text.rpartition(":")
    if not re.fullmatch(_HOST_PORT, text) or int(port) > _PORT_MOST:
        raise NotAnAddress(text)
    return Address(host=host.strip("[]").lower(), port=int(port))


def _address_or_off(text: str) -> Address | None:
    return None if text == "off" else address(text)


def _user_ids(text: str) -> tuple[str, ...]:
    ids = tuple(one.strip() for one in text.split(","))
    if not all(re.fullmatch(r"[UW][0-9A-Z]{2,30}", one) for one in ids):
        raise ValueError
    return ids


_SEEN = "[!-~]+"  # what can stand in a header and in a signature
_SEEN_WORDS = "printable ASCII without spaces"

Secret = Annotated[SecretStr, _matching(_SEEN)]
BotToken = Annotated[SecretStr, _matching(f"xoxb-{_SEEN}"), Allowed("a bot token, xoxb-...", "xoxb-1-2-abc")]
AppToken = Annotated[
    Annotated[SecretStr, _matching(f"xapp-{_SEEN}")] | None,
    Allowed("an app-level token, xapp-...", "xapp-1-A-2-abc"),
]
SigningSecret = Annotated[
    Secret | None,
    Allowed(f"the signing secret of the app's page, Basic Information: {_SEEN_WORDS}", "32 hexadecimal digits"),
]
KeyId = Annotated[Secret, Allowed(_SEEN_WORDS, "AKID and 32 letters and digits")]
Key = Annotated[Secret, Allowed(_SEEN_WORDS, "32 letters and digits")]
SessionToken = Annotated[Secret | None, Allowed(_SEEN_WORDS, "the token that came with temporary keys")]
Region = Annotated[str, _matching("[a-z]{2,}(-[a-z0-9]+)*"), Allowed("the code of a region", "ap-beijing")]

Url = Annotated[
    str,
    _matching(_SEEN),
    AfterValidator(_is_url),
    Allowed("an http(s) URL without name, password, query or fragment", "https://bmlb.tencentcloudapi.com/"),
]
ApiUrl = Annotated[
    str,
    _matching(f"{_SEEN}/api/"),
    AfterValidator(_is_url),
    Allowed("an http(s) URL that ends in /api/", "https://slack.com/api/"),
]
DatabaseUrl = Annotated[
    str,
    AfterValidator(_is_database),
    Allowed("sqlite:///PATH, or postgresql://USER:PASSWORD@HOST/DATABASE for replicas", "sqlite:///countersign.db"),
]
UserIds = Annotated[
    tuple[str, ...] | None,
    BeforeValidator(_user_ids),
    Allowed("Slack ids of people, with commas between them", "U024BE7LH,W012A3CDE"),
]
OpsAddress = Annotated[
    Address | None,
    BeforeValidator(_address_or_off),
    Allowed("host:port, or off", "127.0.0.1:9090"),
]
PolicyPath = Annotated[FilePath | None, Allowed("the path of a file that exists", "policy.toml")]

BmlbApi = Annotated[Literal["v2", "3.0"], Allowed("v2 or 3.0", "v2")]
Language = Annotated[Literal["en", "zh"], Allowed("en or zh", "en")]
LogFormat = Annotated[Literal["json", "text"] | None, Allowed("json or text", "json")]
LogLevel = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR"],
    BeforeValidator(str.upper),
    Allowed("DEBUG, INFO, WARNING or ERROR", "INFO"),
]
Command = Annotated[
    str,
    _matching(COMMAND),
    Allowed("a slash and 1-31 lower-case letters, digits, - or _", "/lb"),
]
Expiry = Annotated[int, Field(ge=1, le=10_080), Allowed("1-10080 minutes", "60")]
Rate = Annotated[int, Field(ge=1, le=1000), Allowed("1-1000 calls a second", "20")]
TaskLimit = Annotated[int, Field(ge=1, le=3600), Allowed("1-3600 seconds", "180")]
Settle = Annotated[int, Field(ge=1, le=3600), Allowed("1-3600 seconds", "60")]
Retention = Annotated[int, Field(ge=1, le=3650), Allowed("1-3650 days", "30")]
