"""What would come of a request, in words, before it is sent. Pure."""

from bot.domain.asks import Ruled
from bot.domain.policy import tally_of
from bot.domain.starts import begins_at
from bot.engine.previewing import Outlook
from bot.slack.approvals import frozen_lines, in_advance, stages
from bot.slack.cards import facts, title, warnings
from bot.slack.rulebook import wishes
from bot.slack.starts import start_lines
from bot.slack.wording import DAY_AND_TIME, Mrkdwn, Wording, code, date, mentions

NAMED_MOST = 5  # people; who is on call comes first


def outlook_text(outlook: Outlook, words: Wording, *, line: str) -> Mrkdwn:
    """Return what the card would show, which rule asks what, who can approve it; ``line`` is what sends it."""
    change = outlook.change
    lines = [
        words.say("preview/intro"),
        title(change, words, name=words.say("preview/name")),
        *facts(change, words),
        *warnings(change, words),
        *([] if change.start or tally_of(change).complete else [words.say("preview/at_once")]),
        *start_lines(change, words),
        _rule(change.ruled, words),
        *frozen_lines(change.ruled.frozen, words),
        *in_advance(change, words),
        _able(outlook, words),
        words.say("preview/line", line=code(line)),
    ]
    return Mrkdwn("\n".join(lines))


def _rule(ruled: Ruled, words: Wording) -> Mrkdwn:
    rule = code(f"{ruled.name} {ruled.version}".rstrip())
    asked = words.say("rules/under", rule=rule, stages=stages(ruled.asks, words))
    return Mrkdwn("".join([asked, *wishes(ruled.asks, words)]))


def _able(outlook: Outlook, words: Wording) -> Mrkdwn:
    change, able = outlook.change, outlook.able
    if tally_of(change).complete:
        waits = begins_at(change.start, change.created_at) > change.created_at
        return words.say("preview/approved_later" if waits else "preview/approved")
    until = {"expires": date(change.expires_at, DAY_AND_TIME)}
    if able is None:
        return words.say("preview/anyone_too" if change.ruled.asks.requester_counts else "preview/anyone", **until)
    named = sorted(able, key=lambda one: (one not in outlook.on_call, one))
    who = mentions(named[:NAMED_MOST])
    if len(named) > NAMED_MOST:
        who = words.say("preview/more", people=who, count=len(named) - NAMED_MOST)
    people = words.say("preview/people_1" if len(able) == 1 else "preview/people", count=len(able))
    return words.say("preview/able", people=people, on_call=_on_call(len(outlook.on_call), words), who=who, **until)


def _on_call(count: int, words: Wording) -> Mrkdwn:
    if not count:
        return words.say("preview/on_call_0")
    return words.say("preview/on_call_1" if count == 1 else "preview/on_call", count=count)
