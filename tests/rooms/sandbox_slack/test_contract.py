"""The stand-in against the documented Web API, argument by argument and error by error."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.slack.methods import METHODS
from bot.sandbox.slack.registry import EVERYWHERE, Method

DOCUMENTED = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "slack" / "methods"

if not DOCUMENTED.is_dir():
    pytest.skip("the reference data is not beside this clone", allow_module_level=True)


@pytest.fixture(params=sorted(METHODS))
def method(request: pytest.FixtureRequest) -> Method:
    return METHODS[request.param]


@pytest.fixture
def documented(method: Method) -> dict[str, Any]:
    return dict(json.loads((DOCUMENTED / f"{method.name}.json").read_text(encoding="utf-8")))


def test_the_arguments_are_documented_ones(method: Method, documented: dict[str, Any]) -> None:
    assert {*method.required, *method.optional} <= documented["args"]["properties"].keys()


def test_what_is_required_is_what_is_documented_as_required(method: Method, documented: dict[str, Any]) -> None:
    required = set(documented["args"].get("required", ())) - {"token"}

    assert set(method.required) == required


def test_every_error_it_may_give_is_documented(method: Method, documented: dict[str, Any]) -> None:
    assert method.errors <= documented.get("errors", {}).keys() | EVERYWHERE


def test_the_scopes_are_documented_ones(method: Method, documented: dict[str, Any]) -> None:
    assert set(method.scopes) <= set(documented["scope"].get("bot", ()))
    assert bool(method.scopes) == bool(documented["scope"].get("bot"))


def test_the_tier_is_the_documented_one(method: Method, documented: dict[str, Any]) -> None:
    assert method.tier == documented["rate_limits"]
