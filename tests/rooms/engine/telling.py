"""Who tells a story in tests: without an engine, so without checkpoints."""

from typing import Any

from bot.engine.doing import Step


class Plain:
    """Keeps no checkpoint."""

    async def __call__(self, step: Step, *args: object) -> Any:  # noqa: ANN401 - plain JSON data
        return await step(*args)

    async def patched(self, _name: str) -> bool:
        return True


class Twice(Plain):
    """Runs every step again, as an engine does that died before it wrote down that the step was done."""

    async def __call__(self, step: Step, *args: object) -> Any:  # noqa: ANN401 - plain JSON data
        await step(*args)
        return await step(*args)


plain, twice = Plain(), Twice()
