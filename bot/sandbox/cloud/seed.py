"""The world as a seed file tells it; ``seed.toml`` beside this file is the default one."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from bot.sandbox.cloud.checked import Checked, complaints
from bot.sandbox.cloud.model import LoadBalancer, no_twins
from bot.sandbox.cloud.orders import Options, Plan


class BadSeed(ValueError):
    """A seed that can't be used; its text names the file and each bad value."""


class Seed(Checked):
    """A whole world: options, how tasks go, and the load balancers."""

    options: Options = Field(default_factory=Options)
    tasks: Plan = Field(default_factory=Plan)
    load_balancers: Annotated[list[LoadBalancer], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_are_told_apart(self) -> Self:
        no_twins("load balancer ids", [load_balancer.id for load_balancer in self.load_balancers])
        no_twins("listener ids", [listener.id for each in self.load_balancers for listener in each.listeners])
        return self


def load_seed(path: Path | None = None) -> Seed:
    """Return the seed in the TOML file ``path``, by default the one that comes with the sandbox.

    Raises:
        BadSeed: the file can't be read, isn't TOML, or holds what the format doesn't know.
    """
    source = path or files("bot.sandbox.cloud").joinpath("seed.toml")
    try:
        return Seed.model_validate(tomllib.loads(source.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise BadSeed("\n".join(f"{source}: {line}" for line in complaints(error))) from error
    except (OSError, ValueError) as error:  # not there; not UTF-8, not TOML
        message = f"{source}: {error}"
        raise BadSeed(message) from error
