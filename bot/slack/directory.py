"""Who people and channels are, as the rules ask it; a question Slack doesn't answer decides nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import NotTold
from bot.domain.policy import Person
from bot.slack.client import NO_ANSWER
from bot.slack.groups import Groups
from bot.slack.people import People


class ChannelNotTold(NotTold):
    """Slack didn't say what the channel is called, which a rule goes by. Facts: ``why``."""

    code = "channel_not_told"


class NotAskedYet(NotTold):
    """Slack could not be asked since the start. Facts: none."""

    code = "not_asked_yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Whom the directory asks."""

    client: AsyncWebClient
    people: People
    groups: Groups


class SlackDirectory:
    """Slack, as the engine asks it; until it was ``opened``, it tells nothing."""

    def __init__(self) -> None:
        self._sources: Sources | None = None

    def opened(self, sources: Sources) -> None:
        """Ask ``sources`` from now on."""
        self._sources = sources

    @property
    def _open(self) -> Sources:
        if self._sources is None:
            raise NotAskedYet
        return self._sources

    async def identify(self, person: str) -> Person:
        """Return who ``person`` is now.

        Raises:
            CannotIdentify: Slack gave no answer.
            NotAskedYet: nor was it asked.
        """
        return await self._open.people.identify(person, None)

    async def groups_of(self, person: str, groups: Collection[str]) -> frozenset[str]:
        """Return those of ``groups`` that ``person`` is in now.

        Raises:
            Refusal: as ``Groups.groups_of``.
        """
        return await self._open.groups.groups_of(person, groups)

    async def groups_of_each(self, people: Collection[str], groups: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Return those of ``groups`` that each of ``people`` is in now.

        Raises:
            Refusal: as ``Groups.groups_of``.
        """
        return await self._open.groups.groups_of_each(people, groups)

    async def members(self, group: str) -> frozenset[str]:
        """Return who was in ``group`` within the last minute.

        Raises:
            Refusal: as ``Groups.members``.
        """
        return await self._open.groups.members(group)

    async def channel_name(self, channel: str) -> str | None:
        """Return the name of ``channel`` without ``#``; a direct message has none.

        Raises:
            ChannelNotTold: Slack gave no answer.
        """
        try:
            answer = await self._open.client.conversations_info(channel=channel)
        except SlackApiError as error:
            raise ChannelNotTold(why=str(error.response.get("error"))) from error
        except NO_ANSWER as error:
            raise ChannelNotTold(why=type(error).__name__) from error
        found: dict[str, Any] = answer.get("channel") or {}
        return str(found["name"]) if found.get("name") else None
