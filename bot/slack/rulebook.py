"""The policy in one answer: when each rule applies, what it asks, and who may do what beside the rules. Pure.

The policy's own words stand for its conditions, so that what people read here is found in the file.
"""

from collections.abc import Iterable
from dataclasses import fields

from bot.domain.asks import Asks, Confirm, Stage
from bot.domain.policy import Emergency, FreezeRules, Grants, Policy, Rule, When
from bot.domain.policy.emergency import HOUR
from bot.domain.policy.grants import MINUTE
from bot.slack.approvals import approvers, stages
from bot.slack.listing import MOST, in_one
from bot.slack.wording import Mrkdwn, Wording, code

NAMED_MOST = 6  # names in one list: more are counted
BESIDE_MOST = 1200  # characters for what stands beside the rules; a policy that needs more is read in its file


def policy_text(policy: Policy, words: Wording) -> Mrkdwn:
    """Return every rule in a line of its own, in their order, then freezes, grants and emergencies.

    What doesn't fit is counted.
    """
    said = [_freezes(policy.freezes, words), _grants(policy.grants, words), _emergency(policy.emergency, words)]
    beside = Mrkdwn("\n".join(one for one in said if one))
    if len(beside) > BESIDE_MOST:
        beside = words.say("rulebook/beside")
    rules = in_one(
        words.say("rulebook/intro"),
        [_rule(rule, words) for rule in policy.rules],
        lambda left: words.say("rulebook/more", count=left),
        most=MOST - len(beside) - 1,
    )
    return Mrkdwn(f"{rules}\n{beside}")


def _rule(rule: Rule, words: Wording) -> Mrkdwn:
    conditions = _conditions(rule.when, words)
    name = words.say("rulebook/when", rule=code(rule.name), conditions=conditions) if conditions else code(rule.name)
    if not isinstance(rule.then, Asks):
        return words.say("rulebook/denies", rule=name, text=rule.then.text)
    asks = words.say("rulebook/asks", rule=name, stages=stages(rule.then, words))
    return Mrkdwn("".join([asks, *wishes(rule.then, words), *_when_frozen(rule, words)]))


def _conditions(when: When, words: Wording) -> Mrkdwn:
    """Return when a rule applies, in the keys of the file; nothing where it always does."""
    said = [
        Mrkdwn(f"{one.name} {_codes(sorted(values), words)}")
        for one in fields(when)
        if one.name != "targets" and (values := getattr(when, one.name))
    ]
    if when.targets:
        said.append(code(f"targets>={when.targets}"))
    return Mrkdwn(", ".join(said))


def wishes(asks: Asks, words: Wording) -> Iterable[Mrkdwn]:
    """Yield what a rule asks besides approvals, each to stand behind them."""
    if asks.requester_counts:
        yield words.say("rulebook/requester_counts")
    if asks.confirm is Confirm.TYPED:
        yield words.say("rulebook/typed")
    if asks.reason:
        yield words.say("rulebook/reason", example=asks.reason_example)
    if asks.channels:
        yield words.say("rulebook/channels", channels=_codes(asks.channels, words))


def _when_frozen(rule: Rule, words: Wording) -> Iterable[Mrkdwn]:
    if rule.freeze_approvers:
        yield words.say("rulebook/when_frozen", who=_who(rule.freeze_approvers, words))


def _freezes(freezes: FreezeRules, words: Wording) -> Mrkdwn:
    told = words.say(
        "rulebook/freezes", freeze=_who(freezes.may_freeze, words), lift=_who(freezes.may_lift, words)
    )  # fmt: skip
    if not freezes.calendars:
        return told
    calendars = _codes([one.name for one in freezes.calendars], words)
    return Mrkdwn(f"{told} {words.say('rulebook/calendars', calendars=calendars)}")


def _grants(grants: Grants | None, words: Wording) -> Mrkdwn:
    if grants is None:
        return words.say("rulebook/no_grants")
    return words.say(
        "rulebook/grants",
        by=_who(grants.by, words),
        channels=_codes(grants.channels, words),
        minutes=round(grants.lasts_most / MINUTE),
        uses=grants.uses_most,
    )


def _emergency(emergency: Emergency | None, words: Wording) -> Mrkdwn:
    if emergency is None:
        return words.say("rulebook/no_emergency")
    told = words.say(
        "rulebook/emergency",
        people=_who(emergency.people, words),
        quota=emergency.quota,
        hours=round(emergency.period / HOUR),
        reviewers=_who(emergency.reviewers, words),
    )
    return words.say("rulebook/through_freezes", told=told) if emergency.overrides_freezes else told


def _who(named: tuple[str, ...], words: Wording) -> Mrkdwn:
    shown = approvers(Stage(approvers=named[:NAMED_MOST]), words)
    return _with_rest(shown, len(named), words)


def _codes(values: Iterable[str], words: Wording) -> Mrkdwn:
    every = list(values)
    shown = Mrkdwn(", ".join(code(one) for one in every[:NAMED_MOST]))
    return _with_rest(shown, len(every), words)


def _with_rest(shown: Mrkdwn, count: int, words: Wording) -> Mrkdwn:
    return shown if count <= NAMED_MOST else words.say("rulebook/rest", shown=shown, count=count - NAMED_MOST)
