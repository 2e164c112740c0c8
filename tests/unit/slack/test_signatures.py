"""Whether a request is Slack's, and new."""

from dataclasses import dataclass

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.slack.signatures import WINDOW, Signatures, Turned, Why

# The example of Slack's own documentation, "Verifying requests from Slack".
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
AT = 1531420618
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
    b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack."
    b"com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc8"
    b"87a14d10d2c447fce8b6703c"
)
SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


@dataclass
class Watch:
    """A clock that stands where it is put."""

    at: float = AT

    def now(self) -> float:
        return self.at


def headers(timestamp: int = AT, signature: str = SIGNATURE) -> dict[str, str]:
    return {"x-slack-request-timestamp": str(timestamp), "x-slack-signature": signature}


def signed(body: bytes, timestamp: int) -> dict[str, str]:
    made = SignatureVerifier(SECRET).generate_signature(timestamp=str(timestamp), body=body)
    return headers(timestamp, str(made))


def why(signatures: Signatures, body: bytes, given: dict[str, str]) -> Why:
    with pytest.raises(Turned) as turned:
        signatures.check(body, given)
    return turned.value.why


def test_the_example_of_slack_s_documentation_passes_once() -> None:
    signatures = Signatures(SECRET, Watch().now)

    signatures.check(BODY, headers())

    assert why(signatures, BODY, headers()) is Why.AGAIN


def test_a_byte_more_is_a_wrong_signature() -> None:
    assert why(Signatures(SECRET, Watch().now), BODY + b" ", headers()) is Why.WRONG


@pytest.mark.parametrize("digits", ["", "x", "-1", "1e9", "１５３１４２０６１８", " 1531420618", "1_531_420_618"])
def test_a_time_is_plain_digits(digits: str) -> None:
    given = {**headers(), "x-slack-request-timestamp": digits}

    assert why(Signatures(SECRET, Watch().now), BODY, given) is Why.FORM


def test_a_request_that_failed_may_come_again() -> None:
    watch = Watch(AT - WINDOW - 1)
    signatures = Signatures(SECRET, watch.now)
    early = why(signatures, BODY, headers())
    watch.at = AT

    signatures.check(BODY, headers())

    assert early is Why.OLD


def test_a_request_from_the_future_is_remembered_as_long_as_it_is_good() -> None:
    watch = Watch(AT - WINDOW)
    signatures = Signatures(SECRET, watch.now)
    signatures.check(BODY, headers())
    watch.at = AT + WINDOW

    assert why(signatures, BODY, headers()) is Why.AGAIN


def test_what_is_too_old_to_come_again_is_forgotten_and_only_the_latest_are_kept() -> None:
    watch = Watch()
    signatures = Signatures(SECRET, watch.now, most=3)
    for number in range(5):
        signatures.check(b"%d" % number, signed(b"%d" % number, AT))
    crowded = signatures.remembered
    watch.at = AT + WINDOW + 1
    signatures.check(b"later", signed(b"later", AT + 301))

    assert (crowded, signatures.remembered) == (3, 1)
    assert why(signatures, b"4", signed(b"4", AT)) is Why.OLD
