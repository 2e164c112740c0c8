"""A grant: which changes it is for, and until when."""

from dataclasses import replace

import pytest

from bot.domain.asks import Asks, Confirm, Ruled, Stage
from bot.domain.grant import Grant, Targets
from bot.domain.operation import SetProbePort

OPERATION = SetProbePort(load_balancer="lb-a", listener="lbl-a", host="cpm-a", port=80, probe_port=8080)
BALANCER = Targets(verb="probe-port", load_balancer="lb-a")
LISTENER = replace(BALANCER, listener="lbl-a")
GRANT = Grant(
    id=3, giver="U0ANNA", channel="C0INC", targets=BALANCER, reason="x", given_at=100.0, until=160.0, uses=2, used=0
)
RULED = Ruled(name="r", version="v", asks=Asks(stages=(Stage(approvers=("anyone",)),)))
TYPED = replace(RULED, asks=replace(RULED.asks, confirm=Confirm.TYPED))


@pytest.mark.parametrize(
    "targets", [BALANCER, LISTENER, replace(LISTENER, backends=("cpm-a:80",)),
                replace(LISTENER, backends=("cpm-b:80", "cpm-a:80"))]
)  # fmt: skip
def test_a_grant_covers_what_it_names_and_everything_below(targets: Targets) -> None:
    assert targets.covers(OPERATION)


@pytest.mark.parametrize(
    "targets",
    [
        replace(BALANCER, verb="weight"),
        replace(BALANCER, load_balancer="lb-b"),
        replace(LISTENER, listener="lbl-b"),
        replace(LISTENER, load_balancer="lb-b"),
        replace(LISTENER, backends=("cpm-a:81",)),
        replace(LISTENER, backends=("cpm-b:80", "cpm-c:80")),
        replace(LISTENER, listener="lbl-b", backends=("cpm-a:80",)),
    ],
)
def test_a_grant_covers_nothing_else(targets: Targets) -> None:
    assert not targets.covers(OPERATION)


@pytest.mark.parametrize(
    ("grant", "at", "active"),
    [
        (GRANT, 100.0, True),
        (GRANT, 159.9, True),
        (GRANT, 160.0, False),
        (replace(GRANT, used=1), 100.0, True),
        (replace(GRANT, used=2), 100.0, False),
        (replace(GRANT, revoked=True), 100.0, False),
    ],
)
def test_a_grant_is_over_at_its_minute_when_it_is_used_up_and_when_it_is_revoked(
    grant: Grant, at: float, active: bool
) -> None:
    assert grant.is_active(at) is active


def test_where_the_listener_must_be_typed_only_a_grant_that_names_it_serves() -> None:
    named = replace(GRANT, targets=LISTENER)

    assert all(one.serves(OPERATION, RULED, begins=100.0) for one in (GRANT, named))
    assert [one.serves(OPERATION, TYPED, begins=100.0) for one in (GRANT, named)] == [False, True]
    assert not named.serves(replace(OPERATION, listener="lbl-b"), TYPED, begins=100.0)


def test_a_grant_serves_what_begins_before_its_end() -> None:
    assert [GRANT.serves(OPERATION, RULED, begins=at) for at in (100.0, 159.0, 160.0)] == [True, True, False]


def test_targets_read_as_they_are_written() -> None:
    assert str(BALANCER) == "probe-port lb-a"
    assert str(replace(LISTENER, backends=("cpm-a:80", "cpm-b:81"))) == "probe-port lb-a lbl-a cpm-a:80 cpm-b:81"
    assert (GRANT.name, GRANT.left) == ("G-3", 2)
