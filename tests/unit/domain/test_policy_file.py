"""The policy as an operator writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.policy import Policy
from bot.domain.policy_file import EXPIRES_MAX, EXPIRES_MIN, KEYS, BadPolicy, read_policy


def read(text: str) -> Policy:
    return read_policy(text, expires_minutes=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Policy(expires_after=3600.0)),
        ("# nothing but a remark", Policy(expires_after=3600.0)),
        ("expires_minutes = 5", Policy(expires_after=300.0)),
        (f"expires_minutes = {EXPIRES_MIN}", Policy(expires_after=60.0)),
        (f"expires_minutes = {EXPIRES_MAX}", Policy(expires_after=604_800.0)),
        ("needs_health_check = false", Policy(expires_after=3600.0, needs_health_check=False)),
        ("needs_health_check = true\nexpires_minutes = 90", Policy(expires_after=5400.0)),
    ],
)
def test_a_policy_says_what_it_says_and_the_settings_hold_for_the_rest(text: str, expected: Policy) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "why", "allowed"),
    [
        ("expires_minutes = ", "not TOML", "lines like"),
        ("expires_minutes = 5\nexpires_minutes = 6", "not TOML", "lines like"),
        ("expire_minutes = 5", "unknown key 'expire_minutes'", "did you mean expires_minutes?"),
        ("[approvers]\nleast = 2", "unknown key 'approvers'", "keys: expires_minutes, needs_health_check"),
        ("expires_minutes = 0", "expires_minutes is 0", "1 to 10080"),
        ("expires_minutes = 10081", "expires_minutes is 10081", "1 to 10080"),
        ("expires_minutes = -1", "expires_minutes is -1", "1 to 10080"),
        ("expires_minutes = 1.5", "expires_minutes is 1.5", "whole minutes"),
        ("expires_minutes = true", "expires_minutes is True", "whole minutes"),
        ('expires_minutes = "60"', "expires_minutes is '60'", "whole minutes"),
        ("needs_health_check = 1", "needs_health_check is 1", "true or false"),
        ('needs_health_check = "no"', "needs_health_check is 'no'", "true or false"),
    ],
)
def test_a_policy_that_can_not_be_used_says_what_is_wrong_and_what_is_allowed(
    text: str, why: str, allowed: str
) -> None:
    with pytest.raises(BadPolicy) as raised:
        read(text)

    assert why in raised.value.why
    assert allowed in raised.value.allowed


def test_the_example_in_every_no_can_be_used() -> None:
    examples = []
    for bad in ("expires_minutes = 0", "needs_health_check = 1", "="):
        with pytest.raises(BadPolicy) as raised:
            read(bad)
        examples.append(raised.value.allowed.rpartition(": ")[2])

    assert [read(example).expires_after for example in examples] == [3600.0, 3600.0, 3600.0]


@given(text=st.text() | st.lists(st.sampled_from([*KEYS, " = ", "1", "true", "\n", "[", "]", '"', "x"])).map("".join))
def test_any_text_is_a_policy_or_a_bad_one(text: str) -> None:
    told, expires = ("", ""), 0.0
    try:
        expires = read(text).expires_after
    except BadPolicy as bad:
        told = (bad.why, bad.allowed)

    assert all(told) or EXPIRES_MIN * 60 <= expires <= EXPIRES_MAX * 60
