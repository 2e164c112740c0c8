"""The simulated world: load balancers, listeners and backends, with the fields that the API shows of them.

Names are the API's own in snake_case; the API's camelCase is taken too. Field meanings: fact sheet, sections 5.2, 5.3,
5.5, 9.3.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PlainValidator, PrivateAttr, StringConstraints, model_validator

from bot.sandbox.cloud.checked import PORT_MAX, Checked, Port, Switch, Text, Whole

UNSET = -1  # a probe port nobody set (fact sheet, section 0, fact 3)
RUNNING = 1  # fact sheet, sections 8.1, 8.2
BM_HOST, VM_IP, SEMI_HOSTED = 0, 1, 2  # fact sheet, section 9.2

Threshold = Annotated[int, Field(strict=True, ge=2, le=10)]
Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")]
Region = Literal["ap-beijing", "ap-shanghai", "ap-guangzhou", "ap-chongqing"]  # fact sheet, section 1.3


def _port_or_unset(value: int) -> int:
    if value != UNSET and not 1 <= value <= PORT_MAX:
        message = f"{value}; allowed: 1 to {PORT_MAX}, or {UNSET} for none"
        raise ValueError(message)
    return value


def _session_expire(value: int) -> int:
    if value and not 900 <= value <= 3600:  # noqa: PLR2004  # seconds; fact sheet, Q28
        message = f"{value}; allowed: 0, or 900 to 3600"
        raise ValueError(message)
    return value


def _port_or_span(value: object) -> int | str:
    span = [int(end) for end in str(value).split("-")] if re.fullmatch(r"\d{1,5}(-\d{1,5})?", str(value)) else []
    if not span or not 1 <= span[0] <= span[-1] <= PORT_MAX or isinstance(value, str) == (len(span) == 1):
        message = f'{value!r}; allowed: a port, or a span such as "8000-8100", within 1 to {PORT_MAX}'
        raise ValueError(message)
    return str(value) if len(span) > 1 else span[0]


ProbePort = Annotated[int, Field(strict=True), AfterValidator(_port_or_unset)]
SessionExpire = Annotated[int, Field(strict=True), AfterValidator(_session_expire)]
PortOrSpan = Annotated[int | str, PlainValidator(_port_or_span)]


class Backend(Checked):
    """One bound port of one host.

    ``host`` is the host id, or the VM's IP for bind type 1. ``listening`` is what the host really listens on: ports
    and ``"low-high"`` spans. ``probe_port`` is 1-65535 or -1, unset.
    """

    host: Annotated[str, Field(strict=True, min_length=1)]
    port: Port
    bind_type: Annotated[int, Field(strict=True, ge=BM_HOST, le=SEMI_HOSTED)] = BM_HOST
    lan_ip: Text = ""
    alias: Text = ""
    weight: Annotated[int, Field(strict=True, ge=0, le=100)] = 10
    probe_port: ProbePort = UNSET
    listening: tuple[PortOrSpan, ...] = ()
    operates: tuple[Text, ...] = ("modifyDeviceAlias", "rebootDevice", "bindLb", "unbindLb")
    _alive: bool = PrivateAttr(default=True)
    _contrary_since: float | None = PrivateAttr(default=None)

    def listens(self, port: int) -> bool:
        """Say whether a probe to ``port`` would succeed."""
        spans = (str(entry).split("-") for entry in self.listening)
        return any(int(span[0]) <= port <= int(span[-1]) for span in spans)

    def begin(self, listener: "Listener") -> None:
        """Take the health that probes would have found long ago."""
        self._alive = self.listens(listener.probed(self) or self.port)
        self._contrary_since = None

    def health(self, listener: "Listener", at: float) -> str:
        """Return ``Alive``, ``Dead``, or ``""`` with checks off, as it stands at ``at`` (monotonic seconds).

        Health flips when every probe of interval x threshold said otherwise (fact sheet, section 8.6). It is computed
        when asked: ask right before and right after anything that moves probes or ports.
        """
        probed = listener.probed(self)
        if probed is None:
            self._contrary_since = None
            return ""
        answers = self.listens(probed)
        if answers == self._alive:
            self._contrary_since = None
        elif self._contrary_since is None:
            self._contrary_since = at
        elif at - self._contrary_since >= listener.flips_after(answers=answers):
            self._alive, self._contrary_since = answers, None
        return "Alive" if self._alive else "Dead"


class Listener(Checked):
    """One listener and how it checks health; L7 listeners are here to be told apart and have no backends."""

    id: Annotated[str, StringConstraints(pattern=r"^lbl-[0-9a-z]+$")]
    name: Text
    protocol: Literal["tcp", "udp", "http", "https"] = "tcp"
    port: Port
    status: Annotated[int, Field(strict=True, ge=0, le=4)] = RUNNING
    bandwidth: Annotated[int, Field(strict=True, ge=0, le=1000)] = 0
    session_expire: SessionExpire = 0
    health_switch: Switch = 0
    time_out: Annotated[int, Field(strict=True, ge=1, le=60)] = 2
    interval_time: Annotated[int, Field(strict=True, ge=1, le=300)] = 5
    health_num: Threshold = 3
    unhealth_num: Threshold = 3
    custom_health_switch: Switch = 0
    input_type: Literal["", "text", "hexadecimal"] = ""
    line_separator_type: Annotated[int, Field(strict=True, ge=0, le=3)] = 0
    health_request: Text = ""
    health_response: Text = ""
    toa_flag: Switch = 0
    balance_mode: Literal["", "wrr", "wlc"] = ""
    add_timestamp: Moment = "2018-01-15 10:00:00"
    backends: list[Backend] = Field(default_factory=list, max_length=255)

    @property
    def is_l4(self) -> bool:
        """Say whether this is an L4 listener."""
        return self.protocol in {"tcp", "udp"}

    def probed(self, backend: Backend) -> int | None:
        """Return the port that probes of ``backend`` go to, None where nothing is probed (fact sheet, section 8.6).

        The probe port counts while the health check and the custom health check are on (Q8).
        """
        if not self.health_switch:
            return None
        return backend.probe_port if self.custom_health_switch and backend.probe_port != UNSET else backend.port

    def flips_after(self, *, answers: bool) -> int:
        """Return the seconds of contrary probes after which health flips."""
        return self.interval_time * (self.health_num if answers else self.unhealth_num)

    @model_validator(mode="after")
    def _backends_are_told_apart(self) -> Self:
        no_twins("backends", [f"{backend.host}:{backend.port}" for backend in self.backends])
        if self.backends and not self.is_l4:
            message = "an L7 listener holds no backends here; allowed: tcp, udp"
            raise ValueError(message)
        return self


class LoadBalancer(Checked):
    """One load balancer; ``region`` is the 3.0 spelling. ``status`` is 0 creating, 1 running."""

    id: Annotated[str, StringConstraints(pattern=r"^lb-[0-9a-z]+$")]
    name: Text
    region: Region = "ap-beijing"
    type: Literal["open", "internal"] = "open"
    domain: Text = ""
    vips: tuple[Text, ...] = ()
    status: Whole = RUNNING
    create_time: Moment = "2018-01-15 10:00:00"
    status_time: Moment = "2018-01-15 10:00:00"
    vpc: Text = "vpc-4k8d2m6s"
    subnet: Text = "0"
    vpc_number: Whole = 1000
    subnet_number: Whole = 0
    project_id: Whole = 0
    pay_mode: Literal["flow", "bandwidth"] = "flow"
    latest_pay_mode: Literal["flow", "bandwidth"] = "flow"
    bandwidth: Whole = 0
    tgw_set_type: Literal["tunnel", "fullnat", "dnat"] = "fullnat"
    ip_protocol_type: Literal["ipv4", "ipv6"] = "ipv4"
    exclusive: Annotated[int, Field(strict=True, ge=0, le=4)] = 0
    conf_id: Text = ""
    listeners: list[Listener] = Field(default_factory=list, max_length=50)


def no_twins(what: str, names: list[str]) -> None:
    """Refuse names that stand there more than once (ValueError, for a validator)."""
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        message = f"{what} must differ; more than once: {', '.join(twins)}"
        raise ValueError(message)
