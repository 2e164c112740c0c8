"""``/lb policy``: the whole policy in one answer that Slack takes."""

import pytest

from bot.domain.asks import Asks, Confirm, Stage
from bot.domain.policy import Calendar, Emergency, FreezeRules, Grants, LiveFact, Policy, Rule, When
from bot.domain.policy.rules import Deny
from bot.slack.rulebook import policy_text
from bot.slack.wording import Wording

SECTION = 3000  # characters that Slack takes in one section (Slack fact sheet, section 7)
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
ANYBODY = Asks(stages=(Stage(approvers=("anyone",)),))


def told(policy: Policy, language: str = "en") -> list[str]:
    return policy_text(policy, Wording(language)).splitlines()


def test_a_rule_says_when_it_applies_and_what_it_asks() -> None:
    asks = Asks(
        stages=(Stage(approvers=("team",), count=2), Stage(approvers=("leads", "U0ANNA"))),
        confirm=Confirm.TYPED,
        requester_counts=True,
        reason="CHG-[0-9]+",
        reason_example="CHG-77 <moved>",
        channels=("#inc-*", "C0OPS"),
    )
    when = When(
        load_balancer=("lb-pay*", "lb-shop"), facts=frozenset({LiveFact.LAST_ALIVE}), window=("nightly",), targets=3
    )
    rules = (Rule(name="payments", then=asks, when=when, freeze_approvers=("leads",)), Rule(name="rest", then=ANYBODY))
    [_, first, second, *_] = told(Policy(rules=rules))
    assert first == (
        "• `payments` (where load_balancer `lb-pay*`, `lb-shop`, window `nightly`, facts `last_alive`, "
        "`targets&gt;=3`): 2 × team, then 1 × leads or <@U0ANNA>; who asked counts, too; "
        "the approver types the listener's id; "
        "a reason like “CHG-77 &lt;moved&gt;”; only in `#inc-*`, `C0OPS`; while frozen also 1 × leads"
    )
    assert second == "• `rest`: 1 × any full member"


def test_a_denial_says_its_own_sentence() -> None:
    deny = Rule(name="core", then=Deny(text="Ask *them*."), when=When(region=("ap-*",)))
    [_, first, *_] = told(Policy(rules=(deny, Rule(name="rest", then=ANYBODY))))
    assert first == "• `core` (where region `ap-*`): nobody may. Ask *them*."


def test_who_freezes_grants_and_breaks_the_glass_is_told_after_the_rules() -> None:
    calendar = Calendar(name="books", window=("year-end",), reason="closed")
    policy = Policy(
        freezes=FreezeRules(may_freeze=("anyone",), may_lift=("team",), calendars=(calendar,)),
        grants=Grants(by=("leads",), channels=("#inc-*",), lasts_most=1800.0, uses_most=3),
        emergency=Emergency(people=("on-call",), quota=2, period=7200.0, reviewers=("leads",), overrides_freezes=True),
    )
    assert told(policy)[-3:] == [
        "*Freezes.* By any full member; what another one froze is lifted by team. By themselves: `books`.",
        "*Approving in advance.* By leads, in `#inc-*`, for 30 min and 3 changes at most.",
        "*Emergencies.* By on-call, each 2 in 2 h; reviewed by leads. They go through freezes.",
    ]


def test_what_the_policy_does_not_have_is_said() -> None:
    said = "\n".join(told(Policy()))
    assert "By nobody: the policy has no `[grants]`" in said
    assert "By nobody: the policy has no `[emergency]`" in said


@LANGUAGES
def test_many_rules_are_counted_and_what_stands_beside_them_stays(language: str) -> None:
    rules = [Rule(name=f"rule number {n} of many", then=ANYBODY, when=When(listener=(f"lbl-{n}",))) for n in range(99)]
    lines = told(Policy(rules=(*rules, Rule(name="last", then=ANYBODY))), language)
    assert len("\n".join(lines)) <= SECTION
    shown = sum("rule number" in line for line in lines)
    assert str(100 - shown) in lines[shown + 1]
    assert "[emergency]" in lines[-1]


@LANGUAGES
def test_long_lists_are_counted(language: str) -> None:
    people = tuple(f"U0PERSON{n}" for n in range(40))
    policy = Policy(freezes=FreezeRules(may_lift=people), grants=Grants(by=people, channels=people))
    said = "\n".join(told(policy, language))
    assert "<@U0PERSON5>" in said
    assert "U0PERSON6" not in said
    assert said.count("34") == len(("lift", "by", "channels"))


@LANGUAGES
def test_what_would_crowd_the_rules_out_is_left_to_the_file(language: str) -> None:
    people = tuple(f"{n}-{'long' * 80}" for n in range(6))
    policy = Policy(freezes=FreezeRules(may_freeze=people, may_lift=people))
    lines = told(policy, language)
    assert len("\n".join(lines)) <= SECTION
    assert Wording(language).say("rulebook/beside") == lines[-1]
    assert "default" in lines[1]
