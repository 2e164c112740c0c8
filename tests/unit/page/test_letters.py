import pytest

from bot.sandbox.slack.page.emoji import DRAWN, EMOJI
from bot.sandbox.slack.page.letters import POLICY, letter, own

HERE = "http://127.0.0.1:8900"


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({"origin": HERE, "sec-fetch-site": "same-origin"}, True),
        ({"origin": HERE}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://127.0.0.1:8901"}, False),
        ({"origin": "https://127.0.0.1:8900"}, False),
        ({"origin": HERE, "sec-fetch-site": "cross-site"}, False),
        ({"origin": HERE, "sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
    ],
)
def test_only_a_page_of_this_server_may_post(headers: dict[str, str], answer: bool) -> None:
    assert own(headers, HERE) is answer


def test_every_letter_carries_the_policy_and_a_lone_surrogate_does_no_harm() -> None:
    sent = letter("<p>\ud800</p>", status=404)

    assert (sent.status_code, bytes(sent.body)) == (404, b"<p>?</p>")
    assert sent.headers["content-security-policy"] == POLICY
    assert sent.headers["x-content-type-options"] == "nosniff"


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))

    assert rules == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }


def test_every_drawn_emoji_has_a_name_people_type() -> None:
    assert EMOJI.keys() >= DRAWN
