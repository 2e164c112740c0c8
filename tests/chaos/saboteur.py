"""The hand that strikes: it waits for the moments of a round's acts and does what they say."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from tests.chaos.administrator import Administrator
from tests.chaos.bots import Bot, Line, Link
from tests.chaos.moments import Anytime, Crossing, Logged
from tests.chaos.proxy import Proxy, Way, Wire
from tests.chaos.sabotage import AT_SLACK, DELAY_SECONDS, Act, Deed, Fault

Order = Callable[[Fault], Coroutine[None, None, None]]


@dataclass(eq=False, kw_only=True)
class Saboteur:
    """One round's sabotage. ``struck`` are the acts whose moment came, ``said`` what was done, in order."""

    bots: tuple[Bot, ...]
    order: Order
    administrator: Administrator
    struck: list[Act] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    _waiting: list[asyncio.Task[None]] = field(default_factory=list)
    _doing: set[asyncio.Task[None]] = field(default_factory=set)
    _listeners: list[Callable[[Bot, Line], None]] = field(default_factory=list)
    _wires: list[Wire] = field(default_factory=list)
    _seen: dict[int, int] = field(default_factory=dict)

    def lie_in_wait(self, acts: list[Act], faults: list[Fault]) -> None:
        """Begin to wait for every moment."""
        for act in acts:
            match act.moment:
                case Crossing():
                    self._watch_links(act, act.moment)
                case Logged():
                    self._watch_logs(act, act.moment)
                case Anytime():
                    self._waiting.append(asyncio.create_task(self._later(act, act.moment)))
        self._waiting += [asyncio.create_task(self._fault(fault)) for fault in faults]

    async def rest(self) -> None:
        """Wait for nothing more; what was begun is finished."""
        for task in self._waiting:
            task.cancel()
        for bot in self.bots:
            bot.listeners = [one for one in bot.listeners if one not in self._listeners]
            for proxy in bot.links.values():
                proxy.wires = [wire for wire in proxy.wires if wire not in self._wires]
        await asyncio.gather(*self._waiting, return_exceptions=True)
        while self._doing:
            await asyncio.gather(*self._doing)

    def _watch_links(self, act: Act, moment: Crossing) -> None:
        for bot in self.bots:

            async def sprung(proxy: Proxy, bot: Bot = bot) -> bool:
                if act in self.struck:
                    return True  # another bot's turn came first
                begun = self._strike(act, bot, proxy)
                await begun.wait()
                return {Deed.KILL: act.passes, Deed.CUT: act.way in {Way.HOLD, Way.DELAY, Way.DROP}}.get(act.deed, True)

            link, says, by_server = moment.link, moment.says, moment.by_server
            if moment.posted and Link.REQUESTS in bot.links:
                link, says, by_server = Link.REQUESTS, moment.posted, False
            wire = Wire(says=says, side=moment.side, sprung=sprung, nth=act.nth, by_server=by_server)
            self._wires.append(wire)
            bot.links[link].wires.append(wire)

    def _watch_logs(self, act: Act, moment: Logged) -> None:
        def heard(bot: Bot, line: Line) -> None:
            if moment.fits(line) and act not in self.struck:
                self._seen[id(act)] = self._seen.get(id(act), 0) + 1
                if self._seen[id(act)] == act.nth:
                    self._strike(act, bot, bot.links.get(act.link) or bot.links[Link.CLOUD])

        self._listeners.append(heard)
        for bot in self.bots:
            bot.listeners.append(heard)

    async def _later(self, act: Act, moment: Anytime) -> None:
        await asyncio.sleep(moment.seconds)
        bot = self.bots[act.bot]
        self._strike(act, bot, bot.links.get(act.link) or bot.links[Link.CLOUD])

    async def _fault(self, fault: Fault) -> None:
        await asyncio.sleep(fault.delay)
        self.said.append(str(fault))
        self._do(self.order(fault))

    def _strike(self, act: Act, bot: Bot, proxy: Proxy) -> asyncio.Event:
        """Begin what ``act`` says; what is returned is set once it is so."""
        self.struck.append(act)
        self.said.append(f"{bot.name}: {act}")
        # At once: what crosses now is the moment.
        if act.deed is Deed.PAUSE:
            bot.pause()
        if act.deed is Deed.KILL:
            bot.strike_down()
        if act.deed is Deed.FILL:
            bot.fill_disk()
        begun = asyncio.Event()
        if act.deed in AT_SLACK:
            self._do(self.administrator.does(act, begun))
        else:
            begun.set()
            deed = {Deed.KILL: self._kill, Deed.PAUSE: self._resume, Deed.FILL: self._make_room}.get(
                act.deed, self._cut
            )
            self._do(deed(act, bot, proxy))
        return begun

    def _do(self, deed: Coroutine[None, None, None]) -> None:
        """Begin what will be finished, whatever else ends."""
        task = asyncio.create_task(deed)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    async def _kill(self, act: Act, bot: Bot, _proxy: Proxy) -> None:
        await bot.kill()
        await asyncio.sleep(act.seconds)
        bot.start()
        if act.again is not None:
            await asyncio.sleep(act.again)
            self.said.append(f"{bot.name}: killed again while it came back")
            await bot.kill()
            bot.start()

    async def _resume(self, act: Act, bot: Bot, _proxy: Proxy) -> None:
        await asyncio.sleep(act.seconds)
        bot.resume()

    async def _make_room(self, act: Act, bot: Bot, _proxy: Proxy) -> None:
        await asyncio.sleep(act.seconds)
        bot.make_room()

    async def _cut(self, act: Act, _bot: Bot, proxy: Proxy) -> None:
        await proxy.turn(act.way, seconds=DELAY_SECONDS)
        await asyncio.sleep(act.seconds)
        await proxy.turn(Way.OPEN)
