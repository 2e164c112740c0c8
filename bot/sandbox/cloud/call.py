"""One API call, after its face has read it: the same for v2 and 3.0."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What an action needs to know.

    ``action`` is the name as called, ``region`` the 3.0 spelling, ``at`` monotonic seconds, ``values`` the parameters
    by our names.
    """

    action: str
    region: str
    at: float
    values: Mapping[str, Any]
