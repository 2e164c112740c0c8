"""Rules over what Slack shows: nothing missing, nothing twice, and the card says how it stands."""

from collections import Counter
from collections.abc import Iterator

from tests.chaos.history import Change, History, Violation
from tests.chaos.rules.closed import may_lack_its_card, was_taken_back
from tests.chaos.rules.notices import is_notice, was_told_directly
from tests.chaos.rules.states import stands
from tests.chaos.shown import Card

SAYS = {
    "PENDING": "⏳ *Waiting for a second person*",
    "APPROVED": "👍 *Approved*",
    "RUNNING": "▶️ *Running.*",
    "REJECTED": "🚫 *Rejected*",
    "CANCELLED": "↩️ *Cancelled*",
    "EXPIRED": "⌛ *Expired*",
    "SUCCEEDED": "✅ *Succeeded",
    "FAILED": "❌ *",
    "UNKNOWN": "❓ *Outcome unknown*",
}
BUTTONS = {
    "PENDING": ("change_approve", "change_reject", "change_cancel"),
    "APPROVED": ("change_cancel",),
    "UNKNOWN": ("change_check_again",),
}


def _cards(history: History, change: Change) -> list[Card]:
    return [one for one in history.cards if one.change == f"CR-{change.id}" and not one.deleted]


def one_card(history: History) -> Iterator[Violation]:
    """Each change has exactly one top-level message, and there is no other but notices.

    It may have none where Slack's administrator deleted it after the last word on it, or let it never be posted.
    """
    for change in history.changes:
        number = len(_cards(history, change))
        if number > 1 or (number == 0 and not may_lack_its_card(history, change)):
            yield Violation(rule="one_card", change=f"CR-{change.id}", evidence=f"{number} cards")
    known = {f"CR-{change.id}" for change in history.changes}
    for card in history.cards:
        if card.change not in known:
            yield Violation(rule="one_card", change="", evidence=f"a message of no change: {card.text[:80]!r}")


def card_says_so(history: History) -> Iterator[Violation]:
    """The card tells the state of the change's row, with that state's buttons."""
    for change in history.changes:
        for card in _cards(history, change):
            wrong = [state for state, words in SAYS.items() if words in card.text and state != change.state]
            if SAYS[change.state] not in card.text or wrong:
                told = f"it is {change.state}; its card says {card.text.splitlines()[1:2]}"
                yield Violation(rule="card_says_so", change=f"CR-{change.id}", evidence=told)
            if card.buttons != BUTTONS.get(change.state, ()):
                told = f"it is {change.state}; its card has the buttons {card.buttons}"
                yield Violation(rule="card_says_so", change=f"CR-{change.id}", evidence=told)


def thread_is_whole(history: History) -> Iterator[Violation]:
    """One result for what ended after a decision, one progress line for what ran, one message each asking and review.

    Where people had approved what was asked anew under other freezes, they may be told: a sweep does, a click doesn't.
    A deleted card's thread counts, but for what lost Slack's answer there; of what was deleted itself, there may be
    none or a new one.
    """
    for change in history.changes:
        name = f"CR-{change.id}"
        replies = Counter(reply.purpose for card in history.cards if card.change == name for reply in card.replies)
        wanted = Counter(_asked_again(history, change))
        if change.state in {"REJECTED", "EXPIRED", "SUCCEEDED", "FAILED", "UNKNOWN"} or _was_approved(history, change):
            wanted["result"] = 1
        if history.of(change, "change.start"):
            wanted["progress"] = 1
        if history.of(change, "review.signed"):
            wanted["review"] = 1
        seen = Counter(replies)
        if wanted["progress"] == 0 and seen["progress"] == 1:
            del seen["progress"]  # it waited for its turn and was taken back
        lost = Counter(one.purpose for one in history.deletions if one.change == name)
        extra = seen - _left_behind(history, change, seen) - Counter(_told_of_a_thaw(history, change))
        if extra - wanted or wanted - seen - lost:
            told = f"it is {change.state}; its thread holds {dict(replies)}, and should hold {dict(+wanted)}"
            yield Violation(rule="thread_is_whole", change=name, evidence=told)


def _left_behind(history: History, change: Change, seen: Counter[str]) -> Counter[str]:
    """Count what stands below a deleted card, was posted again below the new one, and is not on record there."""
    below = Counter(
        reply.purpose
        for card in history.cards
        if card.change == f"CR-{change.id}" and card.deleted
        for reply in card.replies
    )
    noted = Counter(str(one.facts["purpose"]) for one in history.of(change, "post.sent"))
    return Counter(
        {purpose: min(times, seen[purpose] - noted[purpose]) for purpose, times in below.items() if noted[purpose]}
    )


def _asked_again(history: History, change: Change) -> list[str]:
    """Return what tells each time that people were asked again, by the card's version, which a new rule raises, too."""
    newer = history.of(change, "change.ask_again", "change.renew")
    return [f"moved:{version}" for version, one in enumerate(newer, start=2) if one.kind == "change.ask_again"]


def _told_of_a_thaw(history: History, change: Change) -> Iterator[str]:
    """Yield what may tell of each renewal that took approvals away, as when a freeze is over."""
    version, approved = 1, False
    for event in history.of(change, "approval.counted", "change.ask_again", "change.renew"):
        if event.kind == "approval.counted":
            approved = True
            continue
        version += 1
        if event.kind == "change.renew" and approved:
            yield f"moved:{version}"
        approved = False


def _was_approved(history: History, change: Change) -> bool:
    """Say whether it was taken back after its approval: who approved counts on a result."""
    kinds = [one.kind for one in history.of(change)]
    return "change.cancel" in kinds and stands(kinds[: kinds.index("change.cancel")]) == "APPROVED"


def nothing_due(history: History) -> Iterator[Violation]:
    """Every message that was wanted was delivered as it was wanted last; none was given up, none is wanted twice.

    The card of a change that was taken back because its channel took none is given up, and so is a notice that such a
    channel took not.
    """
    hopeless = {one.id for one in history.changes if was_taken_back(history, one)}
    for post in history.posts:
        name = f"CR-{post.change}" if post.change else ""
        if post.given_up is not None and post.purpose == "card" and post.change in hopeless:
            continue
        if is_notice(post) and was_told_directly(history, post):
            continue
        if post.given_up is not None:
            told = f"post {post.id} ({post.purpose}) was given up: {post.given_up}"
            yield Violation(rule="nothing_due", change=name, evidence=told)
        elif post.wanted > post.delivered:
            told = f"post {post.id} ({post.purpose}) is due: wanted {post.wanted}, delivered {post.delivered}"
            yield Violation(rule="nothing_due", change=name, evidence=told)
    for (change, purpose), times in Counter((one.change, one.purpose) for one in history.posts).items():
        if times > 1:
            told = f"{times} rows for {purpose}"
            yield Violation(rule="nothing_due", change=f"CR-{change}" if change else "", evidence=told)


def answers_are_seen(history: History) -> Iterator[Violation]:
    """Every personal answer that counts as delivered stands before its person's eyes, and only theirs."""
    seen = {(one.user, one.text) for one in history.whispers}
    for post in history.posts:
        if post.user is not None and post.delivered and (post.user, post.text) not in seen:
            told = f"post {post.id}: {post.user} never saw {post.text[:80]!r}"
            yield Violation(rule="answers_are_seen", change="", evidence=told)
