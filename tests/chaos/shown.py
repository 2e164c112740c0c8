"""What Slack shows at the end of a round, as plain values: a part of its history."""

from dataclasses import dataclass


def titled(text: str) -> str:
    """Return the change whose card or title ``text`` is, ``CR-7``: it stands before the first colon."""
    return text.partition(":")[0].rpartition(" ")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One message in a card's thread."""

    purpose: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One top-level message of the bot that everybody sees; of one that an administrator deleted, its thread only."""

    text: str
    replies: tuple[Reply, ...] = ()
    buttons: tuple[str, ...] = ()
    deleted: bool = False

    @property
    def change(self) -> str:
        """Return the change that it shows, ``CR-7``."""
        return titled(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One top-level message of the bot that is no card; ``purpose`` as in ``Post``."""

    purpose: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisper:
    """One message that only ``user`` sees."""

    user: str
    text: str
