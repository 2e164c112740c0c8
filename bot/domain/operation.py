"""What a change may do, in BMLB's words; an invalid operation can't be built.

Each operation is a frozen value with one ``Description`` beside it. The grammar of ``/lb``, the card, the guard, the
cloud call, the read-back, the undo and the help are derived from that description: adding an operation is adding a
value and its description here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Self

from bot.domain.errors import Refusal
from bot.domain.facts import UNSET, Backend, Facts

PORT_MIN, PORT_MAX = 1, 65535  # seed document, request parameters

# Ids are opaque to the cloud's documents (fact sheet, section 5); only the prefix and a sane alphabet are held.
LOAD_BALANCER_ID = re.compile(r"lb-[0-9a-z]{1,32}")
LISTENER_ID = re.compile(r"lbl-[0-9a-z]{1,32}")
_IPV4_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
HOST = re.compile(rf"t?cpm-[0-9a-z]{{1,32}}|{_IPV4_OCTET}(?:\.{_IPV4_OCTET}){{3}}", re.ASCII)


class MalformedId(Refusal):
    """An id that can't be one. Facts: ``field``, ``value``."""

    code = "malformed_id"


class PortOutOfRange(Refusal):
    """A port outside 1-65535. Facts: ``field``, ``value``, ``least``, ``most``."""

    code = "port_out_of_range"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One parameter of an operation: our name, the v2 name, the 3.0 name, and how it reads as an example."""

    name: str
    v2: str
    v3: str
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """Everything the rest of the product derives from an operation.

    ``verb`` is the word after ``/lb``. ``relies_on`` are the facts an approver relies on; the guard compares them.
    ``eases`` names those that make a change only safer when they turn from true to false. ``harmless_to_repeat`` says
    whether making the same call twice ends in the same state.
    """

    verb: str
    fields: tuple[Field, ...]
    v2_action: str
    v3_action: str
    v2_asynchronous: bool
    eases: frozenset[str]
    harmless_to_repeat: bool


_TARGET_FIELDS = (
    Field(name="load_balancer", v2="loadBalancerId", v3="LoadBalancerId", example="lb-abcdefgh"),
    Field(name="listener", v2="listenerId", v3="ListenerId", example="lbl-abcdefgh"),
    Field(name="host", v2="instanceId", v3="InstanceId", example="cpm-abcdefgh"),
    Field(name="port", v2="port", v3="Port", example="1234"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProbePort:
    """Set the port that health probes of one L4 backend go to.

    ``port`` is the bound server port (1-65535), ``probe_port`` the new probe port (1-65535). ``host`` is a BM host id
    or a VM's IPv4 address. Source: seed document; fact sheet sections 5.1, 9.3.

    Raises:
        MalformedId: a load balancer, listener or host id that can't be one.
        PortOutOfRange: a port outside 1-65535.
    """

    load_balancer: str
    listener: str
    host: str
    port: int
    probe_port: int

    description: ClassVar[Description] = Description(
        verb="probe-port",
        fields=(*_TARGET_FIELDS, Field(name="probe_port", v2="probePort", v3="ProbePort", example="12345")),
        v2_action="ModifyBmL4ListenerBackendProbePort",
        v3_action="ModifyL4BackendProbePort",
        v2_asynchronous=True,
        eases=frozenset({"last_alive"}),
        harmless_to_repeat=True,
    )

    def __post_init__(self) -> None:
        for field, pattern in (("load_balancer", LOAD_BALANCER_ID), ("listener", LISTENER_ID), ("host", HOST)):
            value = getattr(self, field)
            if not pattern.fullmatch(value):
                raise MalformedId(field=field, value=value)
        for field in ("port", "probe_port"):
            value = getattr(self, field)
            if not PORT_MIN <= value <= PORT_MAX:
                raise PortOutOfRange(field=field, value=value, least=PORT_MIN, most=PORT_MAX)

    @property
    def target(self) -> str:
        """Return what at most one open change may touch: the backend, as ``lb/lbl/host:port``."""
        return f"{self.load_balancer}/{self.listener}/{self.host}:{self.port}"

    @property
    def after(self) -> int:
        """Return the value that stands there once the change happened."""
        return self.probe_port

    def bind_type(self, facts: Facts) -> int:
        """Return how ``facts`` show the backend bound: 0 BM host, 1 VM IP, 2 semi-hosted; 0 where it isn't there."""
        backend = self._backend(facts)
        return backend.bind_type if backend else 0

    def before(self, facts: Facts) -> int | None:
        """Return the value that ``facts`` show: a port, ``UNSET``, or None where it is not known."""
        backend = self._backend(facts)
        return backend.probe_port if backend else None

    def is_done(self, facts: Facts) -> bool | None:
        """Say whether ``facts`` show the change in place; None where they can't tell."""
        before = self.before(facts)
        return None if before is None else before == self.after

    def relies_on(self, facts: Facts) -> Mapping[str, object]:
        """Return the facts an approver relies on, by name; the guard compares them at run time.

        Health and weight of siblings move by themselves and are left out, except where this backend becomes the last
        one that is Alive; no longer being the last one eases.
        """
        backend = self._backend(facts)
        return MappingProxyType(
            {
                "load_balancer_status": facts.load_balancer.status,
                "listener_status": facts.listener.status,
                "health_check": facts.listener.health_check,
                "custom_health_check": facts.listener.custom_health_check,
                "bound": backend is not None,
                "probe_port": backend.probe_port if backend else None,
                "last_alive": facts.is_last_alive(self.host, self.port),
            }
        )

    def undo(self, before: int | None) -> Self | None:
        """Return the operation that restores ``before``, or None where none exists.

        A probe port that was unset can't be unset again: the API takes 1-65535 only (fact sheet, Q9).
        """
        if before in (None, UNSET) or before == self.probe_port:
            return None
        return type(self)(**{**self.to_json(), "probe_port": before})

    def to_json(self) -> dict[str, Any]:
        """Return plain data for the ledger."""
        return {field.name: getattr(self, field.name) for field in self.description.fields}

    def _backend(self, facts: Facts) -> Backend | None:
        return facts.backend(self.host, self.port)


Operation = SetProbePort  # the union of all operations
OPERATIONS: Mapping[str, type[Operation]] = MappingProxyType({SetProbePort.description.verb: SetProbePort})


def operation_from_json(verb: str, data: Mapping[str, Any]) -> Operation:
    """Return the operation that ``to_json`` wrote under ``verb``."""
    return OPERATIONS[verb](**data)
