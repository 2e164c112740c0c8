"""Who somebody is, asked live; a question Slack doesn't answer is a no."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.command.moments import EXAMPLES, zone_of
from bot.domain.errors import NotTold, Refusal
from bot.domain.policy import Person
from bot.slack.client import NO_ANSWER
from bot.slack.installation import Installation

SLACKBOT = "USLACKBOT"  # is_bot is false for it; Slack fact sheet, section 14
LANGUAGE_KEPT = 600.0  # seconds a person's language is remembered; rights never are


class CannotIdentify(NotTold):
    """Slack didn't say who this is, so nothing was decided. Facts: ``why``."""

    code = "cannot_identify"


class NoTimeZone(Refusal):
    """Slack doesn't know in which time zone somebody is, so a time without an offset means nothing. Facts: ``example``.

    It is a moment with an offset.
    """

    code = "no_time_zone"


class People:
    """The people of ``home``."""

    def __init__(self, client: AsyncWebClient, home: Installation, *, language: str, now: Callable[[], float]) -> None:
        self._client = client
        self._home = home
        self._language = language
        self._now = now
        self._languages: dict[str, tuple[str, float]] = {}

    async def identify(self, user: str, clicker_team: str | None) -> Person:
        """Return who ``user`` is now; ``clicker_team`` is the team the click itself names, if it does.

        Raises:
            CannotIdentify: Slack gave no answer.
        """
        found = await self._ask(user)
        language = self._remember(user, str(found.get("locale") or ""))
        return Person(
            id=user,
            member=self._home.holds(found, clicker_team),
            active=not found.get("deleted", False),
            human=not (found.get("is_bot") or found.get("is_workflow_bot") or user == SLACKBOT),
            guest=bool(found.get("is_restricted") or found.get("is_ultra_restricted")),
            language=language,
        )

    async def zone_of(self, user: str) -> ZoneInfo:
        """Return the time zone that ``user`` has in their profile now.

        Raises:
            CannotIdentify: Slack gave no answer.
            NoTimeZone: none that is known stands there.
        """
        zone = zone_of(str((await self._ask(user)).get("tz") or ""))
        if zone is None:
            raise NoTimeZone(example=EXAMPLES[-1])
        return zone

    async def _ask(self, user: str) -> dict[str, Any]:
        try:
            answer = await self._client.users_info(user=user, include_locale=True)
        except SlackApiError as error:
            raise CannotIdentify(why=str(error.response.get("error", "no answer"))) from error
        except NO_ANSWER as error:
            raise CannotIdentify(why=type(error).__name__) from error
        found: dict[str, Any] = answer.get("user") or {}
        return found

    async def learn_language(self, user: str) -> None:
        """Ask for the language of ``user``, unless it is known; no answer leaves the installation's."""
        if user not in self._languages or self._languages[user][1] < self._now():
            with suppress(CannotIdentify):
                await self.identify(user, None)

    def language_of(self, user: str) -> str:
        """Return the language ``user`` was last seen with, else the installation's."""
        language, until = self._languages.get(user, (self._language, self._now()))
        return language if self._now() <= until else self._language

    def _remember(self, user: str, locale: str) -> str:
        language = "zh" if locale.startswith("zh") else "en" if locale else self._language
        self._languages[user] = (language, self._now() + LANGUAGE_KEPT)
        return language
