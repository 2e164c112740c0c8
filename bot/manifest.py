"""The Slack app's manifest, and which scopes the code needs."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from bot.variable import COMMAND

_FILE = "app_manifest.yml"
_COMMAND_LINE = re.compile(r"(?m)^(\s*- command:) \S+$")
_INTERACTIVITY_LINE = re.compile(r"(?m)^    is_enabled: true .*$")
_SOCKET_MODE_LINE = re.compile(r"(?m)^  socket_mode_enabled: true .*$")
_ORGANISATION_LINE = re.compile(r"(?m)^  org_deploy_enabled: false$")
_REQUEST_URL = r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?/slack/events"

# Every Web API method that our code calls, and the bot scopes it calls it with (Slack fact sheet, section 9).
SCOPES_BY_METHOD: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "apps.connections.open": frozenset(),  # connections:write, which the app-level token has
        "auth.test": frozenset(),
        "chat.getPermalink": frozenset(),
        "chat.postEphemeral": frozenset({"chat:write"}),
        "chat.postMessage": frozenset({"chat:write"}),
        "chat.delete": frozenset({"chat:write"}),
        "chat.update": frozenset({"chat:write"}),
        "conversations.history": frozenset({"channels:history", "groups:history", "im:history"}),
        "conversations.info": frozenset({"channels:read", "groups:read"}),
        "conversations.open": frozenset({"im:write"}),
        "conversations.replies": frozenset({"channels:history", "groups:history"}),
        "usergroups.list": frozenset({"usergroups:read"}),
        "users.info": frozenset({"users:read"}),
        "views.open": frozenset(),
    }
)


class NotACommand(ValueError):
    """Not a slash and 1-31 lower-case letters, digits, ``-`` or ``_`` (Slack fact sheet, section 13)."""


class NotARequestUrl(ValueError):
    """Not an ``https`` URL that ends in the path at which Slack's requests are taken."""


def required_scopes() -> frozenset[str]:
    """Return the bot scopes that the code needs: those of its calls, and ``commands`` for the slash command."""
    return frozenset({"commands"}).union(*SCOPES_BY_METHOD.values())


def render(command: str, *, request_url: str = "", organisation: bool = False) -> str:
    """Return the manifest as YAML, comments included, with its slash command named ``command``.

    With a ``request_url`` (``https://HOST/slack/events``) it is that of an app in HTTP mode, otherwise in Socket Mode.
    For an ``organisation`` the app can be installed in all of its workspaces at once.

    Raises:
        NotACommand: Slack would refuse the name.
        NotARequestUrl: Slack would refuse the URL, or the bot doesn't listen there.
    """
    if not re.fullmatch(COMMAND, command):
        raise NotACommand(command)
    if request_url and not re.fullmatch(_REQUEST_URL, request_url):
        raise NotARequestUrl(request_url)
    packed = Path(__file__).with_name(_FILE)  # a wheel carries it inside, a checkout at its root
    text = (packed if packed.exists() else packed.parents[1] / _FILE).read_text(encoding="utf-8")
    text = _COMMAND_LINE.sub(rf"\1 {command}", text)
    if organisation:
        text = _ORGANISATION_LINE.sub("  org_deploy_enabled: true # an organisation's administrator installs it", text)
    return _over_http(text, request_url) if request_url else text


def _over_http(text: str, url: str) -> str:
    """Return the manifest with Socket Mode off and ``url`` wherever Slack asks for one."""
    text = _COMMAND_LINE.sub(rf"\g<0>\n      url: {url}", text)
    text = _INTERACTIVITY_LINE.sub(rf"\g<0>\n    request_url: {url}", text)
    return _SOCKET_MODE_LINE.sub("  socket_mode_enabled: false # requests come to the URLs above", text)
