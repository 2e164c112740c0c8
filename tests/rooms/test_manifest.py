"""The manifest against Slack's schema, and against what the code really calls and answers."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import describe
from bot.domain.operation import OPERATIONS
from bot.manifest import SCOPES_BY_METHOD, NotACommand, NotARequestUrl, render, required_scopes
from bot.slack.door import PATH

URL = "https://bot.example.com:8443/slack/events"
ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data" / "slack"
ROOMS = [path for path in sorted((ROOT / "bot").rglob("*.py")) if "sandbox" not in path.relative_to(ROOT).parts]
OF_THE_CLIENT = {name for name in dir(AsyncWebClient) if "_" in name.strip("_") and not name.startswith("_")}
LISTENERS = {"action", "command", "event", "message", "options", "shortcut", "view", "view_closed", "view_submission"}


def nodes() -> Iterator[ast.AST]:
    for path in ROOMS:
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def methods_used() -> set[str]:
    """Return the Web API methods that production code names: ``client.chat_postMessage``, ``api_call("...")``, say."""
    named = {node.attr for node in nodes() if isinstance(node, ast.Attribute) and node.attr in OF_THE_CLIENT}
    used = {name.replace("_", ".") for name in named - {"api_call"}}
    for call in (node for node in nodes() if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "api_call":
            used.add(ast.literal_eval(call.args[0]))
        if isinstance(call.func, ast.Name) and call.func.id == "say":
            used.add("chat.postMessage")
    return used


def listeners() -> list[tuple[str, ast.expr | None]]:
    """Return what bot/slack registers: the kind, and its first argument."""
    found = []
    for path in sorted((ROOT / "bot" / "slack").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            if call.func.attr in LISTENERS and ast.unparse(call.func.value).rpartition(".")[2].strip("_") == "app":
                found.append((call.func.attr, call.args[0] if call.args else None))
    return found


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(render("/lb"))
    return loaded


@pytest.mark.parametrize("request_url", ["", URL])
def test_the_manifest_is_valid_under_slacks_schema(request_url: str) -> None:
    schema = SHARED / "manifest.schema.2.0.0.json"
    if not schema.exists():
        pytest.skip("Slack's manifest schema isn't beside this checkout")
    rendered = yaml.safe_load(render("/lb", request_url=request_url))

    jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(rendered)

    assert rendered["_metadata"] == {"major_version": 2}


def test_in_http_mode_socket_mode_is_off_every_request_has_its_url_and_nothing_else_differs(
    manifest: dict[str, Any],
) -> None:
    rendered = yaml.safe_load(render("/x", request_url=URL))

    assert rendered["features"]["slash_commands"][0].pop("url") == URL
    assert rendered["settings"]["interactivity"].pop("request_url") == URL
    assert rendered["settings"]["socket_mode_enabled"] is False
    rendered["settings"]["socket_mode_enabled"] = True
    rendered["features"]["slash_commands"][0]["command"] = "/lb"
    assert rendered == manifest


def test_for_an_organisation_nothing_differs_but_that_it_may_be_installed_there(manifest: dict[str, Any]) -> None:
    rendered = yaml.safe_load(render("/lb", organisation=True))

    assert rendered["settings"].pop("org_deploy_enabled") is True
    rendered["settings"]["org_deploy_enabled"] = False
    assert rendered == manifest


@pytest.mark.parametrize(
    "url",
    ["http://bot.example.com/slack/events", "https://bot.example.com", "https://bot.example.com/slack/events/",
     "https://bot.example.com/slack/events?a=b", "https://a:b@bot.example.com/slack/events", "https:///slack/events",
     "https://bot.example.com/slack/events\n", "https://bot.example.com/ x: y/slack/events", "/slack/events"],
)  # fmt: skip
def test_a_url_at_which_the_bot_would_hear_nothing_is_not_rendered(url: str) -> None:
    with pytest.raises(NotARequestUrl):
        render("/lb", request_url=url)


def test_the_path_in_the_manifest_is_the_one_that_is_served() -> None:
    assert render("/lb", request_url=f"https://bot.example.com/behind/{PATH.lstrip('/')}")
    assert URL.endswith(PATH)


def test_every_web_api_method_that_is_called_is_in_the_table_and_none_else() -> None:
    assert methods_used() == set(SCOPES_BY_METHOD)


def test_the_manifest_asks_for_exactly_the_scopes_that_the_called_methods_need(manifest: dict[str, Any]) -> None:
    asked = manifest["oauth_config"]["scopes"]["bot"]
    needed = {scope for method in methods_used() for scope in SCOPES_BY_METHOD.get(method, ())} | {"commands"}

    assert len(asked) == len(set(asked))
    assert set(asked) == needed == required_scopes()
    assert manifest["oauth_config"]["scopes"].keys() == {"bot"}


@pytest.mark.parametrize("method", SCOPES_BY_METHOD)
def test_the_table_of_scopes_says_what_slack_documents(method: str) -> None:
    documented = SHARED / "methods" / f"{method}.json"
    if not SHARED.exists():
        pytest.skip("Slack's method reference isn't beside this checkout")
    scopes = json.loads(documented.read_text(encoding="utf-8")).get("scope", {}).get("bot", [])

    assert SCOPES_BY_METHOD[method] <= set(scopes)
    assert bool(SCOPES_BY_METHOD[method]) == bool(scopes)


def test_the_manifest_offers_exactly_the_commands_that_are_answered(manifest: dict[str, Any]) -> None:
    default = {v.name: v.default for v in describe()}["COUNTERSIGN_COMMAND"]
    answered = [
        name.value if isinstance(name, ast.Constant) else default for kind, name in listeners() if kind == "command"
    ]

    assert answered == [command["command"] for command in manifest["features"]["slash_commands"]]


def test_the_hint_of_the_command_names_every_operation(manifest: dict[str, Any]) -> None:
    (command,) = manifest["features"]["slash_commands"]

    assert set(OPERATIONS) <= set(command["usage_hint"].split())
    assert command["should_escape"] is True


def test_the_manifest_subscribes_to_exactly_the_events_that_are_answered(manifest: dict[str, Any]) -> None:
    events = manifest["settings"].get("event_subscriptions", {}).get("bot_events", [])
    answered = [ast.literal_eval(name) for kind, name in listeners() if kind in {"event", "message"} and name]

    assert sorted(events) == sorted(answered)
    assert listeners()


def test_buttons_are_answered_so_interactivity_is_on(manifest: dict[str, Any]) -> None:
    interactive = any(kind not in {"command", "event", "message"} for kind, _ in listeners())

    assert manifest["settings"]["interactivity"]["is_enabled"] is interactive is True


def test_it_is_a_socket_mode_app_of_one_workspace_whose_token_stays(manifest: dict[str, Any]) -> None:
    settings = manifest["settings"]

    assert settings["socket_mode_enabled"] is True
    assert settings["org_deploy_enabled"] is False
    assert settings["token_rotation_enabled"] is False
    assert manifest["features"]["bot_user"] == {"display_name": "Countersign", "always_online": True}


def test_rendering_renames_the_command_and_nothing_else() -> None:
    renamed = render("/balancer")

    assert yaml.safe_load(renamed)["features"]["slash_commands"][0]["command"] == "/balancer"
    assert renamed.replace("/balancer", "/lb") == render("/lb") == (ROOT / "app_manifest.yml").read_text("utf-8")


@pytest.mark.parametrize("command", ["lb", "/", "/LB", "/l b", "/lb\nurl: x", "/" + "a" * 32])
def test_a_name_that_slack_would_refuse_is_not_rendered(command: str) -> None:
    with pytest.raises(NotACommand):
        render(command)
