"""Where everything people send arrives: stored before it is acknowledged, answered once, resumed after a crash.

Bolt erases an ack when a listener fails in the same tick, and Slack never sends a click again (Slack fact sheet,
section 17); so the work is a task of ours and no exception leaves it.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from bot.domain.errors import CloudError, Refusal
from bot.engine.ports import Clock
from bot.slack.wording import Mrkdwn, Wording
from bot.store import intake, outbox
from bot.store.book import Book
from bot.store.intake import Taken
from bot.store.ledger import Busy, Fenced, Ledger, MaybeStored, NotStored

COMMAND = "command"  # the kind of what was typed; its receipt is replaced by its answer
URLS_MOST = 200  # response URLs kept; Slack takes each for half an hour only
PATIENCE = 2.0  # seconds to store what arrived: Slack waits 3 for the ack that says it couldn't be
IN_TIME = 2.5  # seconds until nobody knows whether it will be stored, as with a server that is cut off
ADOPT_SECONDS = 1.0  # between two looks for what nobody who lives works on
LET_GO = 5.0  # seconds
RESUME_WITHIN = 600.0  # seconds; what is older when the bot comes back is refused, not done behind people's backs

Work = Callable[[Taken], Awaitable[None]]
_log = structlog.get_logger(__name__)


def not_stored(words: Wording, away: NotStored) -> Mrkdwn:
    """Return what to tell whoever sent what could not be stored, or may have been."""
    return words.say("answer/maybe_stored" if isinstance(away, MaybeStored) else "answer/not_stored")


class Reception:
    """The door through which people's commands and clicks come in."""

    def __init__(
        self, ledger: Ledger, clock: Clock, language_of: Callable[[str], str], redact: Callable[[object], object]
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._language_of = language_of
        self._redact = redact
        self._works: dict[str, Work] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._late: set[asyncio.Task[bool]] = set()
        self._arriving: list[str] = []  # keys of what is being stored; one may be there twice
        self._in_hand: set[str] = set()  # keys of what this process took and hasn't let go of
        self._urls: dict[str, str] = {}

    def on(self, kind: str, work: Work) -> None:
        """Let ``work`` answer what arrives as ``kind``; it finishes the intake row in its own transaction."""
        self._works[kind] = work

    def words(self, user: str) -> Wording:
        """Return sentences in the language of ``user``."""
        return Wording(self._language_of(user))

    def cuts(self, text: str) -> bool:
        """Say whether ``text`` would be stored with something cut out."""
        return self._redact(text) != text

    async def take(self, kind: str, slack_id: str, body: Mapping[str, Any], *, response_url: str = "") -> Taken | None:
        """Store what arrived; None if it was stored before. ``slack_id`` tells two interactions apart.

        People paste request URLs with their keys in them: what is a secret is not stored.

        Raises:
            MaybeStored: the database broke off while it stored this; if it did, the work begins once it is back.
            NotStored: the database is away; nothing was done.
        """
        key = hashlib.sha256(f"{kind}:{slack_id}".encode()).hexdigest()
        taken = Taken(
            key=key,
            kind=kind,
            body={name: self._redact(value) for name, value in body.items()},
            received_at=self._clock.now(),
        )
        self._arriving.append(key)
        try:
            if not await self._store_in_time(taken):
                return None
            self._in_hand.add(key)
        finally:
            self._arriving.remove(key)
        if response_url:
            self._urls[key] = response_url
            if len(self._urls) > URLS_MOST:  # most clicks are answered by the card alone and never use theirs
                del self._urls[next(iter(self._urls))]
        return taken

    async def _store_in_time(self, taken: Taken) -> bool:
        """Store ``taken`` while Slack waits for the ack; what is stored later is adopted then."""
        storing = asyncio.create_task(self._store(taken))
        await asyncio.wait([storing], timeout=IN_TIME)
        if storing.done():
            return storing.result()
        self._late.add(storing)
        storing.add_done_callback(self._came_late)
        raise MaybeStored

    def _came_late(self, storing: asyncio.Task[bool]) -> None:
        self._late.discard(storing)
        if not storing.cancelled() and (error := storing.exception()):
            _log.warning("what came late could not be stored", error=type(error).__name__)

    async def _store(self, taken: Taken) -> bool:
        """Store ``taken``; False where it was stored before."""
        try:
            async with self._ledger.writing(patience=PATIENCE) as book:
                return await intake.take_in(book, taken, replica=self._ledger.replica)
        except Busy:  # what comes twice may have been stored by whoever was faster: nobody is told that it wasn't
            async with self._ledger.reading() as book:
                if await intake.is_open(book, taken.key) is not None:
                    return False
            raise
        except MaybeStored as unclear:
            try:  # as a writer, not a reader: whoever has the writers' lock knows that no commit is still on its way
                async with self._ledger.writing(patience=PATIENCE) as book:
                    is_open = await intake.is_open(book, taken.key)
            except NotStored:
                raise unclear from None
            if is_open is None:
                raise NotStored from unclear
            return is_open

    def begin(self, taken: Taken) -> None:
        """Start the work on ``taken``; it goes on after the caller returned."""
        self._in_hand.add(taken.key)
        task = asyncio.create_task(self._work(taken))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda _: self._in_hand.discard(taken.key))

    async def adopt(self) -> None:
        """Begin again what was taken in and not answered by a process that is gone, or by this one in vain."""
        async with self._ledger.reading() as book:
            left = await intake.orphans(book, self._ledger.replica, in_hand={*self._in_hand, *self._arriving})
        if left:
            async with self._ledger.writing() as book:
                in_hand = {*self._in_hand, *self._arriving}
                left = await intake.adopt(book, self._ledger.replica, in_hand=in_hand)
        for taken in left:
            if self._clock.now() - taken.received_at <= RESUME_WITHIN:
                self.begin(taken)
            else:
                await self.answer(taken, self.words(str(taken.body["user"])).say("answer/away"))

    async def run(self) -> None:
        """Adopt each second, until cancelled."""
        while True:
            try:
                await self.adopt()
            except NotStored as away:
                _log.warning("what the dead left waits for the database", error=str(away))
            await self._clock.sleep(ADOPT_SECONDS)

    async def drain(self, seconds: float) -> None:
        """Wait for the work under way, ``seconds`` at most; the rest is resumed at the next start.

        What is cut short lets go of the database before this returns, unless that takes longer than ``LET_GO``.
        """
        for patience in (seconds, LET_GO):
            if under_way := self._running | self._late:
                await asyncio.wait(under_way, timeout=patience)
            for task in self._running | self._late:
                task.cancel()

    def response_url(self, key: str) -> str | None:
        """Return where ``key`` may be answered while this process lives; it is kept in memory only."""
        return self._urls.pop(key, None)

    def has_url(self, key: str) -> bool:
        """Say whether ``response_url`` knows where ``key`` may be answered."""
        return key in self._urls

    async def was_sent(self, key: str, kind: str, *, user: str) -> bool:
        """Say whether ``key`` is something of that ``kind`` that ``user`` sent."""
        async with self._ledger.reading() as book:
            return await intake.is_of(book, key, kind=kind, user=user)

    async def answer(self, taken: Taken, text: str, **more: object) -> None:
        """Answer ``taken`` with a message only its person sees, once; ``more`` is plain data of how it is shown."""
        now = self._clock.now()
        user, channel = str(taken.body["user"]), str(taken.body["channel"])
        body = {"text": text, "replaces": taken.kind == COMMAND, **more}
        async with self._ledger.writing() as book:
            if await intake.finish(book, taken.key, at=now):
                await outbox.answer(book, key=taken.key, channel=channel, user=user, body=body, at=now)
        self._in_hand.discard(taken.key)

    async def tell(self, book: Book, taken: Taken, text: str) -> None:
        """Tell the person of ``taken`` how it went, in the transaction in which the work itself finishes it."""
        user, channel = str(taken.body["user"]), str(taken.body["channel"])
        await outbox.answer(book, key=taken.key, channel=channel, user=user, body={"text": text}, at=self._clock.now())

    async def finish(self, taken: Taken) -> None:
        """Mark ``taken`` as answered by what the person already sees."""
        try:
            async with self._ledger.writing() as book:
                await intake.finish(book, taken.key, at=self._clock.now())
        except NotStored:
            _log.exception("an answer could not be noted; it will be answered once more")
        self._in_hand.discard(taken.key)

    async def _work(self, taken: Taken) -> None:
        user = str(taken.body["user"])
        structlog.contextvars.bind_contextvars(user=user, channel=taken.body["channel"], intake=taken.key[:12])
        words = self.words(user)
        try:
            await self._works[taken.kind](taken)
        except Refusal as refusal:
            _log.info("refused", refusal=refusal.code, facts=refusal.facts)
            await self.try_answer(taken, self.words(user).refusal(refusal))
        except CloudError as error:
            _log.warning("the cloud could not be read", code=error.code, request_id=error.request_id)
            await self.try_answer(taken, self.words(user).cloud_error(error))
        except Fenced:
            _log.warning("this replica stood still; what it took in goes on elsewhere")
        except NotStored as away:
            _log.exception("the database is away")
            await self.try_answer(taken, not_stored(words, away))
        except Exception:  # noqa: BLE001 - the one place: a fault of ours must not leave a person without an answer
            _log.exception("a fault of ours")
            await self.try_answer(taken, words.say("answer/fault", intake=taken.key[:12]))

    async def try_answer(self, taken: Taken, text: str) -> None:
        """Answer ``taken``, or leave it to be adopted: no exception leaves a listener."""
        try:
            await self.answer(taken, text)
        except NotStored:
            _log.exception("the answer could not be stored; the work begins again when the database is back")
            self._in_hand.discard(taken.key)
