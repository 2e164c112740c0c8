"""Requests copied from the cloud's own pages and terminals."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.command import NotUnderstood, ProblemCode, Request, parse
from bot.domain.operation import SetProbePort

SEED = "reference/seed-ModifyBmL4ListenerBackendProbePort.md"
ASKED = Request(
    operation=SetProbePort(
        load_balancer="lb-abcdefgh", listener="lbl-abcdefgh", host="cpm-abcdefgh", port=1234, probe_port=12345
    ),
    reason="db move",
)
KEY_ID, SIGNATURE = "AKIDlfdHxN0ntSVt4KPH0xXWnGl21UUFNoO5", "umZFAAWKzjXEQp4ySgrWAoWOHKI"
PARAMETERS = [
    "Action=ModifyBmL4ListenerBackendProbePort",
    f"SecretId={KEY_ID}",
    "Nonce=61431",
    "Timestamp=1507728683",
    "Region=bj",
    "loadBalancerId=lb-abcdefgh",
    "listenerId=lbl-abcdefgh",
    "instanceId=cpm-abcdefgh",
    "port=1234",
    "probePort=12345",
    f"Signature={SIGNATURE}%3D",
]
V2 = "https://bmlb.api.qcloud.com/v2/index.php?"
V2_REQUEST = V2 + "&".join(PARAMETERS)
V3_REQUEST = (
    "https://bmlb.tencentcloudapi.com/?Action=ModifyL4BackendProbePort&LoadBalancerId=lb-abcdefgh"
    "&ListenerId=lbl-abcdefgh&InstanceId=cpm-abcdefgh&Port=1234&ProbePort=12345&BindType=0&Version=2018-06-25"
)
TCCLI = (
    "tccli bmlb ModifyL4BackendProbePort --LoadBalancerId lb-abcdefgh --ListenerId lbl-abcdefgh "
    "--InstanceId cpm-abcdefgh --Port 1234 --ProbePort 12345 --BindType 0"
)


def blocks_of_the_seed_page() -> list[str]:
    page = Path(__file__).resolve().parents[4] / "shared" / SEED
    if not page.exists():
        pytest.skip("the reference pages are not here")
    return [block for block in page.read_text(encoding="utf-8").split("```") if block.lstrip().startswith("GET")]


def test_the_seed_pages_example_is_understood_as_it_stands_there() -> None:
    _, example = blocks_of_the_seed_page()

    assert parse(f"{example}\ndb move") == ASKED


def test_the_seed_pages_template_is_told_which_values_it_still_needs() -> None:
    template, _ = blocks_of_the_seed_page()

    with pytest.raises(NotUnderstood) as caught:
        parse(f"{template} db move")

    assert caught.value.facts["understood"] == {"verb": "probe-port", "reason": "db move"}
    assert caught.value.facts["corrected"] == (
        "probe-port <load_balancer> <listener> <host>:<port> <probe_port> db move"
    )


@pytest.mark.parametrize("request_text", [V2_REQUEST, V3_REQUEST])
@pytest.mark.parametrize(
    "dress",
    [
        "{} db move",
        "GET {} db move",
        "probe-port {}\ndb move",
        "/lb probe-port GET {} reason=db move",
        "<{}> db move",
        "<{}|bmlb.api.qcloud.com/v2/ind…> db move",
        "`{}` db move",
        "curl “{}” # db move",
        '{} reason="db move"',
        "{}&reason=db move",
    ],
)
def test_a_requests_address_is_understood_in_every_dress(request_text: str, dress: str) -> None:
    assert parse(dress.format(request_text)) == ASKED
    assert parse(dress.format(request_text.replace("&", "&amp;"))) == ASKED


def test_an_address_broken_into_lines_is_one_request() -> None:
    assert parse(f"GET {V2}" + "\n\t&".join(PARAMETERS) + "\n\ndb move") == ASKED
    assert (
        parse(f"GET <{V2}{PARAMETERS[0]}>" + "".join(f"\n\t&amp;{one}" for one in PARAMETERS[1:]) + " db move") == ASKED
    )


def test_parameters_alone_are_a_request_too() -> None:
    assert parse("&".join(PARAMETERS) + " db move") == ASKED


@pytest.mark.parametrize(
    "line",
    [
        f"{TCCLI} db move",
        f"$ {TCCLI} --region ap-beijing --profile prod db move",
        f"{TCCLI} --reason “db move”",
        f"{TCCLI} --reason db move",
        f"{TCCLI} # db move",
        f"{TCCLI} --use-cvm-role db move",
        f"probe-port {TCCLI} reason=db move",
        TCCLI.replace("--", "—") + " db move",
        TCCLI.replace(" --", " \\\n  --") + " \\\n # db move",
        TCCLI.replace("Port 1234", "Port=1234").replace("Id lb", "Id=lb") + " db move",
        f"```\n{TCCLI} db move\n```",
    ],
)
def test_a_tccli_line_is_understood_in_every_dress(line: str) -> None:
    assert parse(line) == ASKED


def test_behind_a_paste_a_reason_may_begin_with_a_number() -> None:
    parsed = parse(f"{TCCLI} 500 errors")

    assert isinstance(parsed, Request)
    assert parsed.reason == "500 errors"


@pytest.mark.parametrize(
    ("text", "action"),
    [
        (V2_REQUEST.replace("ProbePort&", "Weight&"), "ModifyBmL4ListenerBackendWeight"),
        (TCCLI.replace("ProbePort ", "Port ", 1), "ModifyL4BackendPort"),
        (TCCLI.replace("bmlb", "clb"), "clb ModifyL4BackendProbePort"),
        (f"{V2_REQUEST}&Action=DeleteBmListeners", "ModifyBmL4ListenerBackendProbePort, DeleteBmListeners"),
    ],
)
def test_another_action_is_named_and_nothing_of_it_is_offered(text: str, action: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse(f"{text} db move")

    (problem,) = caught.value.facts["problems"]  # type: ignore[misc] # facts are objects
    assert (problem.code, problem.value) == (ProblemCode.OTHER_ACTION, action)  # type: ignore[has-type] # as above
    assert caught.value.facts["understood"] == {}
    assert "<probe_port>" in str(caught.value.facts["corrected"])


def test_a_tccli_option_that_nobody_knows_is_not_passed_over() -> None:
    with pytest.raises(NotUnderstood, match="unknown_key"):
        parse(f"{TCCLI} --Weight 50 db move")


@given(rng=st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=400)
def test_no_answer_repeats_a_key_or_a_signature_of_a_broken_paste(rng: random.Random) -> None:
    parameters = rng.sample(PARAMETERS, rng.randint(1, len(PARAMETERS)))
    joint = rng.choice(["&", "\n\t&", " & ", "&amp;", " ", ", "])
    head = rng.choice(
        ["", "probe-port ", "GET ", "please ", "probe-port lb-a ", "tccli bmlb ModifyL4BackendProbePort "]
    )
    address = rng.choice([V2, "", "https://other.example.com/x ", "<" + V2])
    text = head + address + joint.join(parameters) + rng.choice(["", " db move", "> db move", '" db'])

    try:
        said = str(parse(text))
    except NotUnderstood as refusal:
        said = str(refusal)

    assert KEY_ID not in said
    assert SIGNATURE not in said
