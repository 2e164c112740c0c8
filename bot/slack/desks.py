"""Who answers what people type with `/lb` that asks for no change."""

from dataclasses import dataclass

from bot.domain.command import About, Freezing, Granting, Help, Pending, Preview, Rules
from bot.slack.freezes import Freezes
from bot.slack.grants import Grants
from bot.slack.previews import Previews
from bot.slack.questions import Questions
from bot.store.intake import Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """One desk for each matter."""

    questions: Questions
    freezes: Freezes
    grants: Grants
    previews: Previews

    async def answer(self, taken: Taken, asked: Preview | Help | About | Rules | Pending | Freezing | Granting) -> None:
        """Answer ``taken``, which asks ``asked``.

        Raises:
            Refusal: as the desk that it is for.
        """
        if isinstance(asked, Freezing):
            await self.freezes.answer(taken, asked)
        elif isinstance(asked, Granting):
            await self.grants.answer(taken, asked)
        elif isinstance(asked, Preview):
            await self.previews.answer(taken, asked)
        else:
            await self.questions.answer(taken, asked)
