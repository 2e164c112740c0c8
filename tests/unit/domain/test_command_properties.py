"""What holds for every text: the grammar never falls over, never guesses, and reads back what it writes."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.command import (
    REASON_MAX,
    About,
    Freezing,
    Granting,
    Help,
    NotUnderstood,
    Pending,
    Preview,
    Request,
    Rules,
    parse,
    render,
)
from bot.domain.operation import SetProbePort

ID = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=32)
OCTET = st.integers(0, 255)
HOSTS = (
    ID.map("cpm-{}".format)
    | ID.map("tcpm-{}".format)
    | st.tuples(OCTET, OCTET, OCTET, OCTET).map(lambda octets: ".".join(map(str, octets)))
)
PORTS = st.integers(1, 65535)
OPERATIONS = st.builds(
    SetProbePort,
    load_balancer=ID.map("lb-{}".format),
    listener=ID.map("lbl-{}".format),
    host=HOSTS,
    port=PORTS,
    probe_port=PORTS,
)
# Pieces a reason is most likely to be misread by, mixed with anything at all.
TRICKY = st.sampled_from(
    [
        *(" ", "#", "# ", "reason=", 'reason="', '"', "“", "”", "'", "`", "*", "_", "->", "→", "to 8080", "500", "-"),
        *("--force", "probe_port=80", "port: 1", "host=cpm-a:1", "lb-a", "cpm-a:80", "&amp;", "&lt;", "<a:b>", "<@U1>"),
        *("<https://x.y|x.y>", "<reason>", "，", "：", "数据库", "12345", "\n", "\t", "\u200b", "\u202e", "\ud800"),
        *("\x00", "\\", "/lb", "help", ",", "&port=1"),
    ]
)
ANYTHING = st.text() | st.lists(TRICKY | st.text(max_size=5), max_size=12).map("".join)
# What a phone or a client makes of one character outside the reason.
DAMAGE = {
    "-": "‐‑‒–—―−－﹣",
    ":": "：∶",
    " ": "\xa0\u3000\u2009\t\n",
    **{digit: chr(ord(digit) + 0xFEE0) for digit in "0123456789"},
    **{letter: letter.upper() + chr(ord(letter) + 0xFEE0) for letter in "abcdefghijklmnopqrstuvwxyz"},
}
MARKS = [
    ("*", "*"),
    ("_", "_"),
    ("~", "~"),
    ("`", "`"),
    ("“", "”"),
    ("「", "」"),
    ("'", "'"),
    ("", ","),
    ("\u200b", "\ufeff"),
]
VERBS = ["probe-port", "preview", "freeze", "unfreeze", "grant", "revoke", "audit", "why"]
HEADS = ["", "/lb ", "<@U0ABC123> ", "@countersign: ", "\ufeff", "&gt; ", "<@U0ABC|bot>, /lb "]


def request_of(operation: SetProbePort, reason: str) -> Request | None:
    try:
        return Request(operation=operation, reason=reason)
    except NotUnderstood:
        return None


def damaged(line: str, rng: random.Random) -> str:
    letters = [rng.choice(DAMAGE[one]) if one in DAMAGE and rng.random() < 0.2 else one for one in line]
    words = re.split("([ \xa0\u3000\u2009\t\n]+)", "".join(letters))
    for index in range(0, len(words), 2):
        if rng.random() < 0.3:
            before, after = rng.choice(MARKS)
            words[index] = before + words[index] + after
    return rng.choice(HEADS) + "".join(words)


@given(
    text=ANYTHING
    | ANYTHING.map("probe-port lb-a lbl-b cpm-c:1 2 {}".format)
    | st.builds("{} {}".format, st.sampled_from(VERBS), ANYTHING)
)
@settings(max_examples=600)
def test_any_text_is_a_request_or_help_or_a_refusal_that_says_everything(text: str) -> None:
    try:
        outcome: object = parse(text)
    except NotUnderstood as refusal:
        outcome = refusal

    assert isinstance(outcome, Request | Preview | Help | About | Rules | Pending | Freezing | Granting | NotUnderstood)
    if isinstance(outcome, NotUnderstood):
        assert outcome.facts.keys() == {"understood", "problems", "corrected"}
        assert outcome.facts["problems"]
        assert str(outcome.facts["corrected"]).split(" ")[0] in VERBS


@given(operation=OPERATIONS, reason=ANYTHING)
@settings(deadline=None, max_examples=800)
def test_a_rendered_request_reads_back_as_itself(operation: SetProbePort, reason: str) -> None:
    request = request_of(operation, reason)
    if request is None:
        return

    assert parse(render(request)) == request
    assert render(request).split(" ")[:5] == [
        "probe-port",
        operation.load_balancer,
        operation.listener,
        f"{operation.host}:{operation.port}",
        str(operation.probe_port),
    ]


@given(operation=OPERATIONS, reason=ANYTHING)
@settings(deadline=None, max_examples=400)
def test_a_reason_keeps_its_words_and_loses_only_what_nobody_sees(operation: SetProbePort, reason: str) -> None:
    request = request_of(operation, reason)
    if request is None:
        return

    assert 1 <= len(request.reason) <= REASON_MAX
    assert request.reason == Request(operation=operation, reason=request.reason).reason
    assert [one for one in request.reason if one.isalnum()] == [one for one in reason if one.isalnum()]
    request.reason.encode()  # can be stored


@given(operation=OPERATIONS, rng=st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=400)
def test_what_phones_do_outside_the_reason_changes_nothing(operation: SetProbePort, rng: random.Random) -> None:
    reason = "数据库迁移 — “service-a” moved"
    line = render(Request(operation=operation, reason="x")).removesuffix(" x")

    parsed = parse(f"{damaged(line, rng)} {reason}")

    assert parsed == Request(operation=operation, reason=reason)


@given(operation=OPERATIONS, rng=st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=200)
def test_keys_may_stand_in_any_order_and_in_any_of_the_three_dialects(
    operation: SetProbePort, rng: random.Random
) -> None:
    values = operation.to_json()
    pairs = [
        rng.choice([field.name, field.v2, field.v3, field.name.upper()])
        + rng.choice(["=", ": ", "＝", "：", " = "])
        + rng.choice(["{}", '"{}"', "“{}”", "「{}」"]).format(values[field.name])
        for field in operation.description.fields
    ]
    pairs.append('reason="to save = the day: 1"')
    rng.shuffle(pairs)

    parsed = parse("probe-port " + rng.choice([" ", "  ", ", ", "\n"]).join(pairs))

    assert parsed == Request(operation=operation, reason="to save = the day: 1")


@given(
    operation=OPERATIONS,
    reason=ANYTHING,
    rng=st.randoms(use_true_random=False),
    spoiling=st.sampled_from(["drop", "swap", "junk", "twice", "glue", "verb", "number"]),
)
@settings(deadline=None, max_examples=500)
def test_a_corrected_line_without_placeholders_is_understood(
    operation: SetProbePort, reason: str, rng: random.Random, spoiling: str
) -> None:
    request = request_of(operation, reason)
    words = render(request or Request(operation=operation, reason="x")).split(" ")
    spot = rng.randrange(min(len(words), 6))
    if spoiling == "drop":
        del words[spot]
    elif spoiling == "swap":
        words[1] = f"load_balancer={operation.listener}"
        words[2] = f"listener={operation.load_balancer}"
    elif spoiling == "glue":
        words[3] = f"{words[3]}:{words.pop(4)}"
    elif spoiling == "number":
        words.insert(4, "8080 ->")
    else:
        words.insert(spot, {"junk": "please", "twice": "probe_port=9", "verb": "prob-port"}[spoiling])

    try:
        parse(" ".join(words))
    except NotUnderstood as refusal:
        corrected = str(refusal.facts["corrected"])
        words = corrected.split(" ")
        if "<" in "".join(words[:5]) or words[5:] == ["<reason>"]:
            with pytest.raises(NotUnderstood):
                parse(corrected)
        else:
            assert isinstance(parse(corrected), Request)


@given(operation=OPERATIONS, rng=st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=300)
def test_no_refusal_names_a_value_that_nobody_wrote(operation: SetProbePort, rng: random.Random) -> None:
    words = render(Request(operation=operation, reason="x")).split(" ")
    for _ in range(rng.randint(1, 3)):
        del words[rng.randrange(len(words))]
    rng.shuffle(words)
    text = " ".join(words)

    try:
        parse(text)
    except NotUnderstood as refusal:
        corrected = str(refusal.facts["corrected"])

        written = set(re.findall(r"[0-9a-z]+", text))
        assert set(re.findall(r"[0-9a-z]+", re.sub(r"<\w+>", "", corrected))) <= written | {"probe", "port"}
