"""What an approval rests on, as plain data, and the digest that stands for it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.domain.change import Change
from bot.domain.freezes import keys


def basis(change: Change) -> dict[str, Any]:
    """Return what whoever decides on ``change`` relies on: operation, facts, the rule that is asked, when it starts.

    It is of what the card shows, not of what is true by now.
    """
    frozen = sorted(keys(change.ruled.frozen))
    return {
        **({"start": change.start.to_json()} if change.start else {}),
        "operation": {"verb": change.operation.description.verb, **change.operation.to_json()},
        "relies_on": dict(change.operation.relies_on(change.facts)),
        "rule": {"name": change.ruled.name, "version": change.ruled.version, **({"frozen": frozen} if frozen else {})},
    }


def digest(rests_on: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a ``basis`` as JSON without spaces, its members in alphabetical order; 64 hex digits."""
    return hashlib.sha256(json.dumps(rests_on, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
