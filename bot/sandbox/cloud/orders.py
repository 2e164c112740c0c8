"""What the control API and a seed can tell the sandbox to do (docs/sandbox-cloud.md)."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from bot.sandbox.cloud.checked import Checked, Port, Seconds, Text, Whole

Outcome = Literal["done", "failed", "failed_but_applied", "stuck", "forgotten"]
FaultKind = Literal[
    "lose_answer",
    "refuse_connection_after_read",
    "answer_late",
    "hold",
    "hold_before",
    "http_500",
    "http_500_applied",
    "html",
    "html_applied",
    "truncated_json",
    "no_task_id",
    "error",
    "error_applied",
]
CODED = frozenset({"error", "error_applied"})


class Options(Checked):
    """The choices that the documents leave open (fact sheet, section 11).

    ``timestamp_window`` is in seconds (Q17). ``module_code_in`` says where v2 puts a module code (Q19). ``rate_limit``
    is API 3.0 requests a second and action, 0 for none (section 9.5). ``denied_actions`` are the actions, named as
    called, that the key may not use (4101).
    """

    timestamp_window: Annotated[int, Field(strict=True, ge=1, le=7200)] = 300
    expired_code: Literal[4200, 4500] = 4500
    module_code_in: Literal["message", "code"] = "message"
    probe_port_needs_custom_check: Annotated[bool, Field(strict=True)] = False
    rate_limit: Whole = 20
    denied_actions: tuple[Text, ...] = ()


class Plan(Checked):
    """How coming tasks go.

    ``duration`` is in seconds. ``status`` is the number an ended task reports, instead of the one that belongs to
    ``outcome`` (a stuck one reports it at once). ``apply_at`` is when an effect takes place.
    """

    duration: Seconds = 2.5
    outcome: Outcome = "done"
    status: Annotated[int, Field(strict=True)] | None = None
    apply_at: Literal["start", "end"] = "end"

    @property
    def applies(self) -> bool:
        """Say whether a task's effect takes place at all."""
        return self.outcome in {"done", "failed_but_applied", "forgotten"} or (
            self.outcome == "stuck" and self.apply_at == "start"
        )


class FaultOrder(Checked):
    """What goes wrong with coming calls of ``action`` (``*``: of any); ``times`` 0 is until cleared."""

    action: Text
    kind: FaultKind
    times: Whole = 1
    seconds: Seconds | None = None
    code: Annotated[int, Field(strict=True)] | Annotated[str, Field(min_length=1)] | None = None
    message: Text | None = None

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        needs = {"seconds": self.kind == "answer_late", "code": self.kind in CODED}
        homes = {"seconds": "kind answer_late", "code": "kinds error and error_applied"}
        for name, needed in needs.items():
            if needed == (getattr(self, name) is None):
                message = f"{name} belongs to {homes[name]}, and only there"
                raise ValueError(message)
        if self.message is not None and self.kind not in CODED:
            message = f"message belongs to {homes['code']}"
            raise ValueError(message)
        return self


class Drift(Checked):
    """Somebody else changes a backend, a listener (no ``host``) or a load balancer (no ``listener``).

    ``set`` holds fields of the seed format, or ``gone`` true: it is removed.
    """

    load_balancer: Text
    listener: Text | None = None
    host: Text | None = None
    port: Port | None = None
    set: Annotated[dict[str, Any], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        if (self.host is None) != (self.port is None) or (self.host is not None and self.listener is None):
            message = "name load_balancer; or load_balancer and listener; or those two, host and port"
            raise ValueError(message)
        return self


class Skew(Checked):
    """How far the cloud's clock is ahead of this machine's, in seconds (behind: negative)."""

    skew: Annotated[float, Field(allow_inf_nan=False)]
