"""The stand-in against the documented Web API, argument by argument and error by error."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.slack.methods import METHODS
from bot.sandbox.slack.records import group_record
from bot.sandbox.slack.registry import EVERYWHERE, Method
from bot.sandbox.slack.workspace import UserGroup

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


def test_a_user_group_has_the_fields_of_the_documented_one() -> None:
    page = json.loads((DOCUMENTED / "usergroups.list.json").read_text(encoding="utf-8"))
    documented = page["examples"]["success"]["example"]["usergroups"]
    group = UserGroup(id="S0", team="T0", handle="leads", name="Leads", members=("U0ALICE",))
    shown = [group_record(one, users=False, count=True) for one in (group, replace(group, disabled=True))]

    assert {frozenset(one) for one in shown} == {frozenset(one) for one in documented}
    assert all(type(one[name]) in {type(real[name]) for real in documented} for one in shown for name in one)


@pytest.mark.parametrize("name", ["usergroups.list", "usergroups.users.list"])
def test_the_lists_of_groups_and_of_their_people_have_no_pages(name: str) -> None:
    page = json.loads((DOCUMENTED / f"{name}.json").read_text(encoding="utf-8"))

    assert not {"cursor", "limit", "page"} & page["args"]["properties"].keys()
    assert not {"cursor", "limit", "page"} & {*METHODS[name].required, *METHODS[name].optional}
