"""What the two faces of the API have in common, and what the sandbox asks of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.sandbox.cloud.actions import Action
from bot.sandbox.cloud.incoming import Incoming
from bot.sandbox.cloud.problems import Problem
from bot.sandbox.cloud.state import Cloud

REGIONS = {"bj": "ap-beijing", "sh": "ap-shanghai", "gz": "ap-guangzhou", "cq": "ap-chongqing"}  # section 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a request asks for, before anything of it is believed; ``bad`` is why it can't be read.

    ``given`` are its parameters as they came: JSON values, or texts under dotted names where ``is_flat``.
    """

    action: str = ""
    region: str = ""
    version: str = ""
    language: str = "zh"
    given: Mapping[str, Any] = field(default_factory=dict)
    is_flat: bool = True
    bad: str = ""


class Face(Protocol):
    """One face of the API."""

    name: str

    def request_id(self, cloud: Cloud) -> str:
        """Return the id of a new call, ``""`` where the face tells none."""

    def look(self, incoming: Incoming) -> Look:
        """Return what the request asks for; never raises."""

    def admit(self, cloud: Cloud, incoming: Incoming, look: Look) -> tuple[Action, str]:
        """Return the action and the region in its 3.0 spelling, once the caller is known. Raises ``Problem``."""

    def values(self, action: Action, look: Look) -> dict[str, Any]:
        """Return the action's parameters by our names. Raises ``Problem``."""

    def show(self, action: Action, found: Any) -> dict[str, Any]:  # noqa: ANN401  # what the action's run returned
        """Return the answer's own part."""

    def yes(self, shown: dict[str, Any], request_id: str) -> dict[str, Any]:
        """Return the whole successful answer."""

    def no(self, problem: Problem, cloud: Cloud, look: Look, request_id: str) -> tuple[dict[str, Any], str]:
        """Return the whole failed answer, and its code as a client reads it."""
