"""Secrets in texts and nested values, in every spelling and shape."""

import base64
import json
import string
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.command.problems import CUT
from bot.redaction import DEPTH, MARK, TYPED, Redaction

REASONS = (
    "the bearer service moved",
    "ticket=OPS-123 moved",
    "auth-token endpoint moved",
    "AKIDs are rotated",
    "xoxb-tenant moved",
)
SECRET = 'k3y/with+signs=&"quote'
secrets = st.text(string.ascii_letters + string.digits + string.punctuation, min_size=8, max_size=64)


@given(secrets, st.binary(max_size=8), st.binary(max_size=8))
def test_a_secret_inside_any_base64_text_is_cut_out(secret: str, before: bytes, after: bytes) -> None:
    plain = before + secret.encode() + after
    redaction = Redaction([secret])

    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert MARK in redaction.text(encode(plain).decode())


@given(secrets, st.sampled_from([str, quote, quote_plus, json.dumps, repr, lambda s: quote(quote(s, safe=""))]))
def test_a_secret_is_cut_out_of_a_text_however_it_is_written(secret: str, spell: "type[str]") -> None:
    redacted = Redaction([secret]).text(f"before {spell(secret)} after")

    assert spell(secret).strip("'\"") not in redacted
    assert redacted.startswith("before ")


def test_lower_case_percent_codes_are_read_too() -> None:
    assert quote("a/b+c=d", safe="").lower() not in Redaction(["a/b+c=d"]).text("key=a%2fb%2bc%3dd")


@pytest.mark.parametrize(
    "text",
    [
        "xoxb-1-2-abcDEF",
        "xoxa-2-x",
        "xoxp-1-2",
        "xoxr-1-2",
        "xoxs-1-2",
        "xoxe-1-abc",
        "xoxe.xoxb-1-abc",
        "xapp-1-A0-1-abc",
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3",
        "Authorization: Bearer abc.def",
        "authorization%3A%20bearer%20abc.def",
        "?Action=X&Signature=abc%3D&Region=bj",
        "wss://wss.slack.example/link/?ticket=abc-def",
        "https://hooks.slack.com/commands/T0/1/abc",
        r'"https:\/\/hooks.slack.com\/actions\/T0\/1\/abc"',
        "https%3A%2F%2Fhooks.slack.com%2Fservices%2Fabc",
        "TC3-HMAC-SHA256 Credential=AKIDabc/2024-01-01/bmlb/tc3_request, SignedHeaders=host, Signature=abc",
        "v0=" + "abc" + "0" * 61,
        "http://name:abc@proxy.example:3128",
    ],
)
def test_what_has_the_shape_of_a_secret_is_cut_out_unknown_as_it_is(text: str) -> None:
    redacted = Redaction([]).text(f"before {text} after")

    assert MARK in redacted
    assert not any(part in redacted for part in ("abc", "-1-", "-2-", "z8krbs"))
    assert redacted.startswith("before ")
    assert redacted.endswith(" after")


@pytest.mark.parametrize(
    "text",
    [
        "CR-7 lb-abcdefgh lbl-abcdefgh",
        "https://bmlb.tencentcloudapi.com/?Action=X",
        "task 1042",
        "a ticket, a signature",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert Redaction([SECRET]).text(text) == text


def test_values_are_walked_and_keep_their_form() -> None:
    value = {"n": 1, "f": 0.5, "t": True, "none": None, "list": [1, ("a", f"x{SECRET}")], SECRET: {"deep": [SECRET]}}

    redacted = Redaction([SECRET]).value(value)

    assert redacted == {
        "n": 1,
        "f": 0.5,
        "t": True,
        "none": None,
        "list": [1, ["a", f"x{MARK}"]],
        MARK: {"deep": [MARK]},
    }


@pytest.mark.parametrize("key", ["Authorization", "X-TC-Token", "secret_key", "SecretId", "botToken", "response_url"])
def test_a_value_under_a_telling_key_goes_whole(key: str) -> None:
    assert Redaction([]).value({"headers": {key: ["anything", 1]}}) == {"headers": {key: MARK}}


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_are_read_as_text(kind: "type[bytes]") -> None:
    assert Redaction([SECRET]).value([kind(f"x{SECRET}".encode() + b"\xff")]) == [f"x{MARK}\\xff"]


def test_objects_are_written_as_their_repr() -> None:
    class Holder:
        def __repr__(self) -> str:
            return f"Holder({SECRET})"

    assert Redaction([SECRET]).value(Holder()) == f"Holder({MARK})"


def test_a_value_that_contains_itself_comes_to_an_end() -> None:
    ring: list[object] = [SECRET]
    ring.append(ring)

    redacted = json.dumps(Redaction(['k3y/with+signs=&"quote']).value(ring))

    assert redacted.count(MARK) == DEPTH + 1
    assert "k3y" not in redacted


def test_what_is_too_short_to_be_told_from_words_is_left() -> None:
    assert Redaction(["", "abc"]).text("abc") == "abc"


def test_a_redaction_does_not_show_what_it_hides() -> None:
    assert SECRET not in repr(Redaction([SECRET]))


@pytest.mark.parametrize("text", REASONS)
def test_what_only_resembles_a_secret_is_left_in_what_people_type(text: str) -> None:
    assert Redaction((), shapes=TYPED).text(text) == text


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-1234567890-abcDEFghiJKL",
        "xoxe.xoxp-1-abcDEFghiJKL",
        "xapp-1-A0123-456-abcdef",
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3",
        "eyJhbGciOiJIUzI1NiJ9.e30.abc",
        "cGFzdGVkLWNhbmFyeQ",
    ],
)
@pytest.mark.parametrize(
    "around",
    [
        "?Action=X&SecretId={}&Region=bj",
        "?Action=X&amp;Signature={}&amp;Region=bj",
        "--secretKey {} --Port 1",
        "--token {}9 --Port 1",
        "the Bearer {}9 moved",
        '"SecretKey": "{}"',
        "Token={}",
        "wss://wss.slack.example/link/?ticket={}",
    ],
)
def test_a_real_secret_is_cut_out_of_what_people_type(secret: str, around: str) -> None:
    redacted = Redaction((), shapes=TYPED).text(around.format(secret))

    assert secret not in redacted
    assert MARK in redacted


def test_a_secret_this_process_knows_is_cut_out_of_what_people_type() -> None:
    assert Redaction(["s3same"], shapes=TYPED).text("open s3same now") == f"open {MARK} now"


def test_the_grammar_knows_the_mark_of_what_was_cut_out() -> None:
    assert MARK == CUT
