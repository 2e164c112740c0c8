"""Rules over what a whole channel is told: of each freeze and each grant, once."""

from collections import Counter
from collections.abc import Iterator

from tests.chaos.history import Event, History, Intake, Post, Violation
from tests.chaos.rules.closed import WORDS

ORDERED = ("freeze.set", "freeze.lifted", "grant.given", "grant.revoked")


def is_notice(post: Post) -> bool:
    """Say whether ``post`` is for a whole channel, apart from any change."""
    return post.purpose.startswith("notice:")


def was_told_directly(history: History, post: Post) -> bool:
    """Say whether the notice ``post`` was given up because the channel was closed, and who asked was told instead."""
    directly = any(one.purpose == f"answer:notice-{post.id}" for one in history.posts)
    return directly and any(post.given_up in WORDS[closure.why] for closure in history.closures)


def ordered(history: History, one: Intake) -> list[Event]:
    """Return the freezes and grants that were set or ended in the moment in which ``one`` was finished."""
    return [
        event
        for event in history.all_of(*ORDERED)
        if one.kind == "command" and event.actor == one.user and event.at == one.finished_at
    ]


def each_is_told(history: History) -> Iterator[Violation]:
    """The channel is told of each freeze and grant, of how it was ended and of each use, by one notice each."""
    wanted = {one.key for one in history.intake if ordered(history, one)}
    wanted |= {change.intake for change in history.changes if history.of(change, "grant.used")}
    posted = {one.purpose.partition(":")[2] for one in history.posts if is_notice(one)}
    for key in sorted(wanted ^ posted):
        what = "the channel was told nothing of" if key in wanted else "a notice that nobody asked for:"
        yield Violation(rule="each_is_told", change="", evidence=f"{what} intake {key}")


def noticed_once(history: History) -> Iterator[Violation]:
    """Notices stand in the channel once each, in their order; who asked knows of one that a closed channel took not."""
    shown = Counter(one.purpose for one in history.notices)
    stand = [one for one in history.posts if is_notice(one) and not was_told_directly(history, one)]
    for post in stand:
        if shown[post.purpose] != 1:
            told = f"post {post.id} ({post.purpose}) stands {shown[post.purpose]} times"
            yield Violation(rule="noticed_once", change="", evidence=told)
    order = [post.purpose for post in sorted(stand, key=lambda one: one.id)]
    seen = [one.purpose for one in history.notices if one.purpose in order]
    if sorted(seen) == sorted(order) and seen != order:
        yield Violation(rule="noticed_once", change="", evidence=f"they stand as {seen}, and were wanted as {order}")
    for purpose in shown.keys() - {one.purpose for one in history.posts}:
        yield Violation(rule="noticed_once", change="", evidence=f"{purpose} stands, and nobody wanted it")
