"""What a change may do; an invalid operation can't be built."""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.facts import DEAD, UNSET, Backend, Facts
from bot.domain.operation import (
    OPERATIONS,
    PORT_MAX,
    PORT_MIN,
    MalformedId,
    PortOutOfRange,
    operation_from_json,
)
from tests.unit.domain.example import BACKEND, FACTS, OPERATION


def facts_with(backend: Backend, *siblings: Backend) -> Facts:
    return replace(FACTS, backends=(backend, *siblings))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("load_balancer", "lbl-a"),
        ("load_balancer", "lb-"),
        ("load_balancer", "lb-A"),
        ("load_balancer", "lb-a\n"),
        ("load_balancer", "lb-" + "a" * 33),
        ("listener", "lb-b"),
        ("listener", " lbl-b"),
        ("host", "10.0.0.256"),
        ("host", "10.0.0"),
        ("host", "10.0.0.1.1"),
        ("host", "١.٢.٣.٤"),
        ("host", "cpm-c:80"),
        ("host", "ins-c"),
        ("host", ""),
    ],
)
def test_an_id_that_cannot_be_one_is_refused(field: str, value: str) -> None:
    with pytest.raises(MalformedId) as caught:
        operation_from_json("probe-port", {**OPERATION.to_json(), field: value})

    assert caught.value.facts == {"field": field, "value": value}


@pytest.mark.parametrize("host", ["cpm-c", "tcpm-px13l9jh", "10.0.0.9", "255.255.255.255", "0.0.0.0"])  # noqa: S104 - a value, nothing listens
def test_hosts_are_machines_leased_machines_and_addresses(host: str) -> None:
    assert replace(OPERATION, host=host).host == host


@pytest.mark.parametrize("field", ["port", "probe_port"])
@pytest.mark.parametrize("value", [PORT_MIN - 1, PORT_MAX + 1, -1])
def test_a_port_out_of_range_is_refused(field: str, value: int) -> None:
    with pytest.raises(PortOutOfRange) as caught:
        operation_from_json("probe-port", {**OPERATION.to_json(), field: value})

    assert caught.value.facts == {"field": field, "value": value, "least": 1, "most": 65535}


@given(port=st.integers(PORT_MIN, PORT_MAX), probe_port=st.integers(PORT_MIN, PORT_MAX))
@settings(deadline=None)
def test_an_operation_comes_back_from_json_as_it_was(port: int, probe_port: int) -> None:
    operation = replace(OPERATION, port=port, probe_port=probe_port)

    assert operation_from_json("probe-port", json.loads(json.dumps(operation.to_json()))) == operation


def test_the_fields_of_a_description_are_the_fields_of_its_operation() -> None:
    for verb, operation in OPERATIONS.items():
        assert operation.description.verb == verb
        assert [field.name for field in operation.description.fields] == [one.name for one in fields(operation)]


def test_a_target_names_the_backend_and_not_the_value() -> None:
    assert OPERATION.target == "lb-a/lbl-b/cpm-c:1234"
    assert replace(OPERATION, probe_port=1).target == OPERATION.target


@pytest.mark.parametrize(("probe_port", "is_done"), [(8080, False), (12345, True), (UNSET, False), (None, None)])
def test_whether_it_is_done_is_read_or_not_known(probe_port: int | None, is_done: bool | None) -> None:
    facts = facts_with(replace(BACKEND, probe_port=probe_port))

    assert OPERATION.before(facts) == probe_port
    assert OPERATION.is_done(facts) is is_done


def test_nothing_is_known_of_a_backend_that_is_not_bound() -> None:
    facts = replace(FACTS, backends=())

    assert OPERATION.before(facts) is None
    assert OPERATION.is_done(facts) is None
    assert OPERATION.relies_on(facts)["bound"] is False


def test_an_undo_restores_the_port_that_stood_there() -> None:
    undo = OPERATION.undo(8080)

    assert undo == replace(OPERATION, probe_port=8080)


@pytest.mark.parametrize("before", [None, UNSET, OPERATION.probe_port])
def test_there_is_no_undo_to_a_port_that_was_unset_unknown_or_the_same(before: int | None) -> None:
    assert OPERATION.undo(before) is None


def test_a_sibling_that_changes_health_is_no_drift_while_others_are_alive() -> None:
    siblings = [replace(BACKEND, host=f"cpm-{name}") for name in "xy"]
    sick = [siblings[0], replace(siblings[1], health=DEAD, weight=0)]

    assert OPERATION.relies_on(facts_with(BACKEND, *siblings)) == OPERATION.relies_on(facts_with(BACKEND, *sick))


def test_becoming_the_last_one_alive_is_drift() -> None:
    sibling = replace(BACKEND, host="cpm-x")

    before = OPERATION.relies_on(facts_with(BACKEND, sibling))
    now = OPERATION.relies_on(facts_with(BACKEND, replace(sibling, health=DEAD)))

    assert {fact for fact in before if before[fact] != now[fact]} == {"last_alive"}


def test_a_probe_port_that_moved_is_drift() -> None:
    before = OPERATION.relies_on(FACTS)
    now = OPERATION.relies_on(facts_with(replace(BACKEND, probe_port=9090)))

    assert {fact for fact in before if before[fact] != now[fact]} == {"probe_port"}
