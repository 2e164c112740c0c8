"""On which line each value of a TOML text stands.

``tomllib`` tells lines of syntax errors only. What it accepted is walked here once more, for places alone: keys are
decoded and values read by ``tomllib``, so there is no second opinion on what a text means.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping

Path = tuple[str | int, ...]  # keys, and positions in arrays: ("rule", 0, "stages", 1, "count")

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|' r"'''.*?'{3,5}|" r'"(?:\\.|[^"\\])*"|' r"'[^']*'",
    re.DOTALL,
)
_KEY = re.compile(r'(?:"(?:\\.|[^"\\])*"|' r"'[^']*'|[^=\]\"'])*")
_BARE = re.compile(r"[^,\]}\n#]+")  # a number, a truth value, a time


def places(text: str) -> Mapping[Path, int]:
    """Return the line, from 1, of every key, table and array element of ``text``, by its path.

    A table that no header names of its own stands where it is first mentioned.

    Raises:
        TOMLDecodeError: ``text`` is not TOML.
    """
    text = text.replace("\r\n", "\n")
    tomllib.loads(text)
    walk = _Walk(text)
    walk.document()
    return walk.found


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._breaks = [place for place, letter in enumerate(text) if letter == "\n"]
        self._tables: dict[Path, int] = {}  # how many [[tables]] each array has so far
        self.found: dict[Path, int] = {(): 1}

    def document(self) -> None:
        base: Path = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._text.startswith("[", self._at):
                base = self._header()
            else:
                self._pair(base)
            self._skip(_BLANK)

    def _header(self) -> Path:
        begin, many = self._at, self._text.startswith("[[", self._at)
        self._at += 2 if many else 1
        keys = self._keys()
        self._at += 2 if many else 1
        path: Path = ()
        for key in keys[:-1]:
            path = self._last((*path, key))
            self._note(path, begin)
        path = (*path, keys[-1])
        self._note(path, begin)
        if not many:
            return path
        self._tables[path] = self._tables.get(path, 0) + 1
        path = self._last(path)
        self._note(path, begin)
        return path

    def _last(self, path: Path) -> Path:
        return (*path, self._tables[path] - 1) if path in self._tables else path

    def _pair(self, base: Path) -> None:
        begin, path = self._at, base
        for key in self._keys():
            path = (*path, key)
            self._note(path, begin)
        self._at += 1  # the equals sign
        self._skip(_BLANK)
        self._value(path)

    def _value(self, path: Path) -> None:
        first = self._text[self._at]
        if first == "[":
            self._inside("]", path, numbered=True)
        elif first == "{":
            self._inside("}", path, numbered=False)
        elif not self._skip(_STRING):
            self._skip(_BARE)

    def _inside(self, close: str, path: Path, *, numbered: bool) -> None:
        """Walk an array, or an inline table, to its end."""
        self._at += 1
        place = 0
        self._skip(_BLANK)
        while self._text[self._at] != close:
            if self._text[self._at] == ",":
                self._at += 1
            elif numbered:
                self._note((*path, place), self._at)
                self._value((*path, place))
                place += 1
            else:
                self._pair(path)
            self._skip(_BLANK)
        self._at += 1

    def _keys(self) -> list[str]:
        """Return the parts of the dotted key that stands here."""
        begin = self._at
        self._skip(_KEY)
        node, keys = tomllib.loads(f"{self._text[begin : self._at].strip()} = 0"), []
        while isinstance(node, dict):
            [(key, node)] = node.items()
            keys.append(key)
        return keys

    def _note(self, path: Path, at: int) -> None:
        self.found.setdefault(path, bisect_right(self._breaks, at - 1) + 1)

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found is not None
