"""What is wrong with this installation, each finding with its mend. It only reads."""

import errno
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from slack_sdk.errors import SlackApiError

from bot import texts
from bot.cloud.codes import text_key
from bot.cloud.settings import Api
from bot.config import BadSettings, Settings
from bot.domain.errors import CloudError
from bot.domain.policy_file import BadPolicy
from bot.engine.ports import Clock
from bot.manifest import required_scopes
from bot.slack.client import NO_ANSWER, web_client
from bot.slack.tokens import slack_word
from bot.store.database import InUse, owning, sqlite_path
from bot.store.migrate import NewerDatabase, NotADatabase, revisions
from bot.wiring import open_cloud, policy_of

SKEW_MOST = 60.0  # seconds; the cloud refuses at 300 (fact sheet, section 2.1), so we speak well before


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. ``mend`` is empty where nothing is to be done."""

    name: str
    ok: bool
    found: str
    mend: str = ""


class Doctor:
    """One examination, told in one language. ``http`` says which mode is looked at; None: what is set tells."""

    def __init__(self, settings: Settings, clock: Clock, *, http: bool | None = None) -> None:
        self._settings = settings
        self._http = settings.slack_app_token is None if http is None else http
        self._clock = clock
        self._language = settings.language

    async def findings(self) -> AsyncIterator[Finding]:
        """Yield every finding, in the order an operator mends them."""
        yield self._good("settings", "settings")
        yield self._policy()
        yield await self._database()
        async for finding in self._slack():
            yield finding
        yield self._good("slack signing secret", "signing_secret") if self._http else await self._app_token()
        for api in ("v2", "3.0"):
            yield await self._cloud(api)

    def _policy(self) -> Finding:
        try:
            policy = policy_of(self._settings)
        except BadPolicy as bad:
            return self._bad("policy", "policy", path=self._settings.policy, why=bad.why, allowed=bad.allowed)
        except OSError as error:
            return self._bad("policy", "policy_unreadable", path=self._settings.policy, why=error.strerror)
        return self._good("policy", "policy", minutes=round(policy.expires_after / 60))

    async def _database(self) -> Finding:
        path = sqlite_path(self._settings.database_url)
        try:
            return await self._revision(path) if path.exists() else self._no_database(path)
        except InUse:
            return self._good("database", "database_in_use", path=path)
        except OSError as error:
            return self._bad("database", "database", path=path, why=error.strerror)
        except NotADatabase as error:
            return self._bad("database", "database", path=path, why=error.why)
        except NewerDatabase as newer:
            return self._bad("database", "database_newer", path=path, now=newer.now, newest=newer.newest)

    async def _revision(self, path: Path) -> Finding:
        with owning(self._settings.database_url):
            now, newest = await revisions(self._settings.database_url)
        if now == newest:
            return self._good("database", "database", path=path, revision=now)
        return self._bad("database", "database_old", path=path, now=now or "-", newest=newest)

    def _no_database(self, path: Path) -> Finding:
        """Look at the folder only: taking the lock would leave a file behind."""
        folder = path.resolve().parent
        folder.stat()
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return self._good("database", "database_new", path=path)

    async def _slack(self) -> AsyncIterator[Finding]:
        client = web_client(self._settings.slack_bot_token.get_secret_value(), self._settings.slack_api_url)
        try:
            answer = await client.auth_test()
        except SlackApiError as error:
            word = slack_word(error)
            bad = self._bad("slack bot token", "bot_token", why=word)
            yield bad if word else self._silent("slack bot token", error)
            return
        except NO_ANSWER as error:
            yield self._silent("slack bot token", error)
            return
        yield self._good("slack bot token", "bot_token", bot=answer["user"], team=answer["team"])
        headers: Mapping[str, str] = {name.lower(): value for name, value in answer.headers.items()}
        have = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
        missing = sorted(required_scopes() - have)
        if missing:
            yield self._bad("slack scopes", "scopes", missing=", ".join(missing))
        else:
            yield self._good("slack scopes", "scopes")

    async def _app_token(self) -> Finding:
        client = web_client(self._settings.slack_bot_token.get_secret_value(), self._settings.slack_api_url)
        token = self._settings.slack_app_token
        try:
            await client.apps_connections_open(app_token=token.get_secret_value() if token else "")
        except SlackApiError as error:
            word = slack_word(error)
            bad = self._bad("slack app token", "app_token", why=word)
            return bad if word else self._silent("slack app token", error)
        except NO_ANSWER as error:
            return self._silent("slack app token", error)
        return self._good("slack app token", "app_token")

    async def _cloud(self, api: Api) -> Finding:
        name = f"cloud API {api}"
        try:
            async with open_cloud(self._settings, self._clock) as cloud:
                skew = await cloud.ping(api)
        except CloudError as error:
            meaning = texts.say(self._language, f"cloud/{text_key(error.code)}/meaning")
            advice = texts.say(self._language, f"cloud/{text_key(error.code)}/advice")
            skewed = "" if error.skew is None else f" ({error.skew:+.0f} s)"
            return Finding(name=name, ok=False, found=f"{error.code}: {meaning}{skewed}", mend=advice)
        if skew is not None and abs(skew) > SKEW_MOST:
            return self._bad(name, "skew", seconds=round(skew))
        return self._good(name, "cloud", skew=0 if skew is None else round(skew))

    def _silent(self, name: str, error: Exception) -> Finding:
        return self._bad(name, "slack_away", url=self._settings.slack_api_url, why=type(error).__name__)

    def _good(self, name: str, key: str, **facts: object) -> Finding:
        return Finding(name=name, ok=True, found=texts.say(self._language, f"doctor/{key}/good", **facts))

    def _bad(self, name: str, key: str, **facts: object) -> Finding:
        found = texts.say(self._language, f"doctor/{key}/bad", **facts)
        return Finding(name=name, ok=False, found=found, mend=texts.say(self._language, f"doctor/{key}/mend", **facts))


async def examine(clock: Clock, *, http: bool | None = None) -> list[Finding]:
    """Return what is found with the settings of the environment, for the mode that ``http`` says (as in ``Doctor``)."""
    try:
        settings = Settings.from_env(http=http)
    except BadSettings as bad:
        mend = texts.say("en", "doctor/settings/mend")
        return [Finding(name=one.variable, ok=False, found=str(one), mend=mend) for one in bad.problems]
    return [finding async for finding in Doctor(settings, clock, http=http).findings()]
