"""The story of one approved change, step by step (design, section 2).

It decides only by what its steps returned, so that after a crash it takes the same way again. Nothing waits for people
here.
"""

import structlog

from bot.domain.change import Ending, Run
from bot.engine.calling import STOPPED
from bot.engine.doing import Do, OtherShape
from bot.engine.follow import Follow
from bot.engine.steps import Steps
from bot.store.attempts import Answer

UNANSWERED_MAX = 2  # modify calls that may have reached the cloud; the second only after reads showed the old value
SENDS_MAX = 4  # calls of one run; those that provably never left this machine end, too

_log = structlog.get_logger(__name__)


class Story:
    """One run, from the balancer's lock to the result."""

    def __init__(self, steps: Steps, follow: Follow) -> None:
        self._steps = steps
        self._follow = follow

    async def __call__(self, run: Run, do: Do) -> None:
        """Tell ``run`` to its end, or hand it back to people; a fault of ours ends it too, and says so.

        Raises:
            OtherShape: another version began it; it is to begin anew, as each step finds in the ledger what was done.
        """
        try:
            await self._told(run, do)
        except OtherShape:
            _log.warning("another version took other steps; the run begins anew", change=run.change)
            raise
        except Exception:  # noqa: BLE001 - the one place of a run: people must hear of it, whatever broke
            _log.exception("a run broke off", change=run.change)
            await do(self._steps.broken, run.change)

    async def _told(self, run: Run, do: Do) -> None:
        change = run.change
        turn = await do(self._steps.take_turn, run)
        answer = await self._call(run, do) if turn == "go" else STOPPED
        if answer == STOPPED:
            return
        if answer == Answer.REFUSED:
            await do(self._steps.end, change, Ending.REFUSED)
        elif answer == Answer.NOT_SENT:
            await do(self._steps.end, change, Ending.NOT_SENT)
        elif answer == Answer.ACCEPTED:
            task = await do(self._follow.task, change)
            ending = await do(self._follow.read_back, change, task)
            await self._finish(change, do, ending)
        else:
            await self._finish(change, do, answer)

    async def _call(self, run: Run, do: Do) -> str:
        """Make the one write; return an ``Answer``, ``STOPPED``, or the ``Ending`` that settling by reading found.

        Once a call was not answered, a later "no" or "not sent" says nothing of that one: only a read does.
        """
        unanswered = 0
        for nth in range(1, SENDS_MAX + 1):
            answer = str(await do(self._steps.call, run, nth))
            if answer in {STOPPED, Answer.ACCEPTED} or (answer == Answer.REFUSED and not unanswered):
                return answer
            if answer == Answer.NOT_SENT and not unanswered:
                if nth < SENDS_MAX:
                    await do(self._steps.back_off, run.change, nth)
                continue
            unanswered += 1
            found = str(await do(self._follow.settle, run.change))
            if found != Ending.NOT_APPLIED:
                return found
            if unanswered == UNANSWERED_MAX:
                return str(Ending.UNSETTLED)
        return str(Ending.UNSETTLED if unanswered else Answer.NOT_SENT)

    async def _finish(self, change: int, do: Do, ending: str) -> None:
        if ending in {Ending.VERIFIED, Ending.VERIFIED_BY_READING, Ending.FAILED_YET_APPLIED, Ending.TASK_ALONE}:
            ending = await do(self._follow.health, change, ending)
        await do(self._steps.end, change, ending)
