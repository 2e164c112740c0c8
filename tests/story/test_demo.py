"""``countersign demo``: the first thing that anybody runs."""

import asyncio
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest_asyncio

from bot.policy_file import read_policy
from bot.sandbox.demo import COMMAND
from tests.story.waiting import until

RULES = ["last healthy backend", "everything else"]


async def _started(*arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", *arguments), stdout=PIPE, stderr=STDOUT
    )


async def test_the_script_tells_one_change_and_ends_well() -> None:
    process = await _started("--script")
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert "The sandbox cloud's probe port was 8080 and is 12345." in said.decode()


@dataclass
class Demo:
    """A demo with its page: what it said, and hands in its Slack."""

    process: Process
    said: str
    http: httpx.AsyncClient

    @property
    def policy(self) -> Path:
        [found] = re.findall(r"Policy +(.+?);", self.said)
        return Path(found)

    @property
    def page(self) -> str:
        [found] = re.findall(r"Open +(http://[^/]+)", self.said)
        return str(found)

    async def types(self, who: str, line: str) -> None:
        wish = {"user": who, "channel": "incident-42", "text": line}
        assert (await self.http.post(f"{self.page}/sandbox/type", json=wish)).json()["ok"]

    async def sees(self, who: str, words: str) -> None:
        """Wait until ``who`` sees ``words`` in the channel."""

        async def seen() -> bool:
            state = (await self.http.get(f"{self.page}/sandbox/state", params={"user": who})).json()
            here = next(one["messages"] for one in state["channels"] if one["name"] == "incident-42")
            return any(words in one["text"] for one in here)

        await until(words, seen)


@pytest_asyncio.fixture
async def demo() -> AsyncIterator[Demo]:
    process = await _started()
    assert process.stdout is not None
    said = (await process.stdout.readuntil(b"Ctrl-C")).decode()
    async with httpx.AsyncClient(trust_env=False) as http:
        yield Demo(process, said, http)
    if process.returncode is None:
        process.send_signal(signal.SIGINT)
        await process.communicate()


async def test_the_demo_s_policy_lets_people_freeze_grant_and_break_the_glass(demo: Demo) -> None:
    await demo.types("alice", "/lb freeze lb-3f9c2a7d until 23:59 release week")
    await demo.sees("bob", "release week")
    await demo.types("alice", "/lb unfreeze lb-3f9c2a7d it is out")
    await demo.sees("bob", "it is out")
    await demo.types("bob", "/lb grant probe-port lb-3f9c2a7d for 30m 2 uses the pool is dry")
    await demo.sees("alice", "the pool is dry")
    await demo.types("alice", COMMAND.replace("probe-port", "emergency probe-port", 1))
    await demo.sees("bob", "CR-1")


async def test_the_demo_s_policy_can_be_changed_while_it_runs(demo: Demo) -> None:
    policy = read_policy(demo.policy, expires_minutes=60)
    assert [rule.name for rule in policy.rules] == RULES
    said = demo.policy.read_text(encoding="utf-8").replace("everything else", "all the rest")
    demo.policy.write_text(said, encoding="utf-8")

    async def taken() -> bool:
        return "the policy was replaced" in (demo.policy.parent / "countersign.log").read_text(encoding="utf-8")

    await until("the new policy", taken)
    await demo.types("alice", "/lb policy")
    await demo.sees("alice", "all the rest")


async def test_ctrl_c_ends_the_demo_and_leaves_nothing(demo: Demo) -> None:
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.stdout is not None
    rest = (await demo.process.stdout.read()).decode()
    assert await demo.process.wait() == 0, rest
    assert not demo.policy.parent.exists()
