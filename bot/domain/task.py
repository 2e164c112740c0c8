"""What the cloud answers to a modify call, and what it says of its task later."""

from dataclasses import dataclass
from enum import StrEnum


class TaskState(StrEnum):
    """What the cloud says of a task (fact sheet, section 7). Only ``DONE`` is success."""

    DONE = "done"  # 0
    FAILED = "failed"  # 1
    RUNNING = "running"  # 2
    UNCLEAR = "unclear"  # any other number


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the cloud answered to a modify call.

    ``task`` is one opaque text (fact sheet, section 9.4), ``""`` where the answer held none. ``request_id`` is the
    call's id, ``""`` where the API gives none (v2 doesn't).
    """

    task: str
    request_id: str
