"""What is refused, what the person is told, and the line they may copy."""

import pytest

from bot.domain.command import ProblemCode as Code
from tests.unit.domain.refused import BACKEND, IDS, USAGE, Told
from tests.unit.domain.test_command_glass import GLASS
from tests.unit.domain.test_command_preview import WRONG

CASES = {  # text: (problems, corrected)
    # Verbs.
    f"{BACKEND} 2 x": ([("verb_missing", "verb")], f"probe-port {BACKEND} 2 x"),
    f"prob-port {BACKEND} 2 x": ([("unknown_verb", "verb")], f"probe-port {BACKEND} 2 x"),
    f"prob port {BACKEND} 2 x": ([("unknown_verb", "verb")], f"probe-port {BACKEND} 2 x"),
    f"weight {BACKEND} 2 x": ([("unknown_verb", "verb")], USAGE),
    "approve CR-1": ([("decide_on_card", "verb")], USAGE),
    "audit": ([("change_missing", "")], "audit <change>"),
    "Reject CR-1 not tonight": ([("decide_on_card", "verb")], USAGE),
    "/lb cancel CR-1": ([("decide_on_card", "verb")], USAGE),
    "status": ([("decide_on_card", "verb")], USAGE),
    "批准 CR-1": ([("decide_on_card", "verb")], USAGE),
    f"probe-port {IDS} fe80::1:80 90 x": ([("malformed_id", "host")], f"probe-port {IDS} <host>:<port> <probe_port> x"),
    f"probe-port {IDS} [fe80::1]:80 90 x": (
        [("malformed_id", "host")],
        f"probe-port {IDS} <host>:<port> <probe_port> x",
    ),
    f"probe-port {IDS} 2001:db8::1:80 90 x": (
        [("malformed_id", "host")],
        f"probe-port {IDS} <host>:<port> <probe_port> x",
    ),
    f"probe-port {IDS} host=fe80:1:2:3:4:5:6:7 80 90 x": (
        [("malformed_id", "host")],
        f"probe-port {IDS} <host>:<port> <probe_port> x",
    ),
    "please help me": ([("unknown_verb", "verb")], USAGE),
    # Values that are missing or still wait.
    f"probe-port {BACKEND} 2": ([("reason_missing", "reason")], f"probe-port {BACKEND} 2 <reason>"),
    f"probe-port {BACKEND} 2 <reason>": ([("reason_missing", "reason")], f"probe-port {BACKEND} 2 <reason>"),
    f"probe-port {BACKEND} db": ([("missing_field", "probe_port")], f"probe-port {BACKEND} <probe_port> db"),
    f"probe-port {BACKEND} <probe_port> 500 errors": (
        [("missing_field", "probe_port")],
        f"probe-port {BACKEND} <probe_port> # 500 errors",
    ),
    f"probe-port {IDS} <host>:<port> 2 x": (
        [("missing_field", "host"), ("missing_field", "port")],
        f"probe-port {IDS} <host>:<port> 2 x",
    ),
    # Ids.
    "probe-port lb_aaaa lbl-bbbb cpm-cccc:1234 2 x": (
        [("malformed_id", "load_balancer")],
        "probe-port <load_balancer> lbl-bbbb cpm-cccc:1234 2 x",
    ),
    "probe-port aaaa lbl-bbbb cpm-cccc:1234 2 x": (
        [("malformed_id", "load_balancer")],
        "probe-port <load_balancer> lbl-bbbb cpm-cccc:1234 2 x",
    ),
    f"probe-port {IDS} web1 1234 2 x": ([("malformed_id", "host")], f"probe-port {IDS} <host>:1234 2 x"),
    f"probe-port {IDS} 10.0.0.300:1234 2 x": ([("malformed_id", "host")], f"probe-port {IDS} <host>:1234 2 x"),
    "probe-port lb=lbl-bbbb lbl=lb-aaaa host=cpm-cccc:1234 probe_port=2 x": (
        [("wrong_kind_of_id", "load_balancer"), ("wrong_kind_of_id", "listener")],
        f"probe-port {BACKEND} 2 x",
    ),
    "probe-port lbl-aaaa lbl-bbbb cpm-cccc:1234 2 x": (
        [("wrong_kind_of_id", "load_balancer")],
        "probe-port <load_balancer> lbl-bbbb cpm-cccc:1234 2 x",
    ),
    "probe-port lb-aaaa lb-bbbb cpm-cccc:1234 2 x": (
        [("wrong_kind_of_id", "listener")],
        "probe-port lb-aaaa <listener> cpm-cccc:1234 2 x",
    ),
    # Ports.
    f"probe-port {BACKEND} 70000 x": ([("port_out_of_range", "probe_port")], f"probe-port {BACKEND} <probe_port> x"),
    f"probe-port {IDS} cpm-cccc:0 2 x": ([("port_out_of_range", "port")], f"probe-port {IDS} cpm-cccc:<port> 2 x"),
    f"probe-port {BACKEND} -1 x": ([("port_out_of_range", "probe_port")], f"probe-port {BACKEND} <probe_port> x"),
    f"probe-port {BACKEND} 12,345 x": ([("not_a_number", "probe_port")], f"probe-port {BACKEND} <probe_port> x"),
    f"probe-port {BACKEND} l2345 x": ([("not_a_number", "probe_port")], f"probe-port {BACKEND} <probe_port> x"),
    f"probe-port {BACKEND}:2 x": ([("ports_glued", "probe_port")], f"probe-port {BACKEND} 2 x"),
    f"probe-port {BACKEND} 8080 -> 2 x": ([("arrow", "probe_port")], f"probe-port {BACKEND} 2 x"),
    f"probe-port {BACKEND} 8080→2 x": ([("arrow", "probe_port")], f"probe-port {BACKEND} 2 x"),
    f"probe-port {BACKEND} from 8080 to 2 x": ([("arrow", "probe_port")], f"probe-port {BACKEND} 2 x"),
    f"probe-port {IDS} cpm-cccc 1234 -> 2 x": ([("arrow", "port")], f"probe-port {IDS} cpm-cccc:<port> 2 x"),
    # Numbers with two readings.
    f"probe-port {BACKEND} 2 500 errors": (
        [("extra_number", "probe_port")],
        f"probe-port {BACKEND} <probe_port> # 500 errors",
    ),
    f"probe-port {BACKEND} 8080 - 2 x": (
        [("extra_number", "probe_port")],
        f"probe-port {BACKEND} <probe_port> # - 2 x",
    ),
    f"probe-port {BACKEND} 8080 should be 12345": (
        [("extra_number", "probe_port")],
        f"probe-port {BACKEND} <probe_port> # should be 12345",
    ),
    f"probe-port {BACKEND} 8080 改为12345": (
        [("extra_number", "probe_port")],
        f"probe-port {BACKEND} <probe_port> # 改为12345",
    ),
    f"probe-port {BACKEND} 8080 old, 12345 new": (
        [("extra_number", "probe_port")],
        f"probe-port {BACKEND} <probe_port> # old, 12345 new",
    ),
    f"probe-port {BACKEND} 8080 (12345) x": (
        [("extra_number", "probe_port")],
        f"probe-port {BACKEND} <probe_port> # (12345) x",
    ),
    f"probe-port 2 {BACKEND} x": ([("extra_number", "probe_port")], f"probe-port {BACKEND} <probe_port> x"),
    f"probe-port {IDS} 1234 2 x": (
        [("missing_field", "host"), ("extra_number", "probe_port"), ("extra_number", "probe_port")],
        f"probe-port {IDS} <host>:<port> <probe_port> x",
    ),
    # Keys and words.
    f"probe-port {BACKEND} 2 probe_port=3 x": (
        [("field_twice", "probe_port")],
        f"probe-port {BACKEND} <probe_port> x",
    ),
    f"probe-port {BACKEND} cpm-dddd:1234 2 x": (
        [("field_twice", "host")],
        f"probe-port {IDS} <host>:1234 2 x",
    ),
    f"probe-port {BACKEND} prob_port=2 x": (
        [("missing_field", "probe_port"), ("unknown_key", "")],
        f"probe-port {BACKEND} <probe_port> x",
    ),
    f"probe-port {BACKEND} 2 prob_port=3 x": ([("unknown_key", "")], f"probe-port {BACKEND} 2 x"),
    f"probe-port {BACKEND} 2 --force x": (
        [("unknown_key", ""), ("reason_missing", "reason")],
        f"probe-port {BACKEND} 2 <reason>",
    ),
    f"probe-port {BACKEND} moving db probe_port=2": (
        [("field_in_reason", "probe_port")],
        f"probe-port {BACKEND} 2 moving db",
    ),
    f"probe-port please do {BACKEND} 2 x": ([("extra_words", "")], f"probe-port {BACKEND} 2 x"),
    f'probe-port reason="x" port=1234 {IDS} cpm-cccc 2 now': ([("extra_words", "")], f"probe-port {BACKEND} 2 x"),
    f"probe-port {BACKEND} 2 cpm-dddd:1234 3": (
        [("extra_words", ""), ("reason_missing", "reason")],
        f"probe-port {BACKEND} 2 <reason>",
    ),
    f"probe-port {BACKEND} 2 x\n/lb probe-port {IDS} cpm-dddd:1234 2 x": (
        [("extra_words", "")],
        f"probe-port {BACKEND} 2 x",
    ),
    f"probe-port {BACKEND} 2 reason=x\ntccli bmlb ModifyL4BackendProbePort --Port 1": (
        [("extra_words", "")],
        f"probe-port {BACKEND} 2 x",
    ),
    f"probe-port {BACKEND} 2 x GET https://bmlb.api.qcloud.com/v2/index.php?Action=ModifyL4BackendProbePort&port=1": (
        [("extra_words", "")],
        f"probe-port {BACKEND} 2 x",
    ),
    # Grants.
    "revoke": ([("grant_missing", "")], "revoke <grant>"),
    "grant probe-port lb-aaaa for ages 3 uses x": (
        [("malformed", "duration")],
        "grant probe-port lb-aaaa for <duration> 3 uses x",
    ),
    # Reasons.
    f"probe-port {BACKEND} 2 {'x' * 501}": ([("reason_too_long", "reason")], f"probe-port {BACKEND} 2 <reason>"),
    f"probe-port {BACKEND} 2 key is secretKey: xyzzy": (
        [("secret_in_reason", "reason")],
        f"probe-port {BACKEND} 2 <reason>",
    ),
    f"probe-port {BACKEND} 2 the bearer [redacted] moved": (
        [("secret_in_reason", "reason")],
        f"probe-port {BACKEND} 2 <reason>",
    ),
    # Starts.
    f"probe-port {BACKEND} 2 --at noon x": ([("not_a_moment", "at")], f"probe-port {BACKEND} 2 --at <at> x"),
    f"probe-port {BACKEND} 2 --at": (
        [("missing_field", "at"), ("reason_missing", "reason")],
        f"probe-port {BACKEND} 2 --at <at> <reason>",
    ),
    f"probe-port {BACKEND} 2 --at <at> x": ([("missing_field", "at")], f"probe-port {BACKEND} 2 --at <at> x"),
    f"probe-port {BACKEND} 2 x --window": ([("missing_field", "window")], f"probe-port {BACKEND} 2 --at <at> x"),
    f"probe-port {BACKEND} 2 --window to/night x": (
        [("malformed_id", "window")],
        f"probe-port {BACKEND} 2 --at <at> x",
    ),
    f"probe-port {BACKEND} 2 --at 02:00 --at 03:00 x": (
        [("field_twice", "at")],
        f"probe-port {BACKEND} 2 --at <at> x",
    ),
    f"probe-port {BACKEND} 2 --at 02:00 x --window nightly": (
        [("two_starts", "at")],
        f"probe-port {BACKEND} 2 --at <at> x",
    ),
    f"probe-port {BACKEND} 2 moved --at 02:00 as agreed": (
        [("option_in_reason", "at")],
        f"probe-port {BACKEND} 2 --at <at> # moved --at 02:00 as agreed",
    ),
    f"probe-port {BACKEND} 2 at 02:00 the disk fills": (
        [("maybe_start", "at")],
        f"probe-port {BACKEND} 2 --at <at> at 02:00 the disk fills",
    ),
    # Pastes.
    "https://bmlb.api.qcloud.com/v2/index.php?Action=ModifyBmL4ListenerBackendWeight&weight=1 x": (
        [("other_action", "")],
        USAGE,
    ),
    "tccli clb ModifyL4BackendProbePort --Port 1": ([("other_action", "")], USAGE),
    "https://console.example.com/bmlb x": ([("action_missing", "")], USAGE),
    "tccli bmlb": ([("action_missing", "")], USAGE),
    "freeze lb-abc why": ([("end_missing", "")], "freeze lb-abc until <moment> why"),
    "freeze lb-abc until six why": ([("malformed_end", "")], "freeze lb-abc until <moment> why"),
}


@pytest.mark.parametrize("text", CASES)
def test_a_wrong_command_is_told_what_is_wrong_and_gets_a_line_to_copy(text: str) -> None:
    told = Told(text)

    assert (told.codes, told.corrected) == CASES[text]


def test_every_code_can_be_reached() -> None:
    assert {code for problems, _ in [*CASES.values(), *GLASS.values(), *WRONG.values()] for code, _ in problems} == set(
        Code
    )


def test_everything_wrong_is_told_at_once_beside_what_was_understood() -> None:
    told = Told("probe-port lb-aaaa lbl_bbbb cpm-cccc:99999 l2345")

    assert told.codes == [
        ("malformed_id", "listener"),
        ("port_out_of_range", "port"),
        ("not_a_number", "probe_port"),
        ("reason_missing", "reason"),
    ]
    assert told.understood == {"verb": "probe-port", "load_balancer": "lb-aaaa", "host": "cpm-cccc"}
    assert told.corrected == "probe-port lb-aaaa <listener> cpm-cccc:<port> <probe_port> <reason>"


def test_a_refusal_repeats_little_of_a_long_text() -> None:
    told = Told("probe-port " + " ".join(f"cpm-{number}" * 50 for number in range(500)))

    assert len(told.everything) < 2000
