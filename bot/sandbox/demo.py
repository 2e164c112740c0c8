"""The product in one command: a page to play with, or the story told as text."""

import asyncio
import html
import re
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from importlib import resources
from pathlib import Path
from typing import Any

import httpx

from bot.sandbox.world import DidNotStart, World, world

CHANNEL = "incident-42"
REQUESTER, APPROVER = "alice", "bob"
LOAD_BALANCER, LISTENER, HOST, PORT = "lb-3f9c2a7d", "lbl-8k2m4p6q", "cpm-1x7v9d3h", 1234
PROBE_PORT = 12345
COMMAND = f"/lb probe-port {LOAD_BALANCER} {LISTENER} {HOST}:{PORT} {PROBE_PORT} health endpoint moved"
STORY_SECONDS = 90.0
LOOK_SECONDS = 0.3
REPLIES = 2  # the progress line and the result
State = dict[str, Any]


class StoryStuck(Exception):
    """What was awaited didn't come in time."""


def _say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def policy_in(folder: Path) -> Path:
    """Put the demo's policy into ``folder``, for the bot to read and for people to change, and return its path."""
    path = folder / "policy.toml"
    path.write_text(
        resources.files("bot.sandbox").joinpath("policy.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    return path


async def page(port: int) -> int:
    """Run the world until Ctrl-C; return the exit code."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        async with AsyncExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="countersign-")))
            _say("Starting sandbox cloud, sandbox Slack and the bot …")
            opened = await stack.enter_async_context(world(folder, page_port=port))
            policy = policy_in(folder)
            bot = await opened.start_bot({"COUNTERSIGN_POLICY": str(policy)})
            _say(f"\n  Open    {opened.slack.url}/as/{REQUESTER}/{CHANNEL}")
            _say(f"  Type    {COMMAND}")
            _say(f"  Then    act as {APPROVER}, press Approve, and open the thread.")
            _say("  Or      /lb help: freezes, later starts, grants, emergencies.")
            _say(f"\n  Policy  {policy}; a change takes effect when you save it")
            _say(f"  Bot     {bot.url}/readyz, logs and database in {folder}")
            _say("  Ctrl-C ends all of it.")
            await stop.wait()
            _say("\nStopping …")
    except DidNotStart as failed:
        _say(f"{failed.name} did not start:\n{failed.said}")
        return 1
    return 0


async def script() -> int:
    """Tell the story as text; 0 only if the sandbox cloud's probe port really changed."""
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        try:
            async with world(Path(folder)) as opened, httpx.AsyncClient(trust_env=False) as client:
                await opened.start_bot({"COUNTERSIGN_POLICY": str(policy_in(Path(folder)))})
                return await _Story(opened, client).told()
        except DidNotStart as failed:
            _say(f"{failed.name} did not start:\n{failed.said}")
        except StoryStuck as stuck:
            _say(f"The story got stuck waiting for {stuck}.")
    return 1


class _Story:
    def __init__(self, opened: World, client: httpx.AsyncClient) -> None:
        self._world = opened
        self._client = client
        self._names: dict[str, str] = {}
        self._shown = ""

    async def told(self) -> int:
        before = await self._probe_port()
        _say(f"#{CHANNEL}\n{REQUESTER}: {COMMAND}\n")
        await self._act("type", user=REQUESTER, channel=CHANNEL, text=COMMAND)
        card = await self._until("the card", lambda messages: messages[-1] if messages else None)
        self._show(card)
        _say(f"\n{APPROVER} presses Approve.\n")
        await self._act("press", user=APPROVER, channel=CHANNEL, ts=card["ts"], action_id="change_approve")
        _say("  in the thread, one line that is edited")
        card = await self._until("the result in the thread", self._ended)
        _say("\n  in the thread, the result")
        self._show(card["replies"][-1], indent="  ")
        _say(f"\n#{CHANNEL}")
        self._show(card)
        after = await self._probe_port()
        _say(f"\nThe sandbox cloud's probe port was {before} and is {after}.")
        return 0 if before != PROBE_PORT and after == PROBE_PORT else 1

    async def _act(self, what: str, **arguments: object) -> None:
        answer = (await self._client.post(f"{self._world.slack.url}/sandbox/{what}", json=arguments)).json()
        if not answer["ok"]:
            refused = f"{what}: {answer['error']}"
            raise StoryStuck(refused)

    async def _until(self, what: str, found: Callable[[list[State]], State | None]) -> State:
        async def look() -> State:
            while True:
                answer = await self._client.get(f"{self._world.slack.url}/sandbox/state", params={"user": REQUESTER})
                state = answer.json()
                self._names = {user["id"]: user["name"] for user in state["users"]}
                messages = next(c["messages"] for c in state["channels"] if c["name"] == CHANNEL)
                if match := found([one for one in messages if not one["ephemeral_to"]]):
                    return match
                await asyncio.sleep(LOOK_SECONDS)

        try:
            return await asyncio.wait_for(look(), STORY_SECONDS)
        except TimeoutError:
            raise StoryStuck(what) from None

    def _ended(self, messages: list[State]) -> State | None:
        """Return the card once its thread holds the result; show each new edit of the progress line on the way."""
        card = messages[-1] if messages else None
        if card is None or not card["replies"]:
            return None
        progress = card["replies"][0]
        if progress["text"] != self._shown:
            self._shown = progress["text"]
            self._show(progress, indent="  ")
        return card if len(card["replies"]) == REPLIES and "▱" not in progress["text"] else None

    async def _probe_port(self) -> int:
        model = (await self._client.get(f"{self._world.cloud.url}/sandbox/state")).json()
        return next(
            int(backend["probe_port"])
            for balancer in model["load_balancers"]
            for listener in balancer["listeners"]
            for backend in listener["backends"]
            if (balancer["id"], listener["id"], backend["host"], backend["port"])
            == (LOAD_BALANCER, LISTENER, HOST, PORT)
        )

    def _show(self, message: State, indent: str = "") -> None:
        text = re.sub(r"<@(\w+)>", lambda match: f"@{self._names.get(match[1], match[1])}", message["text"])
        text = re.sub(r"<!date\^\d+\^[^|]*\|([^>]*)>", r"\1", text)
        for line in html.unescape(text).splitlines():
            _say(f"{indent}| {line}")
