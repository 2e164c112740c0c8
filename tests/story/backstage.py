"""A stage whose bots the story itself starts, stops and kills."""

from dataclasses import dataclass, field

from bot.sandbox.world import Running, World
from tests.story.stage import Stage


@dataclass(frozen=True, kw_only=True)
class Backstage(Stage):
    """One story's channel, and the world in which its bots run."""

    world: World
    _started: list[Running] = field(default_factory=list)

    async def bot(self, **settings: str) -> Running:
        """Start the real bot, with ``settings`` over the world's own variables."""
        bot = await self.world.start_bot(settings)
        self._started.append(bot)
        return bot

    async def bot_by_http(self, **settings: str) -> Running:
        """Start the real bot in HTTP mode; Slack posts to it from then on."""
        bot = await self.world.start_bot(settings, http=True)
        self._started.append(bot)
        return bot

    async def leave(self) -> None:
        """End what still runs, as a power cut would: the next bot goes on with what it left."""
        for bot in self._started:
            await bot.kill()
        await self.world.send_requests_to()
