"""One table of the file, read key by key; what is wrong is noted, and reading goes on."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches

from bot.policy_file.places import Path
from bot.policy_file.problems import Fault, Findings

Allowed = Mapping[str, str]  # every key that may stand in a table, with an example of it


class Table:
    """The values of the table at ``path``; ``keys`` may stand in it."""

    def __init__(self, values: object, path: Path, findings: Findings, keys: Allowed) -> None:
        self.path = path
        self.sound = True  # nothing wrong was found in it so far
        self._findings = findings
        self._keys = keys
        self._values: Mapping[str, object] = values if isinstance(values, dict) else {}
        if not isinstance(values, dict):
            self.wrong((), Fault.NOT_A_TABLE, key=path[-1], keys=tuple(keys))
        for key in self._values.keys() - keys.keys():
            near = get_close_matches(key, keys, n=1)
            self.wrong((key,), Fault.UNKNOWN_KEY, key=key, keys=tuple(near or keys))

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def wrong(self, path: Path, fault: Fault, /, **facts: object) -> None:
        """Note a mistake at ``path`` inside this table."""
        self.sound = False
        self._findings.add((*self.path, *path), fault, **facts)

    def have(self, *keys: str) -> tuple[str, ...]:
        """Return those of ``keys`` that the table has."""
        return tuple(key for key in keys if key in self)

    def example(self, key: str) -> str:
        """Return how ``key`` is written: ``count = 1``."""
        return f"{key} = {self._keys[key]}"

    def needs(self, key: str) -> None:
        """Note it where ``key`` is missing."""
        if key not in self:
            self.wrong((), Fault.MISSING_KEY, key=key, example=self.example(key))

    def text(self, key: str, default: str = "") -> str:
        """Return the text at ``key``; an empty one is a mistake."""
        value = self._values.get(key, default)
        if isinstance(value, str) and (value or key not in self):
            return value
        self.wrong((key,), Fault.NOT_TEXT, key=key, value=_shown(value), example=self.example(key))
        return default

    def texts(self, key: str, *, may_be_empty: bool = False) -> tuple[str, ...]:
        """Return the list of texts at ``key``, empty where there is none; an empty list is mostly a mistake."""
        value = self._values.get(key, [])
        empty_is_well = may_be_empty or key not in self
        if isinstance(value, list) and all(isinstance(one, str) and one for one in value) and (value or empty_is_well):
            return tuple(value)
        self.wrong((key,), Fault.NOT_TEXTS, key=key, value=_shown(value), example=self.example(key))
        return ()

    def whole(self, key: str, default: int, *, least: int, most: int) -> int:
        """Return the whole number at ``key``."""
        value = self._values.get(key, default)
        if type(value) is int and least <= value <= most:
            return value
        facts = {"value": _shown(value), "least": least, "most": most, "example": self.example(key)}
        self.wrong((key,), Fault.NOT_WHOLE, key=key, **facts)
        return default

    def flag(self, key: str, *, default: bool) -> bool:
        """Return the truth value at ``key``."""
        value = self._values.get(key, default)
        if isinstance(value, bool):
            return value
        self.wrong((key,), Fault.NOT_A_FLAG, key=key, value=_shown(value), example=self.example(key))
        return default

    def moment(self, key: str, default: datetime) -> datetime:
        """Return the moment at ``key``: a date and a time with an offset."""
        value = self._values.get(key, default)
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value
        self.wrong((key,), Fault.NOT_A_MOMENT, key=key, value=_shown(value), example=self.example(key))
        return default

    def open_table(self, key: str) -> "Table":
        """Return the table at ``key``, in which any key may stand."""
        value = self._values.get(key, {})
        keys = dict.fromkeys(value, "[]") if isinstance(value, dict) else {}
        return Table(value, (*self.path, key), self._findings, keys)

    def table(self, key: str, keys: Allowed) -> "Table":
        """Return the table at ``key``, an empty one where there is none."""
        return Table(self._values.get(key, {}), (*self.path, key), self._findings, keys)

    def named(self, key: str, keys: Allowed) -> dict[str, "Table"]:
        """Return the tables in the table at ``key``, by their names."""
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            self.wrong((key,), Fault.NOT_A_TABLE, key=key, keys=("name = { … }",))
            return {}
        tables = {name: Table(inner, (*self.path, key, name), self._findings, keys) for name, inner in value.items()}
        return {name: table for name, table in tables.items() if isinstance(value[name], dict)}

    def tables(self, key: str, keys: Allowed) -> list["Table"]:
        """Return the array of tables at ``key``."""
        value = self._values.get(key, [])
        if not isinstance(value, list) or (not value and key in self):
            self.wrong((key,), Fault.NOT_TABLES, key=key, example=self.example(key))
            return []
        tables = [Table(one, (*self.path, key, place), self._findings, keys) for place, one in enumerate(value)]
        return [table for table, one in zip(tables, value, strict=True) if isinstance(one, dict)]


def _shown(value: object) -> str:
    """Return ``value`` much as it stands in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
