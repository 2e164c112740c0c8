"""What a card says of its rule, and that everybody who approved is named."""

from dataclasses import replace

import pytest

from bot.domain.asks import ANYONE, Approval, Asks, Ruled, Stage
from bot.domain.change import Change, Ending, State
from bot.domain.freezes import Freeze
from bot.slack import lines
from bot.slack.cards import card, status, summary
from bot.slack.news import people
from bot.slack.wording import Wording, mention
from bot.texts import LANGUAGES
from tests.unit.slack.making import CHANGE, ENDS, NOW, changed

EN = Wording("en")
TEAM, LEADS = Stage(approvers=("lb-team", "U0DORA"), count=2), Stage(approvers=("leads",))
RULED = Ruled(
    name="last <healthy> backend",
    version="0123456789abcdef",
    asks=Asks(stages=(TEAM, LEADS)),
    mentions=("S0ONCALL", "U0EVE", "T0SISTER/S0TEAM"),
)
WAITS = replace(CHANGE, ruled=RULED)


def approved(change: Change, **people: str) -> Change:
    approvals = tuple(Approval(person=one, at=NOW, groups=frozenset({ANYONE, group})) for one, group in people.items())
    return replace(change, approvals=approvals)


def text_of(change: Change) -> str:
    return str(card(change, EN, command="/lb"))


def test_a_card_says_for_whom_it_waits_and_how_many_are_missing() -> None:
    assert "Waiting for lb-team or <@U0DORA>* (2 to approve)" in status(WAITS, EN)
    assert "(1 to approve)" in status(approved(WAITS, U0BOB="lb-team"), EN)
    assert "Waiting for leads*" in status(approved(WAITS, U0BOB="lb-team", U0CARLA="lb-team"), EN)


def test_a_card_shows_its_rule_and_who_approved_and_calls_whom_the_rule_names() -> None:
    shown = text_of(approved(WAITS, U0BOB="lb-team"))

    assert "Rule *last &lt;healthy&gt; backend*: 2 × lb-team or <@U0DORA>, then 1 × leads" in shown
    assert "Approved so far by <@U0BOB>" in shown
    assert "<!subteam^S0ONCALL> <@U0EVE> <!subteam^S0TEAM>" in shown
    assert shown.count("Rule *") == 1
    assert "Rule *last" in summary(WAITS, EN, command="/lb")


@pytest.mark.parametrize("state", [State.PENDING, State.APPROVED, State.SUCCEEDED])
def test_a_card_says_who_approved_in_advance_with_which_grant_to_the_end(state: State) -> None:
    clicked, granted = Approval(person="U0BOB", at=NOW), Approval(person="U0DORA", at=NOW, grant=3)
    change = replace(CHANGE, state=state, approvals=(clicked, granted))

    assert text_of(change).count("🎫 Approved in advance by <@U0DORA> (G-3)") == 1
    assert "in advance by <@U0BOB>" not in text_of(change)
    assert "in advance by <@U0DORA> (G-3)" in summary(change, EN, command="/lb")


@pytest.mark.parametrize("ending", [Ending.VERIFIED, Ending.NOT_READ])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_result_says_who_approved_in_advance_with_which_grant_as_its_card_does(language: str, ending: Ending) -> None:
    words = Wording(language)
    clicked, granted = Approval(person="U0BOB", at=NOW), Approval(person="U0DORA", at=NOW, grant=3)
    over = changed(ENDS[ending], ending=ending)

    told = lines.result(replace(over, approvals=(clicked, granted)), words, command="/lb").splitlines()

    assert words.say("card/in_advance", by=mention("U0DORA"), grant="G-3") in told
    assert len(told) == len(lines.result(replace(over, approvals=(clicked,)), words, command="/lb").splitlines()) + 1


def test_nobody_is_called_once_it_is_decided() -> None:
    done = replace(approved(WAITS, U0BOB="lb-team"), state=State.SUCCEEDED)

    assert "subteam" not in text_of(done)
    assert "Rule *" not in text_of(done)


def test_where_any_second_person_will_do_a_card_says_nothing_of_rules() -> None:
    assert "*Waiting for a second person*" in status(CHANGE, EN)
    assert "Rule" not in text_of(CHANGE)


@pytest.mark.parametrize("state", [State.APPROVED, State.RUNNING, State.SUCCEEDED])
def test_everybody_who_approved_is_named(state: State) -> None:
    change = replace(approved(WAITS, U0BOB="lb-team", U0CARLA="leads"), state=state, decided_by="U0CARLA")

    assert "<@U0BOB>, <@U0CARLA>" in status(change, EN)
    assert people(change, {}) == {change.requester, "U0BOB", "U0CARLA"}


def test_who_rejected_is_named_and_not_those_who_had_approved() -> None:
    change = replace(approved(WAITS, U0BOB="lb-team"), state=State.REJECTED, decided_by="U0CARLA", note="no")

    assert "*Rejected* by <@U0CARLA>" in status(change, EN)
    assert "<@U0CARLA>" in lines.result(change, EN, command="/lb")


@pytest.mark.parametrize("body", [{"approvers": ["U0BOB", "U0CARLA"]}, {"approver": "U0BOB"}], ids=["now", "before"])
def test_whoever_approved_hears_that_people_are_asked_again(body: dict[str, object]) -> None:
    told = lines.asked_again({**body, "moved": []}, EN)

    assert all(f"<@{one}>" in told for one in body.get("approvers") or ["U0BOB"])  # type: ignore[attr-defined] # ids


FROZEN = (
    Freeze(id=7, load_balancer="lb-3f9c2a7d", by="U0DORA", until=NOW + 60, reason="release <!here>"),
    Freeze(id=None, load_balancer="lb-*", by="year-end", until=None, reason="the books are closed"),
)


def test_a_card_says_who_froze_it_until_when_and_why() -> None:
    shown = text_of(replace(CHANGE, ruled=replace(RULED, frozen=FROZEN)))

    assert f"❄️ *Frozen* until <!date^{int(NOW + 60)}^" in shown
    assert "by <@U0DORA>: release &lt;!here&gt;" in shown
    assert "❄️ *Frozen* until the policy says otherwise, by the calendar “year-end”: the books are closed" in shown
    assert "Frozen" in summary(replace(CHANGE, ruled=replace(RULED, frozen=FROZEN)), EN, command="/lb")


def test_a_card_of_what_is_over_says_nothing_of_freezes() -> None:
    assert "Frozen" not in text_of(replace(CHANGE, state=State.REJECTED, ruled=replace(RULED, frozen=FROZEN)))


@pytest.mark.parametrize("frozen", [(), FROZEN])
def test_what_people_are_asked_under_lies_in_its_row_as_it_was(frozen: tuple[Freeze, ...]) -> None:
    ruled = replace(RULED, frozen=frozen)

    assert Ruled.from_json(ruled.to_json()) == ruled
