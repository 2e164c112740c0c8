"""Every sentence a person reads, in English and Chinese; the same keys and the same facts in both."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "zh")


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{key}/")
        else:
            found[f"{prefix}{key}"] = str(value).strip("\n")
    return found


@cache
def catalog(language: str) -> Mapping[str, str]:
    """Return every text of ``language`` by its path: ``refusal/too_late``, ``cloud/-21001/meaning``."""
    room = files(__name__)
    own = tomllib.loads(room.joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    cloud = tomllib.loads(room.joinpath(f"cloud.{language}.toml").read_text(encoding="utf-8"))
    return _flat(own) | _flat(cloud["code"], "cloud/") | _flat(cloud["clock"], "clock/")


def has(language: str, key: str) -> bool:
    """Say whether there is a text ``key``."""
    return key in catalog(language)


def say(language: str, key: str, /, **facts: object) -> str:
    """Return the text ``key`` with its facts filled in.

    Raises:
        KeyError: no such text, or a fact it needs is missing.
    """
    return catalog(language)[key].format_map(facts)
