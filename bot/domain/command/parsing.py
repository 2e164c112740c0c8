"""From one line of text, or a form's fields, to what is asked for; and back."""

from collections.abc import Mapping, Sequence

from bot.domain.command.draft import Draft, reason_problem
from bot.domain.command.fields import IDS, REASON, is_number, is_placeholder, keys, kind
from bot.domain.command.freezing import Freezing, freezing
from bot.domain.command.granting import Granting, granting
from bot.domain.command.lines import EMERGENCY, PREVIEW, broken, line, previewed, usage, values_of
from bot.domain.command.normalise import Plain, is_blank, plain, tidy
from bot.domain.command.opening import (
    ahead_at,
    command_span,
    help_topic,
    is_on_card,
    nearest_verb,
    question,
    verb_at,
)
from bot.domain.command.options import AT, WINDOW, Begin, at_once, begin_of, corrected, written
from bot.domain.command.pasted import TYPED_IGNORED, Paste, actions, paste_at
from bot.domain.command.problems import NotUnderstood, Problem, ProblemCode
from bot.domain.command.reading import Reader
from bot.domain.command.reasons import MARKER
from bot.domain.command.request import About, Help, Pending, Preview, Request, Rules
from bot.domain.command.reviewing import review
from bot.domain.command.words import Word, pair_at, words_of
from bot.domain.operation import OPERATIONS, PORT_MAX, Description, Operation, operation_from_json

_FIRST = next(iter(OPERATIONS.values()))  # shown as the example where not even the verb is known


def parse(text: str) -> Request | Preview | Help | About | Rules | Pending | Freezing | Granting:
    """Return what ``text``, everything behind the slash command, asks for.

    Raises:
        NotUnderstood: nothing else, whatever the text.
    """
    outcome = _interpret(text)
    if not isinstance(outcome, Draft):
        return outcome
    request = _request(outcome)
    return Preview(request=request) if outcome.preview else request


def render(request: Request) -> str:
    """Return the canonical line; ``parse`` reads it back as the same request."""
    option = written(request.begin)
    values = values_of(request.operation)
    rendered = _line(request.operation.description, values, request.reason, (option, option))
    return broken(rendered, emergency=request.emergency)


def from_fields(verb: str, fields: Mapping[str, str], reason: str) -> Request:
    """Return the request that a form's texts, by field, make; ``verb`` is one of ``OPERATIONS``.

    Raises:
        NotUnderstood: each problem names its field.
    """
    draft = Draft(operation=OPERATIONS[verb], reason=reason)
    for name, text in fields.items():
        page = plain(text).text
        for word in words_of(page, 0, len(page)):
            if word.bare:
                _put(draft, name, word.bare)
    return _request(draft)


def _interpret(text: str) -> Help | About | Rules | Pending | Freezing | Granting | Draft:
    page = plain(text)
    start, end = command_span(page.text)
    words = words_of(page.text, start, end)
    topic = help_topic(words)
    if topic is not None:
        return Help(topic=topic)
    asked = review(page, words, end) or question(words) or freezing(page, words, end) or granting(page, words, end)
    if asked is not None:
        return asked
    ahead = ahead_at(words)
    draft = _drafted(page, words[len(ahead) :], end)
    draft.preview = PREVIEW in ahead
    draft.emergency = EMERGENCY in ahead and not draft.preview
    if draft.emergency:
        at_once(draft)
    for meant, word in ahead.items():
        if word is not None:
            draft.blame(ProblemCode.UNKNOWN_VERB, "verb", word.bare, (meant,))
    if {EMERGENCY, PREVIEW} <= ahead.keys():
        draft.blame(ProblemCode.EMERGENCY_PREVIEWED, "verb", EMERGENCY)
    return draft


def _drafted(page: Plain, words: Sequence[Word], end: int) -> Draft:
    operation, taken = verb_at(words)
    paste = paste_at(page.text, words, taken, end)
    if paste:
        return _pasted(page, end, paste, operation)
    draft, taken = (Draft(operation=operation), taken) if operation else _without_verb(words)
    if not draft.is_lost:
        rest = words[taken].start if taken < len(words) else end
        Reader(page, rest, end, draft=draft, ignored=TYPED_IGNORED).read()
    return draft


