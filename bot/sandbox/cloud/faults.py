"""What was ordered to go wrong, and how often it did."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.cloud.orders import FaultOrder

BEFORE = frozenset({"refuse_connection_after_read", "hold_before", "http_500", "html", "error"})
ANY_ACTION = "*"


@dataclass(slots=True)
class Fault:
    """One ordered fault; ``hits`` counts the calls it met."""

    order: FaultOrder
    hits: int = 0

    @property
    def comes_before(self) -> bool:
        """Say whether it strikes before the action is done."""
        return self.order.kind in BEFORE

    @property
    def spent(self) -> bool:
        """Say whether it has met all the calls it was ordered for."""
        return 0 < self.order.times <= self.hits

    def to_json(self) -> dict[str, Any]:
        """Return the order and its hits."""
        left = None if self.order.times == 0 else self.order.times - self.hits
        return {**self.order.model_dump(exclude_none=True), "hits": self.hits, "left": left}


class Faults:
    """The ordered faults, first come first served."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def order(self, order: FaultOrder) -> Fault:
        """Add a fault."""
        fault = Fault(order)
        self._faults.append(fault)
        return fault

    def meet(self, action: str) -> Fault | None:
        """Return the fault that this call of ``action`` meets, counted."""
        for fault in self._faults:
            if not fault.spent and fault.order.action in {ANY_ACTION, action}:
                fault.hits += 1
                return fault
        return None

    def clear(self) -> None:
        """Drop all faults, met or not."""
        self._faults.clear()

    def to_json(self) -> list[dict[str, Any]]:
        """Return every fault since the last clearing."""
        return [fault.to_json() for fault in self._faults]
