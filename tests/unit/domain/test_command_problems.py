"""The facts that each problem carries for its sentence."""

import pytest

from bot.domain.command import NotUnderstood, Problem, parse
from bot.domain.command import ProblemCode as Code

BACKEND = "lb-aaaa lbl-bbbb cpm-cccc:1234"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            f"prob-port {BACKEND} 2 x",
            Problem(code=Code.UNKNOWN_VERB, field="verb", value="prob-port", allowed=("probe-port",)),
        ),
        ("approve CR-1", Problem(code=Code.DECIDE_ON_CARD, field="verb", value="approve")),
        (
            "probe-port lb-aaaa lbl-bbbb fe80::1:80 90 x",
            Problem(code=Code.MALFORMED_ID, field="host", value="fe80::1:80", allowed=("cpm-abcdefgh",)),
        ),
        (
            f"probe-port {BACKEND} 70000 x",
            Problem(code=Code.PORT_OUT_OF_RANGE, field="probe_port", value="70000", allowed=("1", "65535")),
        ),
        (
            f"probe-port {BACKEND} 2 500 x",
            Problem(code=Code.EXTRA_NUMBER, field="probe_port", value="500", allowed=("2", "500")),
        ),
        (
            f"probe-port {BACKEND} 8080 => 2 x",
            Problem(code=Code.ARROW, field="probe_port", value="8080 → 2", allowed=("2",)),
        ),
        (
            f"probe-port {BACKEND}:2 x",
            Problem(code=Code.PORTS_GLUED, field="probe_port", value="cpm-cccc:1234:2", allowed=("cpm-cccc:1234 2",)),
        ),
        (f"probe-port {BACKEND} 2 port=9 x", Problem(code=Code.FIELD_TWICE, field="port", allowed=("1234", "9"))),
        (
            f"probe-port {BACKEND} prob_port=2 x",
            Problem(code=Code.UNKNOWN_KEY, value="prob_port", allowed=("probe_port",)),
        ),
        (
            f"probe-port {BACKEND} weight=2 x",
            Problem(
                code=Code.UNKNOWN_KEY,
                value="weight",
                allowed=("load_balancer", "listener", "host", "port", "probe_port", "reason", "at", "window"),
            ),
        ),
        (
            f"probe-port {BACKEND} 2 {'x' * 501}",
            Problem(code=Code.REASON_TOO_LONG, field="reason", value="501", allowed=("500",)),
        ),
        (
            "tccli bmlb ModifyL4BackendWeight",
            Problem(
                code=Code.OTHER_ACTION,
                value="ModifyL4BackendWeight",
                allowed=("ModifyBmL4ListenerBackendProbePort", "ModifyL4BackendProbePort"),
            ),
        ),
    ],
)
def test_a_problem_carries_the_facts_of_its_sentence(text: str, problem: Problem) -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse(text)

    assert problem in caught.value.facts["problems"]  # type: ignore[operator] # facts are objects