def _pasted(page: Plain, end: int, paste: Paste, typed: type[Operation] | None) -> Draft:
    operation = paste.operation
    if operation is None or typed not in {None, operation}:
        code = ProblemCode.OTHER_ACTION if paste.action else ProblemCode.ACTION_MISSING
        draft = Draft(operation=_FIRST, is_lost=True)
        draft.blame(code, value=paste.action, allowed=actions())
        return draft
    draft = Draft(operation=operation)
    for name, text in paste.fields:
        _put(draft, name, text)
    Reader(page, paste.rest, end, draft=draft, ignored=paste.ignored, is_pasted=True).read()
    return draft


def _without_verb(words: Sequence[Word]) -> tuple[Draft, int]:
    if not words or _is_field(words):
        draft = Draft(operation=_FIRST, is_lost=not words)
        draft.blame(ProblemCode.VERB_MISSING, "verb", allowed=tuple(OPERATIONS))
        return draft, 0
    first = words[0]
    if is_on_card(first):
        draft = Draft(operation=_FIRST, is_lost=True)
        draft.blame(ProblemCode.DECIDE_ON_CARD, "verb", first.bare)
        return draft, 0
    operation, taken = nearest_verb(words)
    draft = Draft(operation=operation or _FIRST, is_lost=operation is None)
    meant = (operation.description.verb,) if operation else tuple(OPERATIONS)
    draft.blame(ProblemCode.UNKNOWN_VERB, "verb", " ".join(word.bare for word in words[:taken]) or first.text, meant)
    return draft, taken


def _is_field(words: Sequence[Word]) -> bool:
    word, names = words[0], keys(_FIRST.description)
    pair = pair_at(words, 0, names)
    is_known_pair = pair is not None and pair.key in names
    return is_known_pair or is_placeholder(word.text) or is_number(word.bare) or bool(kind(word.bare))


def _put(draft: Draft, name: str, text: str) -> None:
    if name == "host":
        draft.put_backend(text)
    else:
        draft.put(name, text)


def _request(draft: Draft) -> Request:
    reason = "" if is_blank(draft.reason) else tidy(draft.reason)
    settled: dict[str, str] = {}
    begin: Begin = None
    if not draft.is_lost:
        settled, begin = draft.settle(), begin_of(draft)
        problem = reason_problem(reason, emergency=draft.emergency)
        draft.problems += [problem] if problem else []
        reason = "" if problem else reason
    if draft.problems:
        raise _refusal(draft, settled, reason, begin)
    values = {name: text if name in IDS else int(text) for name, text in settled.items()}
    operation = operation_from_json(draft.operation.description.verb, values)
    return Request(operation=operation, reason=reason, begin=begin, emergency=draft.emergency)


def _refusal(draft: Draft, settled: Mapping[str, str], reason: str, begin: Begin) -> NotUnderstood:
    description = draft.operation.description
    order = ["verb", *(field.name for field in description.fields), AT, WINDOW, "", REASON]
    problems: list[Problem] = sorted(draft.problems, key=lambda problem: order.index(problem.field))
    blamed = {problem.field for problem in problems}
    start = {name: draft.said[name][0] for name in (AT, WINDOW) if begin and draft.said.get(name)}
    understood = {"verb": description.verb, **settled, **start, **({REASON: reason} if reason else {})}
    whole = usage(description) if draft.is_lost else _line(description, settled, reason, corrected(begin, draft))
    return NotUnderstood(
        understood={} if draft.is_lost else {name: text for name, text in understood.items() if name not in blamed},
        problems=tuple(problems),
        corrected=previewed(whole) if draft.preview else broken(whole, emergency=draft.emergency),
    )


def _line(description: Description, values: Mapping[str, str], reason: str, options: tuple[str, str]) -> str:
    """Return the line, with a marker before a reason that would not be read back as it is.

    ``options`` are the one that says when it starts, and one that reads back like it.
    """
    option, like_it = options
    unlikely = str(PORT_MAX)  # so that no number in the reason happens to be the one that is still missing
    filled = {
        field.name: values.get(field.name, field.example if field.name in IDS else unlikely)
        for field in description.fields
    }
    draft = _interpret(line(description, filled, reason, option=like_it)) if reason else None
    is_read_back = (
        isinstance(draft, Draft)
        and draft.settle() == filled
        and written(begin_of(draft)) == like_it
        and not draft.problems
        and ("" if is_blank(draft.reason) else tidy(draft.reason)) == reason
    )
    return line(description, values, reason, option=option, marker="" if is_read_back or not reason else MARKER)
