"""The card, in every state, with every ending, in both languages."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.change import Change, Ending, State
from bot.domain.starts import Start
from bot.sandbox.slack.blockkit.flaws import message_flaws
from bot.slack.cards import ACTIONS, APPROVE, CANCEL, CHECK_AGAIN, REJECT, Block, card, parse_value, summary, value
from bot.slack.wording import Wording, date, mention
from bot.texts import LANGUAGES
from tests.unit.slack.drawn import UPDATE_TEXT_MOST, entities, hostile, stored, texts
from tests.unit.slack.making import APPROVER, CHANGE, ENDS, FACTS, GLASS, MOVED, NOW, REQUESTER, changed


def broken(state: State, ending: Ending | None = None) -> Change:
    """Return an emergency as it would stand in ``state``."""
    return changed(state, ending=ending, decided_by=REQUESTER, decided_at=NOW, review=GLASS)


EVERY: list[Change] = [
    *(changed(state) for state in State if state not in ENDS.values()),
    *(changed(state, ending=ending) for ending, state in ENDS.items()),
    *(replace(CHANGE, facts=facts) for facts in FACTS.values()),
    replace(CHANGE, moved=MOVED, version=2),
    replace(CHANGE, start=Start(at=NOW + 3600, window="nightly")),
    changed(State.APPROVED, start=Start(at=NOW + 3600)),
    replace(CHANGE, moved=MOVED, version=2, review=GLASS),
    replace(broken(State.SUCCEEDED, Ending.VERIFIED), review=replace(GLASS, signed_by=APPROVER, signed_at=NOW + 60)),
    *(broken(state) for state in (State.APPROVED, State.RUNNING, State.CANCELLED)),
    *(broken(state, ending) for ending, state in ENDS.items()),
]
OURS = {mention(REQUESTER), mention(APPROVER)}
MOMENTS = {date(at) for at in (NOW, NOW + 60, NOW + 200)} | {date(NOW + 3600, "{date_short_pretty} {time}")}


def named(change: Change) -> str:
    return f"{change.state}-{change.ending or ''}"


def buttons(blocks: list[Block]) -> list[Block]:
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("change", EVERY, ids=named)
def test_every_card_is_valid_and_fits(change: Change, language: str) -> None:
    words = Wording(language)

    assert message_flaws(card(change, words, command="/lb")) == []
    assert 0 < len(summary(change, words, command="/lb")) <= UPDATE_TEXT_MOST


@pytest.mark.parametrize("language", LANGUAGES)
@example(reason="&" * 500, note="&" * 500, alias="&" * 500, name="&" * 500, change=changed(State.REJECTED))
@given(reason=hostile, note=hostile, alias=hostile, name=hostile, change=st.sampled_from(EVERY))
def test_nothing_that_people_or_the_cloud_wrote_becomes_a_mention_or_breaks_the_card(
    language: str, reason: str, note: str, alias: str, name: str, change: Change
) -> None:
    backends = tuple(replace(one, alias=alias) for one in change.facts.backends)
    listener = replace(change.facts.listener, name=name)
    facts = replace(change.facts, backends=backends, listener=listener)
    written = replace(change, reason=reason or "-", note=note, facts=facts)
    words = Wording(language)

    shown = list(stored(summary(written, words, command="/lb"), card(written, words, command="/lb")))

    assert {found for text in shown for found in entities(text)} <= OURS | MOMENTS
    assert len(summary(written, words, command="/lb")) <= UPDATE_TEXT_MOST


@pytest.mark.parametrize("change", EVERY, ids=named)
def test_slack_marks_up_nothing_by_itself(change: Change) -> None:
    blocks = card(change, Wording("en"), command="/lb")
    marked = re.findall(r"'type': 'mrkdwn'.*?'verbatim': (\w+)", str(blocks))

    assert set(marked) == {"True"}
    assert len(marked) == sum(not is_plain for _, is_plain in texts(blocks))


@pytest.mark.parametrize("change", EVERY, ids=named)
def test_buttons_carry_the_id_and_the_version_and_nothing_else(change: Change) -> None:
    found = buttons(card(change, Wording("en"), command="/lb"))

    assert {button["value"] for button in found} <= {f"{change.id}.{change.version}"}
    assert {button["action_id"] for button in found} <= set(ACTIONS)
    assert all(
        button.keys() <= {"type", "action_id", "text", "value", "accessibility_label", "style"} for button in found
    )


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.PENDING, [APPROVE, REJECT, CANCEL]),
        (State.APPROVED, [CANCEL]),
        (State.RUNNING, []),
        (State.REJECTED, []),
        (State.CANCELLED, []),
        (State.EXPIRED, []),
        (State.SUCCEEDED, []),
        (State.FAILED, []),
        (State.UNKNOWN, [CHECK_AGAIN]),
    ],
)
def test_a_card_offers_exactly_what_its_state_allows(state: State, expected: list[str]) -> None:
    ending = next((ending for ending, there in ENDS.items() if there is state), None)

    found = buttons(card(changed(state, ending=ending), Wording("en"), command="/lb"))

    assert [button["action_id"] for button in found] == expected


def test_the_card_shows_before_and_after_the_target_the_siblings_who_and_why() -> None:
    shown = "\n".join(text for text, _ in texts(card(CHANGE, Wording("en"), command="/lb")))

    assert "CR-7: probe port 8080 → 12345 on cpm-1x7v9d3h:1234" in shown
    assert "2 of 2 Alive" in shown
    assert "`lb-3f9c2a7d` checkout-edge" in shown
    assert "`lbl-8k2m4p6q` checkout-tcp (tcp 443)" in shown
    assert f"asked by <@{REQUESTER}>" in shown
    assert CHANGE.reason in shown


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ("an unset probe port", "not set → *12345*"),
        ("a probe port nobody could read", "not known → *12345*"),
        ("a probe port nobody could read", "will rest on the cloud's task alone"),
        ("the last Alive backend", "This is the last Alive backend"),
        ("a Dead backend", "This backend is Dead now"),
        ("a backend without health", "This backend is not checked now"),
    ],
)
def test_the_card_says_what_an_approver_should_weigh(facts: str, expected: str) -> None:
    change = replace(CHANGE, facts=FACTS[facts])
    words = Wording("en")

    assert expected in "\n".join(text for text, _ in texts(card(change, words, command="/lb")))
    assert expected in summary(change, words, command="/lb")


def test_a_card_that_asks_again_says_what_moved_and_stops_saying_so_once_decided() -> None:
    asks = replace(CHANGE, moved=MOVED, version=2)

    waiting = summary(asks, Wording("en"), command="/lb")
    decided = summary(changed(State.APPROVED, moved=MOVED, version=2), Wording("en"), command="/lb")

    assert "• probe port: 8080 → *not set*" in waiting
    assert "• last Alive backend: off → *on*" in waiting
    assert "• listener status: 1 → *3*" in waiting
    assert "facts moved" not in decided


def test_a_card_of_another_edition_differs_in_every_block_id() -> None:
    first, second = (
        card(CHANGE, Wording("en"), command="/lb"),
        card(replace(CHANGE, version=2), Wording("en"), command="/lb"),
    )
    ids = [{block["block_id"] for block in blocks if "block_id" in block} for blocks in (first, second)]

    assert ids[0]
    assert ids[0].isdisjoint(ids[1])


@given(number=st.integers(1, 10**9), version=st.integers(1, 10**6))
def test_a_button_s_value_is_read_back(number: int, version: int) -> None:
    assert parse_value(value(replace(CHANGE, id=number, version=version))) == (number, version)


@example(text="9223372036854775808.1")  # one more than a database can hold
@example(text="9" * 5000 + ".1")
@given(text=st.text() | st.from_regex(r"[0-9٣²]{0,30}\.?[0-9٣²]{0,30}", fullmatch=True))
def test_any_other_value_is_a_value_error(text: str) -> None:
    try:
        number, version = parse_value(text)
    except ValueError:
        return

    assert re.fullmatch(r"[0-9]{1,18}\.[0-9]{1,18}", text)
    assert (number, version) == tuple(int(part) for part in text.split("."))
