"""Asynchronous tasks: what a modify call starts, how it ends, and what it is called (fact sheet, sections 7, 9.4)."""

import re
from dataclasses import dataclass
from itertools import count
from typing import Any

from bot.sandbox.cloud.model import Backend, Listener
from bot.sandbox.cloud.orders import Plan

DONE, FAILED, RUNNING = 0, 1, 2
SUFFIX = "LBTASKID"
_ID = re.compile(rf"(\d{{1,18}})(?:{SUFFIX})?", re.ASCII)


def task_number(given: str) -> int | None:
    """Return the number in any form of a task id, None where it is none."""
    match = _ID.fullmatch(given)
    return int(match[1]) if match else None


@dataclass(slots=True, kw_only=True)
class Task:
    """One running or ended task: it sets the probe port of one backend. Times are monotonic seconds."""

    number: int
    action: str
    load_balancer: str
    listener: Listener
    backend: Backend
    probe_port: int
    plan: Plan
    started: float
    applied: bool = False
    ended: bool = False
    forgotten: bool = False

    @property
    def due(self) -> float:
        """Return when it ends; a stuck one never does."""
        return float("inf") if self.plan.outcome == "stuck" else self.started + self.plan.duration

    @property
    def status(self) -> int:
        """Return what a poll says: 0 success, 1 failed, 2 in progress, or the number the plan wants."""
        if not self.ended and self.plan.outcome != "stuck":
            return RUNNING
        if self.plan.status is not None:
            return self.plan.status
        return {"failed": FAILED, "failed_but_applied": FAILED, "stuck": RUNNING}.get(self.plan.outcome, DONE)

    @property
    def v3_id(self) -> int | str:
        """Return the ``TaskId`` of API 3.0; its three documented forms take turns."""
        return (self.number, str(self.number), f"{self.number}{SUFFIX}")[self.number % 3]

    def apply(self, at: float) -> None:
        """Set the probe port at ``at``."""
        self.backend.health(self.listener, at)
        self.backend.probe_port = self.probe_port
        self.backend.health(self.listener, at)
        self.applied = True

    def to_json(self) -> dict[str, Any]:
        """Return it for the control API."""
        return {
            "task": self.number,
            "action": self.action,
            "load_balancer": self.load_balancer,
            "listener": self.listener.id,
            "host": self.backend.host,
            "port": self.backend.port,
            "probe_port": self.probe_port,
            "status": self.status,
            "applied": self.applied,
            "ended": self.ended,
            "forgotten": self.forgotten,
            "outcome": self.plan.outcome,
        }


class TaskBoard:
    """All tasks of the cloud; their ids rise by one, as in the official examples."""

    def __init__(self, plan: Plan, first: int = 2385670) -> None:
        self.plan = plan
        self._numbers = count(first)
        self._tasks: dict[int, Task] = {}
        self._running: list[Task] = []

    def start(
        self, action: str, load_balancer: str, backend: tuple[Listener, Backend], probe_port: int, at: float
    ) -> Task:
        """Start the task that sets ``probe_port``, on the plan of this moment."""
        task = Task(
            number=next(self._numbers),
            action=action,
            load_balancer=load_balancer,
            listener=backend[0],
            backend=backend[1],
            probe_port=probe_port,
            plan=self.plan.model_copy(),
            started=at,
            forgotten=self.plan.outcome == "forgotten",
        )
        if task.plan.applies and task.plan.apply_at == "start":
            task.apply(at)
        self._tasks[task.number] = task
        self._running.append(task)
        return task

    def advance(self, at: float) -> None:
        """End what is due at ``at``, each effect at its own moment."""
        due = sorted((task for task in self._running if task.due <= at), key=lambda task: task.due)
        for task in due:
            if task.plan.applies and not task.applied:
                task.apply(task.due)
            task.ended = True
        if due:
            self._running = [task for task in self._running if not task.ended]

    def is_busy(self, load_balancer: str) -> bool:
        """Say whether a task runs on the load balancer."""
        return any(task.load_balancer == load_balancer for task in self._running)

    def find(self, number: int) -> Task | None:
        """Return the task, None where it never was or was forgotten."""
        task = self._tasks.get(number)
        return None if task is None or task.forgotten else task

    def forget(self) -> int:
        """Forget every id and drop what is stuck; effects under way still happen. Return how many ids."""
        known = [task for task in self._tasks.values() if not task.forgotten]
        for task in known:
            task.forgotten = True
        self._running = [task for task in self._running if task.plan.outcome != "stuck"]
        return len(known)

    def to_json(self) -> list[dict[str, Any]]:
        """Return every task, oldest first."""
        return [task.to_json() for task in self._tasks.values()]
