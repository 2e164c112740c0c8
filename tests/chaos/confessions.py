"""What bots say of themselves when something happened that they have no words for."""

from dataclasses import dataclass, field

from tests.chaos.bots import Bot, Line

FAULTS = frozenset({"a fault of ours", "a run broke off", "a loop broke and is started again", "a listener failed",
                    "a message could not be made"})  # fmt: skip
TAIL = 300  # characters of a traceback's end


@dataclass(eq=False, kw_only=True)
class Confessions:
    """The lines of one round; it listens from the moment it is made."""

    bots: tuple[Bot, ...]
    _lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for bot in self.bots:
            bot.listeners.append(self._hear)

    def heard(self) -> tuple[str, ...]:
        """Return what was said, and listen no more."""
        for bot in self.bots:
            bot.listeners.remove(self._hear)
        return tuple(self._lines)

    def _hear(self, bot: Bot, line: Line) -> None:
        if line.get("event") in FAULTS:
            self._lines.append(f"{bot.name}: {line['event']}: {str(line.get('exception', ''))[-TAIL:]}")
