"""The local world as separate processes: sandbox cloud, sandbox Slack, and the real bot pointed at them."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot.sandbox.slack.app import App

START_SECONDS = 30.0  # what a cold start may take on a slow machine
STOP_SECONDS = 10.0
SECRET_ID, SECRET_KEY = "AKIDsandbox00000000000000000000demo01", "sandboxSecretKey000000000000demo"
REQUESTS_AT = "Slack's requests are taken at "  # how a bot in HTTP mode says it, before it says that it is ready
_FOREIGN = ("SLACK_", "TENCENTCLOUD_", "COUNTERSIGN_")


class DidNotStart(Exception):
    """A process of the world ended or stayed silent before it was ready; ``said`` is what it wrote last."""

    def __init__(self, name: str, said: str) -> None:
        super().__init__(name, said)
        self.name = name
        self.said = said


@dataclass(slots=True, kw_only=True)
class Running:
    """One process: its address, and ways to end it."""

    name: str
    process: asyncio.subprocess.Process
    url: str = ""
    requests: str = ""  # a bot's own, in HTTP mode
    reading: list[asyncio.Task[None]] = field(default_factory=list)

    async def stop(self) -> int:
        """Ask it to end and return its exit code; it is killed when it doesn't within ``STOP_SECONDS``."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        except TimeoutError:
            await self.kill()
        return await self._closed()

    async def kill(self) -> None:
        """End it at once, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self._closed()

    async def _closed(self) -> int:
        code = await self.process.wait()
        await asyncio.gather(*self.reading)
        return code


class World:
    """A folder, and what runs on it. ``seed`` is the cloud's TOML file, None for the default one."""

    def __init__(self, folder: Path, *, seed: Path | None = None, language: str = "en") -> None:
        self._folder = folder
        self._seed = seed
        self._language = language
        self._requests: tuple[str, ...] = ()
        self._stack = AsyncExitStack()
        self.cloud: Running
        self.slack: Running

    async def open(self, *, page_port: int = 0) -> None:
        """Start both halves of the sandbox."""
        seed = ("--seed", str(self._seed)) if self._seed else ()
        self.cloud = await self._start("sandbox cloud", "sandbox", "cloud", "--port", "0", *seed)
        self.slack = await self._start("sandbox slack", "sandbox", "slack", "--port", str(page_port))

    async def start_bot(
        self,
        overrides: Mapping[str, str] | None = None,
        *,
        http: bool = False,
        name: str = "countersign",
        begun: Callable[[Running], None] = lambda _: None,
        within: float = START_SECONDS,
    ) -> Running:
        """Start the real bot on this world's database; ``url`` is its ops port, ``name`` is what its log is called.

        ``begun`` is told the process before it is ready, ``within`` is how many seconds it has to become so.

        With ``http`` it takes Slack's requests at a port of its own, and Slack is told so: from then on the bots in
        HTTP mode take them in turn, those that are there.
        """
        arguments = ("run", "--http", "127.0.0.1:0") if http else ("run",)
        secrets = {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": App().signing_secret} if http else {}
        bot = await self._start(
            name,
            *arguments,
            overrides=secrets | dict(overrides or {}),
            ready_on_stderr=True,
            begun=begun,
            within=within,
        )
        if http:
            await self.send_requests_to(*self._requests, bot.requests)
        return bot

    async def send_requests_to(self, *urls: str) -> None:
        """Let Slack send what people do to ``urls``, or over Socket Mode where there are none."""
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(f"{self.slack.url}/sandbox/request_urls", json={"urls": urls})
            answer.raise_for_status()
        self._requests = urls

    def bot_environment(self) -> dict[str, str]:
        """Return the variables that point the real bot at this world."""
        return {
            "SLACK_BOT_TOKEN": App().bot_token,
            "SLACK_APP_TOKEN": App().app_token,
            "COUNTERSIGN_SLACK_API_URL": f"{self.slack.url}/api/",
            "COUNTERSIGN_BMLB_V2_URL": f"{self.cloud.url}/v2/index.php",
            "COUNTERSIGN_BMLB_V3_URL": f"{self.cloud.url}/",
            "COUNTERSIGN_DATABASE_URL": f"sqlite:///{self._folder}/countersign.db",
            "COUNTERSIGN_OPS_ADDR": "127.0.0.1:0",
            "COUNTERSIGN_LANGUAGE": self._language,
            "COUNTERSIGN_LOG_FORMAT": "json",
        }

    def log(self, name: str) -> str:
        """Return what the process ``name`` wrote so far."""
        return self.log_path(name).read_text(encoding="utf-8", errors="replace")

    async def close(self) -> None:
        """End everything that runs, the bot first."""
        await self._stack.aclose()

    async def _start(
        self,
        name: str,
        *arguments: str,
        overrides: Mapping[str, str] | None = None,
        ready_on_stderr: bool = False,
        begun: Callable[[Running], None] = lambda _: None,
        within: float = START_SECONDS,
    ) -> Running:
        own = self.bot_environment() if ready_on_stderr else {}
        keys = {"TENCENTCLOUD_SECRET_ID": SECRET_ID, "TENCENTCLOUD_SECRET_KEY": SECRET_KEY}
        environment = {k: v for k, v in os.environ.items() if not k.startswith(_FOREIGN)} | keys | own
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**environment, "TENCENTCLOUD_REGION": "ap-beijing", **(overrides or {})},
            start_new_session=True,  # Ctrl-C in the terminal reaches the demo only, which then ends the others in order
        )
        running = Running(name=name, process=process)
        begun(running)
        self._stack.push_async_callback(running.stop)
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        for stream, tells in ((process.stdout, not ready_on_stderr), (process.stderr, ready_on_stderr)):
            if stream is not None:
                running.reading.append(asyncio.create_task(self._follow(running, stream, ready if tells else None)))
        try:
            running.url = await asyncio.wait_for(ready, within)
        except TimeoutError:
            raise DidNotStart(name, self.log(name)[-2000:]) from None
        return running

    async def _follow(self, running: Running, stream: asyncio.StreamReader, ready: asyncio.Future[str] | None) -> None:
        with self.log_path(running.name).open("a", encoding="utf-8") as log:
            async for line in stream:
                text = line.decode(errors="replace")
                log.write(text)
                log.flush()
                address = text[text.find("http://") :].strip() if "http://127.0.0.1" in text else ""
                if ready is None or ready.done() or not address or "{" in text:
                    continue
                if text.startswith(REQUESTS_AT):
                    running.requests = address
                else:
                    ready.set_result(address)
        if ready is not None and not ready.done():
            ready.set_exception(DidNotStart(running.name, self.log(running.name)[-2000:]))

    def log_path(self, name: str) -> Path:
        """Return where what the process ``name`` writes is kept."""
        return self._folder / f"{name.replace(' ', '-')}.log"


@asynccontextmanager
async def world(folder: Path, *, seed: Path | None = None, page_port: int = 0) -> AsyncIterator[World]:
    """Yield a world with both halves of the sandbox running; on leaving, everything in it ends."""
    opened = World(folder, seed=seed)
    try:
        await opened.open(page_port=page_port)
        yield opened
    finally:
        await opened.close()
