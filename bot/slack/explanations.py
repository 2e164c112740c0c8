"""What the rules make of somebody, and why a change stands where it stands. Pure."""

from bot.domain.change import State
from bot.engine.explaining import Reasons
from bot.slack.approvals import frozen_lines, in_advance, stages
from bot.slack.cards import status, title
from bot.slack.starts import start_lines
from bot.slack.wording import Mrkdwn, Wording, code, mention, mentions


def whoami(person: str, groups: frozenset[str], words: Wording) -> Mrkdwn:
    """Return what the rules know of somebody who may decide."""
    names = Mrkdwn(", ".join(code(one) for one in sorted(groups))) if groups else words.say("value/none")
    return words.say("rules/whoami", by=mention(person), groups=names)


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
