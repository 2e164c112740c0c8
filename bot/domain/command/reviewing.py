"""``review CR-7 what I found``: the words behind the change are kept as they were written."""

from collections.abc import Sequence

from bot.domain.command.normalise import Plain, tidy
from bot.domain.command.opening import change_in
from bot.domain.command.request import Review
from bot.domain.command.words import Word

_REVIEW = frozenset({"review", "复核"})


def review(page: Plain, words: Sequence[Word], end: int) -> Review | None:
    """Return the review that ``words`` sign, None where they sign none.

    Raises:
        NotUnderstood: they name no change, or nothing that was found.
    """
    if words[0].bare.lower() not in _REVIEW:
        return None
    note = page.as_written(words[2].start, end) if len(words) > len(("review", "CR-7")) else ""
    return Review(change=change_in(words), note=tidy(note))
