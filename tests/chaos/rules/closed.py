"""Rules over what Slack's administrator did: what may be missing after it, and who is told directly."""

from collections import Counter
from collections.abc import Iterator

from tests.chaos.history import Change, Deletion, History, Violation

US = "countersign"
# Slack's words for a channel that takes nothing; an edit has another one for an archived channel than a post.
WORDS = {"is_archived": {"is_archived", "is_inactive"}, "not_in_channel": {"not_in_channel", "channel_not_found"}}
CLOCKS_APART = 0.05  # seconds


def deleted(history: History, change: Change, purpose: str) -> list[Deletion]:
    """Return the deletions of the message ``purpose`` of ``change``."""
    return [one for one in history.deletions if (one.change, one.purpose) == (f"CR-{change.id}", purpose)]


def may_lack_its_card(history: History, change: Change) -> bool:
    """Say whether no card need stand: it was deleted after the last word on the change, or never could be posted."""
    if was_taken_back(history, change):
        return True
    last = max((one.at for one in history.of(change) if one.kind.startswith(("change.", "review."))), default=0.0)
    return any(one.at >= last - CLOCKS_APART for one in deleted(history, change, "card"))


def was_taken_back(history: History, change: Change) -> bool:
    """Say whether the bot took ``change`` back, because the channel that was closed took no card."""
    return any(
        one.actor == US and one.facts.get("why") in WORDS[closure.why] and closure.at <= one.at + CLOCKS_APART
        for one in history.of(change, "change.cancel")
        for closure in history.closures
    )


def told_directly(history: History) -> Iterator[Violation]:
    """Whose change was taken back, because its channel takes no card, is told so; in an open channel nothing is."""
    told = Counter(one.purpose for one in history.posts if one.user is not None)
    cards = {one.change: one.id for one in history.posts if one.purpose == "card"}
    for change in history.changes:
        name = f"CR-{change.id}"
        for event in history.of(change, "change.cancel"):
            if event.actor == US and not was_taken_back(history, change):
                yield Violation(rule="told_directly", change=name, evidence="taken back while the channel was open")
            if event.actor == US and not told[f"answer:card-{cards.get(change.id)}"]:
                yield Violation(rule="told_directly", change=name, evidence="taken back, and nobody was told")
    if not history.closures:
        for purpose in told:
            if purpose.startswith(("answer:CR-", "answer:card-", "answer:notice-")):
                evidence = f"{purpose} was told directly while the channel was open"
                yield Violation(rule="told_directly", change="", evidence=evidence)
