"""A list in one answer: a line for each entry, and how many more there are where they don't all fit. Pure."""

from collections.abc import Callable, Sequence

from bot.slack.wording import Mrkdwn

MOST = 2900  # characters of an answer: Slack takes 3000 in a section


def in_one(
    intro: Mrkdwn, entries: Sequence[Mrkdwn], more: Callable[[int], Mrkdwn], *, most: int = MOST, beyond: int = 0
) -> Mrkdwn:
    """Return ``intro`` and as many ``entries`` as fit in ``most`` characters, in their order.

    ``more`` says how many are left out; there are ``beyond`` so many that are not among ``entries``.
    """
    lines = [intro]
    for at, told in enumerate(entries):
        rest = more(len(entries) - at + beyond)
        if len("\n".join([*lines, told, rest])) > most:
            return Mrkdwn("\n".join([*lines, rest]))
        lines.append(told)
    return Mrkdwn("\n".join([*lines, more(beyond)] if beyond else lines))
