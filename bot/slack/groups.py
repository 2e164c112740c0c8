"""Who is in a Slack user group, asked live; a question Slack doesn't answer is a no.

One listing tells every group with its members and whether it is disabled, in one call of a method that takes some 20 a
minute (Slack fact sheet, section 14). It has no pages.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.groups import (
    GroupDisabled,
    GroupNeedsWorkspace,
    GroupsForbidden,
    GroupsNotOffered,
    GroupsNotTold,
    NoSuchGroup,
)
from bot.engine.ports import Clock
from bot.slack.client import NO_ANSWER
from bot.slack.installation import Installation
from bot.slack.tokens import slack_word

KEPT = 60.0  # seconds for which explanations and pings go by what was read; decisions never do


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    members: frozenset[str]
    disabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    at: float  # of the clock that never jumps
    groups: Mapping[str, _Group]

    def has(self, group: str, person: str) -> bool:
        found = self.groups.get(group)
        return found is not None and not found.disabled and person in found.members


class Groups:
    """The user groups, by their ids (``S…``); in an organisation each with its workspace: ``T…/S…``."""

    def __init__(self, client: AsyncWebClient, home: Installation, clock: Clock) -> None:
        self._client = client
        self._home = home
        self._clock = clock
        self._read: dict[str, _Listing] = {}  # by workspace; "" is the token's own

    async def groups_of(self, person: str, groups: Collection[str]) -> frozenset[str]:
        """Return those of ``groups`` that ``person`` is in now; nobody is in one that is disabled or not there.

        Raises:
            GroupNeedsWorkspace: a group of an organisation is named without its workspace.
            GroupsForbidden: the app lacks the scope.
            GroupsNotOffered: Slack has no user groups on this plan.
            GroupsNotTold: Slack gave no answer.
        """
        return (await self.groups_of_each((person,), groups))[person]

    async def groups_of_each(self, people: Collection[str], groups: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Return those of ``groups`` that each of ``people`` is in now, all of it by one listing.

        Raises:
            Refusal: as ``groups_of``.
        """
        places = {name: self._place(name) for name in groups}
        asked = sorted({place[0] for place in places.values()}) if people else []
        now = {workspace: await self._ask(workspace) for workspace in asked}
        return {
            person: frozenset(name for name, (workspace, known) in places.items() if now[workspace].has(known, person))
            for person in people
        }

    async def members(self, group: str) -> frozenset[str]:
        """Return who was in ``group`` within the last ``KEPT`` seconds: enough to explain, too little to decide.

        Raises:
            GroupDisabled: it was switched off.
            NoSuchGroup: there is none.
            Refusal: as ``groups_of``.
        """
        workspace, known = self._place(group)
        listing = self._read.get(workspace)
        if listing is None or self._clock.monotonic() - listing.at >= KEPT:
            listing = await self._ask(workspace)
        found = listing.groups.get(known)
        if found is None:
            raise NoSuchGroup(group=group)
        if found.disabled:
            raise GroupDisabled(group=group)
        return found.members

    def _place(self, group: str) -> tuple[str, str]:
        workspace, _, known = group.rpartition("/")
        if self._home.organisation and not workspace:
            raise GroupNeedsWorkspace(group=group)
        return workspace, known

    async def _ask(self, workspace: str) -> _Listing:
        at = self._clock.monotonic()  # before the question: what it answers may be as old as that
        try:
            answer = await self._client.usergroups_list(
                include_users=True, include_disabled=True, team_id=workspace or None
            )
        except SlackApiError as error:
            _refuse(error)
        except NO_ANSWER as error:
            raise GroupsNotTold(why=type(error).__name__) from error
        groups: list[dict[str, Any]] = answer.get("usergroups") or []
        listing = _Listing(at=at, groups={str(group.get("id")): _group(group) for group in groups})
        self._read[workspace] = max(listing, self._read.get(workspace, listing), key=lambda one: one.at)
        return listing


def _group(record: Mapping[str, Any]) -> _Group:
    return _Group(members=frozenset(record.get("users") or ()), disabled=record.get("date_delete") != 0)


def _refuse(error: SlackApiError) -> NoReturn:
    word = slack_word(error)
    if word == "missing_scope":
        raise GroupsForbidden(scope=str(error.response.get("needed") or "usergroups:read")) from error
    if word == "plan_upgrade_required":
        raise GroupsNotOffered from error
    raise GroupsNotTold(why=word or "no answer that can be read") from error
