"""What an examination says of one thing, in one language."""

from dataclasses import dataclass

from bot import texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. ``mend`` is empty where nothing is to be done."""

    name: str
    ok: bool
    found: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Teller:
    """Findings in ``language``. ``key`` names the sentences, ``facts`` fill them in."""

    language: str

    def good(self, name: str, key: str, **facts: object) -> Finding:
        """Return that ``name`` is well."""
        return Finding(name=name, ok=True, found=texts.say(self.language, f"doctor/{key}/good", **facts))

    def bad(self, name: str, key: str, **facts: object) -> Finding:
        """Return what is wrong with ``name``, and its mend."""
        found = texts.say(self.language, f"doctor/{key}/bad", **facts)
        return Finding(name=name, ok=False, found=found, mend=texts.say(self.language, f"doctor/{key}/mend", **facts))
