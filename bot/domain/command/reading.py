"""The grammar of what follows the verb.

Words are read from the left. Values come by name (``port=1234``) or by place; ids by their prefix, in any order. The
reason begins at ``reason=``, at a lone ``#``, behind the last value, or at the first word that can't be a value, and
runs to the end; only options at its end are read. Where two readings exist, the draft gets a problem, not a value.
"""

import re
from collections.abc import Mapping

from bot.domain.command import options, ports, reasons
from bot.domain.command.draft import Draft
from bot.domain.command.fields import IDS, REASON, fold, is_number, is_placeholder, keys, kind, nearest
from bot.domain.command.normalise import Plain
from bot.domain.command.opening import command_in
from bot.domain.command.problems import ProblemCode, shown
from bot.domain.command.words import Pair, Word, pair_at, words_of

_BREAKS = "`\\"  # a code fence; a shell's continued line
_WINDOW = 8  # words that are looked ahead for an id that is still missing
_BACKEND = re.compile(r"(?:<[^<>]*>|[A-Za-z][^:=]*):(?:<[^<>]*>|[0-9].*)")


class Reader:
    """Reads ``text[start:end]`` of a page into a draft.

    ``ignored`` are keys, folded, that say nothing we need, and whether each takes a value. Behind what a program wrote
    (``is_pasted``) a number begins the reason; a person may have meant it as a port.
    """

    def __init__(
        self, page: Plain, start: int, end: int, *, draft: Draft, ignored: Mapping[str, bool], is_pasted: bool = False
    ) -> None:
        self._page = page
        self._end = end
        self._words = words_of(page.text, start, end)
        self._draft = draft
        self._names = keys(draft.operation.description)
        self._ignored = ignored
        self._is_pasted = is_pasted
        self._at = 0
        self._ids: list[tuple[str, str]] = []  # positional ids: the field they look like, and themselves
        self._strays: list[str] = []
        self._reason: reasons.Span | None = None

    def read(self) -> None:
        """Read every word."""
        rules = (
            self._marker,
            self._option,
            self._pair,
            self._mark,
            self._rest,
            self._placeholder,
            self._identifier,
            self._arrow,
            self._number,
            self._unknown_host,
        )
        while self._at < len(self._words):
            if not any(rule() for rule in rules):
                self._free_word()
        if self._reason and self._reason.is_loose:
            self._reason = options.apart(self._reason, self._words, self._names, self._draft)
            self._reason = reasons.rescue(self._reason, self._words, self._names, self._draft)
        self._draft.place_ids(self._ids)
        self._draft.place_strays(self._strays)
        if self._reason:
            self._draft.reason = self._page.as_written(self._reason.start, self._reason.end)

    @property
    def _word(self) -> Word:
        return self._words[self._at]

    # Rules: each looks at the next word and says whether it took it.

    def _marker(self) -> bool:
        if self._word.text != reasons.MARKER:
            return False
        self._begin_reason(self._word.start + len(reasons.MARKER), is_loose=False)
        return True

    def _option(self) -> bool:
        option = options.option_at(self._words, self._at, self._names)
        if option:
            options.put(option, self._draft)
            self._at = option.after
        return option is not None

    def _pair(self) -> bool:
        pair = pair_at(self._words, self._at, self._names)
        if pair is None:
            return False
        field = self._names.get(pair.key)
        if field == REASON:
            self._keyed_reason(pair)
        elif field:
            if pair.value:
                self._put(field, pair.value.text if is_placeholder(pair.value.text) else pair.value.bare)
            self._at = pair.after
        elif pair.key in self._ignored:
            takes_next = self._ignored[pair.key] or pair.separator != " "
            self._at = pair.after if takes_next else self._at + 1
        else:
            return self._unknown_key(pair)
        return True

    def _unknown_key(self, pair: Pair) -> bool:
        known = [*(one.name for one in self._draft.operation.description.fields), REASON, options.AT, options.WINDOW]
        near = nearest(pair.name, known)
        if not self._draft.missing and near == tuple(known) and not self._word.text.startswith("--"):
            return False  # a reason may begin with "ticket=OPS-12"
        self._draft.blame(ProblemCode.UNKNOWN_KEY, value=pair.name, allowed=near)
        self._at = pair.after
        return True

    def _rest(self) -> bool:
        if self._draft.missing:
            return False
        number = "" if self._is_pasted else ports.another_at(self._words, self._at)
        number = number or reasons.new_value(self._page.text, self._word.start)
        said = self._draft.said[self._draft.value_field]
        if number and said != [number] and not is_placeholder(said[0]):
            self._two_readings(number)
        if reasons.is_more_targets(self._words[self._at :]):
            self._blame_words(self._word.start)
        else:
            self._begin_reason(self._word.start)
        return True

    def _mark(self) -> bool:
        is_bullet = not self._word.bare and self._draft.missing
        if not is_bullet and self._word.text.strip(_BREAKS):
            return False
        self._at += 1
        return True

    def _placeholder(self) -> bool:
        if not is_placeholder(self._word.text):
            return False
        field = self._names.get(fold(self._word.text.strip("<>")), self._draft.missing[0])
        if field == REASON:
            self._begin_reason(self._word.start)
        else:
            self._put(field, self._word.text)
            self._at += 1
        return True

    def _identifier(self) -> bool:
        field = kind(self._word.bare)
        if not field and "host" in self._draft.missing and _BACKEND.fullmatch(self._word.bare):
            field = "host"
        if not field:
            return False
        self._ids.append((field, self._put(field, self._word.bare)))
        self._at += 1
        return True

    def _arrow(self) -> bool:
        missing = self._draft.missing
        if "host" in missing or self._draft.value_field not in missing:
            return False
        if "port" not in missing and ports.is_towards(self._words, self._at):
            self._at += 1  # host:port → probe port
            return True
        step = ports.step_at(self._words, self._at)
        if step is None:
            return False
        field = "port" if "port" in missing else self._draft.value_field
        self._draft.blame(ProblemCode.ARROW, field, f"{step.before} → {step.towards}", (step.towards,))
        self._draft.unsure.update({"port"} & set(missing))
        self._put(self._draft.value_field, step.towards)
        self._at = step.after
        return True

    def _number(self) -> bool:
        missing = [field for field in self._draft.missing if field not in IDS]
        is_expected = bool(missing) and "host" not in self._draft.missing
        if is_expected and (is_number(self._word.bare) or ports.looks_meant(self._word.bare)):
            self._put(missing[0], self._word.bare)
        elif is_number(self._word.bare):
            self._two_readings(self._word.bare)
        else:
            return False
        self._at += 1
        return True

    def _unknown_host(self) -> bool:
        following = self._words[self._at + 1 : self._at + 2]
        if "host" not in self._draft.missing or not following or not is_number(following[0].bare):
            return False
        self._put("host", self._word.bare)
        self._at += 1
        return True

    def _free_word(self) -> None:
        ahead = self._words[self._at + 1 : self._at + 1 + _WINDOW]
        if any(kind(one.bare) in self._draft.missing for one in ahead):
            self._strays.append(self._word.bare)
            self._at += 1
        else:
            self._begin_reason(self._word.start)

    # What the rules do.

    def _put(self, field: str, text: str) -> str:
        return self._draft.put_backend(text) if field == "host" else self._draft.put(field, text)

    def _two_readings(self, number: str) -> None:
        said = self._draft.said.get(self._draft.value_field, [])
        self._draft.blame(ProblemCode.EXTRA_NUMBER, self._draft.value_field, number, (*map(shown, said), shown(number)))
        self._draft.unsure.add(self._draft.value_field)
        if "host" in self._draft.missing:
            self._draft.unsure.add("port")

    def _begin_reason(self, start: int, *, is_loose: bool = True) -> None:
        ahead = self._words[reasons.index_behind(self._words, start - 1) :]
        another = command_in(ahead) if is_loose else None
        end = self._end if another is None else ahead[another].start
        if self._reason is None:
            self._reason = reasons.Span(start, end, is_loose=is_loose)
            start = end
        self._blame_words(start)

    def _blame_words(self, start: int) -> None:
        """Blame everything from ``start`` on, if there is anything, and stop reading."""
        words = self._page.text[start : self._end].strip()
        if words:
            self._draft.blame(ProblemCode.EXTRA_WORDS, value=words)
        self._at = len(self._words)

    def _is_value(self, index: int) -> bool:
        pair = pair_at(self._words, index, self._names)
        if options.option_at(self._words, index, self._names):
            return True
        if pair:
            return pair.key in self._names
        return bool(self._draft.missing and kind(self._words[index].bare))

    def _keyed_reason(self, pair: Pair) -> None:
        if pair.value is None:
            self._at = pair.after
            return
        start = pair.value.start
        quoted = reasons.quoted(self._page.text, start, self._end, self._words, self._is_value)
        if quoted is None or self._reason:
            self._begin_reason(start)
        else:
            self._reason = quoted
            self._at = reasons.index_behind(self._words, quoted.end)
