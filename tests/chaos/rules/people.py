"""Rules over people: every command and every click got its answer."""

from collections import Counter
from collections.abc import Iterator

from tests.chaos.history import Deed, History, Intake, Violation
from tests.chaos.rules.notices import ordered

# As people read it: carla's Slack speaks Chinese.
NOT_STORED = ("could not be stored, so nothing was done", "你的请求没能存下，所以什么都没做")
MAYBE_STORED = ("can't tell whether your request was stored", "我无法确定你的请求是否已存下")
COPIES = 2  # of a personal answer, where Slack's word that it was shown got lost
FORM = "change_reject"  # a click that opens a form
MOVES_OF = {
    "change_approve": {"change.approve", "approval.counted"},
    "rejection": {"change.reject"},
    "change_cancel": {"change.cancel"},
}


def taken_in(history: History) -> Iterator[Violation]:
    """What Slack said was heard is stored, or its person was told that it isn't, or that nobody knows."""
    stored = Counter((one.kind, one.user, one.said) for one in history.intake)
    refused = _told(history, *NOT_STORED, *MAYBE_STORED)
    for (kind, user, said), times in Counter(_interaction(one) for one in history.deeds if one.heard).items():
        missing = max(0, times - stored[kind, user, said])
        if missing > refused[user]:
            told = f"{user}: {kind} {said!r} was heard {times} times, stored {times - missing}, refused {refused[user]}"
            yield Violation(rule="taken_in", change="", evidence=told)
        refused[user] -= min(missing, refused[user])


def not_stored_is_true(history: History) -> Iterator[Violation]:
    """Nobody was told that nothing was stored of what was: each deed was stored or refused, not both."""
    deeds, stored = Counter(one.user for one in history.deeds), Counter(one.user for one in history.intake)
    for user, refused in _told(history, *NOT_STORED, copies=COPIES).items():
        if stored[user] + refused > deeds[user]:
            told = f"{user} did {deeds[user]} things; {stored[user]} were stored and {refused} said to be not"
            yield Violation(rule="not_stored_is_true", change="", evidence=told)


def _told(history: History, *words: str, copies: int = 1) -> Counter[str]:
    """Count, by person, who was told one of ``words`` on the spot; an answer to what was stored is another matter.

    Each of those may stand there in as many ``copies``.
    """
    said = Counter(one.user for one in history.whispers if any(word in one.text for word in words))
    later = Counter(one.user for one in history.posts if one.user and any(word in one.text for word in words))
    return said - Counter({user: copies * times for user, times in later.items()})


def _interaction(deed: Deed) -> tuple[str, str, str]:
    return deed.kind, deed.user, deed.said


def answered(history: History) -> Iterator[Violation]:
    """What was taken in was finished by one of: a change, a decision, a freeze or grant, a form, an answer."""
    opened = {change.intake for change in history.changes}
    answers = Counter(one.purpose.partition(":")[2] for one in history.posts if one.purpose.startswith("answer:"))
    silent = 0
    for one in history.intake:
        if one.finished_at is None:
            yield Violation(rule="answered", change=_change(one), evidence=f"{one.kind} of {one.user} is not finished")
            continue
        ways = (one.key in opened) + answers[one.key] + _decided(history, one) + len(ordered(history, one))
        if one.kind == FORM and not ways:
            silent += 1
        elif ways == 0:
            told = f"{one.kind} of {one.user} ({one.said!r}) was finished without an answer"
            yield Violation(rule="answered", change=_change(one), evidence=told)
        elif ways > 1:
            told = f"{one.kind} of {one.user} ({one.said!r}) was answered {ways} times"
            yield Violation(rule="answered", change=_change(one), evidence=told)
    if silent > history.forms:
        told = f"{silent} presses of Reject were finished without an answer, but only {history.forms} forms were opened"
        yield Violation(rule="answered", change="", evidence=told)


def _decided(history: History, one: Intake) -> bool:
    """Say whether a move bears the moment in which ``one`` was finished: they are one transaction."""
    kinds = MOVES_OF.get(one.kind, set())
    number = _number(one)
    return any(
        event.kind in kinds and event.actor == one.user and event.change == number and event.at == one.finished_at
        for event in history.events
    )


def _number(one: Intake) -> int:
    number = one.said.partition(".")[0]
    return int(number) if one.kind != "command" and number.isdigit() else 0


def _change(one: Intake) -> str:
    return f"CR-{_number(one)}" if _number(one) else ""
