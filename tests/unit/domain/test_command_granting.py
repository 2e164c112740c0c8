"""``grant``, ``grants`` and ``revoke``: what is understood, and what is refused with a line to copy."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.command import GRANT_LINES, GiveGrant, ListGrants, NotUnderstood, RevokeGrant, parse
from bot.domain.grant import Targets
from tests.unit.domain.refused import Told
from tests.unit.domain.test_command_properties import ANYTHING, damaged

BALANCER = Targets(verb="probe-port", load_balancer="lb-aaaa")
LISTENER = Targets(verb="probe-port", load_balancer="lb-aaaa", listener="lbl-bbbb")
BACKENDS = Targets(
    verb="probe-port", load_balancer="lb-aaaa", listener="lbl-bbbb", backends=("cpm-c:80", "10.0.0.1:81")
)


def grant(targets: Targets = BALANCER, minutes: int = 30, uses: int = 3, reason: str = "INC-7 dry") -> GiveGrant:
    return GiveGrant(targets=targets, lasts=minutes * 60.0, uses=uses, reason=reason)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("grant probe-port lb-aaaa for 30m 3 uses INC-7 dry", grant()),
        ("grant probe-port lb-aaaa 3 uses for 30m INC-7 dry", grant()),
        ("Grant probe-port 3x for 30 min lb-aaaa INC-7 dry", grant()),
        ("grant probe-port lb-aaaa for 2h 1 use INC-7 dry", grant(minutes=120, uses=1)),
        ("grant probe-port lb-aaaa lbl-bbbb for 1d 3 times INC-7 dry", grant(LISTENER, 1440)),
        ("grant probe-port lb-aaaa for 30m 3 uses lbl-bbbb INC-7 dry", grant(LISTENER)),
        ("grant probe-port lb-aaaa lbl-bbbb cpm-c:80 10.0.0.1:81 for 30m 3 uses INC-7 dry", grant(BACKENDS)),
        ("grant probe-port lb-aaaa,lbl-bbbb cpm-c:80,cpm-d:81 for 30m, 3 uses: INC-7 dry",
         grant(replace(LISTENER, backends=("cpm-c:80", "cpm-d:81")))),
        ("授权 探测端口 lb-aaaa 30分钟 3次 扩容", grant(reason="扩容")),
        ("授权 探测端口 lb－aaaa 持续 ３０分钟 ３ 次 扩容", grant(reason="扩容")),
        ("grant probe-port load_balancer=lb-aaaa for 30m 3 uses INC-7 dry", grant()),
        ("grant operation=probe-port lb=lb-aaaa for=30m uses=3 reason=INC-7 dry", grant()),
        ('grant probe-port uses: 3x duration: 30 min loadBalancerId=LB-AAAA reason="INC-7 dry"', grant()),
        ("grant probe-port lb-aaaa listener=lbl-bbbb for 30m 3 uses INC-7 dry", grant(LISTENER)),
        ("grant probe-port lb-aaaa for 30m 3 uses listener=lbl-bbbb INC-7 dry", grant(LISTENER)),
        ("grant probe-port lb-aaaa lbl-bbbb backend=cpm-c:80 host=10.0.0.1 port=81 for 30m 3 uses INC-7 dry",
         grant(BACKENDS)),
        ("grant probe-port lb-aaaa for 30m 3 uses ticket=INC-7 dry", grant(reason="ticket=INC-7 dry")),
        ("grant probe-port lb-aaaa for 30m 3 uses # listener=lbl-bbbb", grant(reason="listener=lbl-bbbb")),
        ("grant probe-port lb-aaaa for 30m 3 uses # 2h of errors", grant(reason="2h of errors")),
        ("grant probe-port lb-aaaa for 30m 3 uses for the deploy", grant(reason="for the deploy")),
        ("grants", ListGrants()),
        ("/lb grants", ListGrants()),
        ("revoke G-3", RevokeGrant(grant=3, reason="")),
        ("revoke g3 it is over", RevokeGrant(grant=3, reason="it is over")),
        ("撤销 G-12", RevokeGrant(grant=12, reason="")),
    ],
)  # fmt: skip
def test_a_grant_is_understood_as_it_is_typed(text: str, meant: object) -> None:
    assert parse(text) == meant


CASES = {  # text: (problems, corrected)
    "grant": (
        [("verb_missing", "verb"), ("missing_field", "load_balancer"), ("missing_field", "duration"),
         ("missing_field", "uses"), ("reason_missing", "reason")],
        "grant <verb> <load_balancer> for <duration> <uses> <reason>",
    ),
    "grant lb-aaaa for 30m 3 uses x": ([("verb_missing", "verb")], "grant <verb> lb-aaaa for 30m 3 uses x"),
    "grant prob-port lb-aaaa for 30m 3 uses x": ([("unknown_verb", "verb")],
                                                 "grant probe-port lb-aaaa for 30m 3 uses x"),
    "grant probe-port for 30m 3 uses x": ([("missing_field", "load_balancer")],
                                          "grant probe-port <load_balancer> for 30m 3 uses x"),
    "grant probe-port core for 30m 3 uses x": (
        [("missing_field", "load_balancer"), ("extra_words", "")],
        "grant probe-port <load_balancer> for 30m 3 uses x",
    ),
    "grant probe-port lb_aaaa for 30m 3 uses x": (
        [("malformed_id", "load_balancer")],
        "grant probe-port <load_balancer> for 30m 3 uses x",
    ),
    "grant probe-port lb-aaaa lb-bbbb for 30m 3 uses x": (
        [("field_twice", "load_balancer")],
        "grant probe-port <load_balancer> for 30m 3 uses x",
    ),
    "grant probe-port lb-aaaa cpm-c:80 for 30m 3 uses x": (
        [("missing_field", "listener")],
        "grant probe-port lb-aaaa <listener> cpm-c:80 for 30m 3 uses x",
    ),
    "grant probe-port lb-aaaa lbl-bbbb cpm-c for 30m 3 uses x": (
        [("missing_field", "port")],
        "grant probe-port lb-aaaa lbl-bbbb for 30m 3 uses x",
    ),
    "grant probe-port lb-aaaa lbl-bbbb cpm-c:0 for 30m 3 uses x": (
        [("port_out_of_range", "port")],
        "grant probe-port lb-aaaa lbl-bbbb for 30m 3 uses x",
    ),
    "grant probe-port lb-aaaa 3 uses x": ([("missing_field", "duration")],
                                          "grant probe-port lb-aaaa for <duration> 3 uses x"),
    "grant probe-port lb-aaaa for 30m x": ([("missing_field", "uses")],
                                           "grant probe-port lb-aaaa for 30m <uses> x"),
    "grant probe-port lb-aaaa for 30m 3 backends": ([("missing_field", "uses")],
                                                    "grant probe-port lb-aaaa for 30m <uses> # 3 backends"),
    "grant probe-port lb-aaaa for 1h 30m 3 uses x": ([("malformed", "duration")],
                                                     "grant probe-port lb-aaaa for <duration> 3 uses x"),
    "grant probe-port lb-aaaa for 0m 3 uses x": ([("malformed", "duration")],
                                                 "grant probe-port lb-aaaa for <duration> 3 uses x"),
    "grant probe-port lb-aaaa for 30m 0 uses x": ([("malformed", "uses")],
                                                  "grant probe-port lb-aaaa for 30m <uses> x"),
    "grant probe-port lb-aaaa the pool is dry for 30m 3 uses": (
        [("extra_words", ""), ("reason_missing", "reason")],
        "grant probe-port lb-aaaa for 30m 3 uses <reason>",
    ),
    "grant probe-port lb-aaaa for <duration> <uses> <reason>": (
        [("missing_field", "duration"), ("missing_field", "uses"), ("reason_missing", "reason")],
        "grant probe-port lb-aaaa for <duration> <uses> <reason>",
    ),
    "grant probe-port lb-aaaa for 30m 3 uses key is secretKey: xyzzy": (
        [("secret_in_reason", "reason")],
        "grant probe-port lb-aaaa for 30m 3 uses <reason>",
    ),
    "grant probe-port lb-aaaa lbl-bbbb " + " ".join(f"cpm-c:{port}" for port in range(1, 22)) + " for 30m 3 uses x": (
        [("malformed", "backends")],
        "grant probe-port lb-aaaa lbl-bbbb for 30m 3 uses x",
    ),
    "grant probe-port lb=lbl-bbbb for 30m 3 uses x": (
        [("wrong_kind_of_id", "load_balancer")],
        "grant probe-port <load_balancer> for 30m 3 uses x",
    ),
    "grant probe-port lb-aaaa listner=lbl-bbbb for 30m 3 uses x": (
        [("unknown_key", "")],
        "grant probe-port lb-aaaa for 30m 3 uses x",
    ),
    "grant probe-port lb-aaaa for 30m 3 uses listner=lbl-bbbb x": (
        [("unknown_key", "")],
        "grant probe-port lb-aaaa for 30m 3 uses x",
    ),
    "grant probe-port lb-aaaa for 30m 3 uses probe_port=81 x": (
        [("unknown_key", "")],
        "grant probe-port lb-aaaa for 30m 3 uses x",
    ),
    "grant probe-port lb-aaaa for 30m uses=many x": (
        [("malformed", "uses")],
        "grant probe-port lb-aaaa for 30m <uses> x",
    ),
    "grant probe-port lb-aaaa uses=3 uses=4 for=2h duration=1h x": (
        [("extra_words", ""), ("extra_words", "")],
        "grant probe-port lb-aaaa for 2h 3 uses x",
    ),
    "grant probe-port lb-aaaa port=80 for 30m 3 uses x": (
        [("extra_words", "")],
        "grant probe-port lb-aaaa for 30m 3 uses x",
    ),
    "grant probe-port lb=lb-aaaa listener=<listener> for 30m 3 uses x": (
        [("missing_field", "listener")],
        "grant probe-port lb-aaaa <listener> for 30m 3 uses x",
    ),
    "grant probe-port lb- for 30m 3 uses # lb=1 x": (
        [("malformed_id", "load_balancer")],
        "grant probe-port <load_balancer> for 30m 3 uses # lb=1 x",
    ),
    "revoke it": ([("grant_missing", "")], "revoke <grant>"),
    "revoke G-0 done": ([("grant_missing", "")], "revoke <grant> done"),
    f"revoke G-3 {'x' * 501}": ([("reason_too_long", "reason")], "revoke G-3"),
}  # fmt: skip


@pytest.mark.parametrize("text", CASES)
def test_a_wrong_grant_is_told_what_is_wrong_and_gets_a_line_to_copy(text: str) -> None:
    told = Told(text)

    assert (told.codes, told.corrected) == CASES[text]


def test_everything_wrong_is_told_at_once_beside_what_was_understood() -> None:
    told = Told("grant probe-port lb-aaaa cpm-c:99999 for ages 0 uses")

    assert told.codes == [
        ("missing_field", "listener"),
        ("port_out_of_range", "port"),
        ("malformed", "duration"),
        ("malformed", "uses"),
        ("reason_missing", "reason"),
    ]
    assert told.understood == {"verb": "probe-port", "load_balancer": "lb-aaaa"}


@pytest.mark.parametrize("line", GRANT_LINES)
def test_the_lines_of_the_help_work_once_their_reason_is_filled_in(line: str) -> None:
    parse(line.replace("<reason>", "INC-7 dry"))


TARGETS = st.sampled_from([BALANCER, LISTENER, BACKENDS])


@given(targets=TARGETS, rng=st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_what_phones_do_outside_the_reason_changes_nothing(targets: Targets, rng: random.Random) -> None:
    parsed = parse(f"{damaged(f'grant {targets} for 30m 3 uses', rng)} INC-7 — “dry”")

    assert parsed == grant(targets, reason="INC-7 — “dry”")


@given(
    targets=TARGETS,
    reason=ANYTHING,
    spoiled=st.sampled_from(["", "for 30m ", "3 uses ", "for ages ", "lb-zzzz ", "please ", "0 uses "]),
)
@settings(max_examples=600)
def test_a_corrected_line_is_understood_once_its_placeholders_are_filled_in(
    targets: Targets, reason: str, spoiled: str
) -> None:
    text = f"grant {targets} for 30m 3 uses".replace(spoiled.strip(), "", 1) if spoiled else f"grant {targets}"
    values = {"<load_balancer>": "lb-aaaa", "<listener>": "lbl-bbbb", "for <duration>": "for 30m", "<uses>": "3 uses"}
    try:
        parse(f"{text} {spoiled}{reason}")
    except NotUnderstood as refusal:
        corrected = str(refusal.facts["corrected"])
        for placeholder, value in values.items():
            corrected = corrected.replace(placeholder, value, 1)
        if corrected.endswith(" <reason>"):
            corrected = corrected.removesuffix("<reason>") + "x"

        assert isinstance(parse(corrected), GiveGrant)
