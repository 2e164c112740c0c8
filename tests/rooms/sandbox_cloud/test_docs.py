"""docs/sandbox-cloud.md tells the truth, and all of it."""

import re
from pathlib import Path
from typing import get_args

from starlette.routing import Route

from bot.sandbox.cloud.actions import ACTIONS
from bot.sandbox.cloud.control import control_routes
from bot.sandbox.cloud.model import Backend, Listener, LoadBalancer
from bot.sandbox.cloud.orders import FaultKind, Options, Outcome, Plan
from bot.sandbox.cloud.seed import load_seed
from bot.sandbox.cloud.state import Cloud
from tests.rooms.sandbox_cloud.caller import KEYS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "sandbox-cloud.md").read_text(encoding="utf-8")


def test_the_seed_on_the_page_is_a_seed_with_the_defaults_it_names(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "seed.toml"
    path.write_text(block, encoding="utf-8")

    seed = load_seed(path)

    assert (seed.options, seed.tasks) == (Options(), Plan())
    assert seed.load_balancers[0].listeners[0].backends[0].listens(12345)


def test_every_field_of_a_seed_is_on_the_page() -> None:
    fields = {name for model in (LoadBalancer, Listener, Backend, Options, Plan) for name in model.model_fields}

    assert sorted(name for name in fields if not re.search(rf"\b{name}\b", PAGE)) == []


def test_every_route_fault_outcome_and_action_is_on_the_page() -> None:
    routes = [route for route in control_routes(Cloud(load_seed(), KEYS)) if isinstance(route, Route)]
    shown = re.findall(r"`((?:GET|POST|DELETE)[^`]*?/sandbox/\w+)`", PAGE)
    documented = {(method, line.split()[-1]) for line in shown for method in re.findall(r"GET|POST|DELETE", line)}
    names = {*get_args(FaultKind), *get_args(Outcome), *(n for each in ACTIONS for n in (each.name_v2, each.name_v3))}

    assert {(method, each.path) for each in routes for method in (each.methods or ()) if method != "HEAD"} == documented
    assert sorted(name for name in names if not re.search(rf"\b{name}\b", PAGE)) == []
