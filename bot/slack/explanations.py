"""The rules in words: who somebody is to them, what they are, and why a change stands where it stands. Pure."""

from bot.domain.asks import Asks, Stage
from bot.domain.change import State
from bot.domain.policy import Policy, Rule
from bot.engine.explaining import Reasons
from bot.slack.approvals import approvers, frozen_lines, in_advance, stages
from bot.slack.cards import status, title
from bot.slack.listing import in_one
from bot.slack.starts import start_lines
from bot.slack.wording import Mrkdwn, Wording, code, mention, mentions


def whoami(person: str, groups: frozenset[str], words: Wording) -> Mrkdwn:
    """Return what the rules know of somebody who may decide."""
    names = Mrkdwn(", ".join(code(one) for one in sorted(groups))) if groups else words.say("value/none")
    return words.say("rules/whoami", by=mention(person), groups=names)


def policy_text(policy: Policy, words: Wording) -> Mrkdwn:
    """Return every rule in a line of its own, in their order; what doesn't fit is counted."""
    entries = [_rule(rule, words) for rule in policy.rules]
    return in_one(words.say("rules/intro"), entries, lambda left: words.say("rules/more", count=left))


def why(reasons: Reasons, words: Wording) -> Mrkdwn:
    """Return which rule asks for what, who could give it, what blocks, and until when."""
    change = reasons.change
    lines = [title(change, words), status(change, words), *start_lines(change, words)]
    rule = code(f"{change.ruled.name} {change.ruled.version}".rstrip())
    lines.append(words.say("rules/under", rule=rule, stages=stages(change.ruled.asks, words)))
    lines += frozen_lines(reasons.frozen, words)
    if change.approvals and not change.is_emergency:
        lines.append(words.say("card/approved_by", by=mentions(one.person for one in change.approvals)))
        lines += in_advance(change, words)
    if change.state is State.PENDING:
        lines.append(_able(reasons, words))
    if reasons.behind is not None:
        lines.append(words.say("rules/behind", other=reasons.behind.name, by=mention(reasons.behind.requester)))
    return Mrkdwn("\n".join(lines))


def _able(reasons: Reasons, words: Wording) -> Mrkdwn:
    missing = reasons.counted.missing
    if reasons.able is None:
        return words.say("rules/anyone", missing=missing)
    if not reasons.able:
        return words.say("rules/nobody", missing=missing)
    people = mentions(sorted(reasons.able))
    return words.say(
        "rules/able", missing=missing, count=len(reasons.able), on_call=len(reasons.on_call), people=people
    )


def _rule(rule: Rule, words: Wording) -> Mrkdwn:
    if isinstance(rule.then, Asks):
        asks = words.say("rules/asks", rule=code(rule.name), stages=stages(rule.then, words))
        if not rule.freeze_approvers:
            return asks
        return words.say("rules/when_frozen", asks=asks, who=approvers(Stage(approvers=rule.freeze_approvers), words))
    return words.say("rules/denies", rule=code(rule.name), text=rule.then.text)
