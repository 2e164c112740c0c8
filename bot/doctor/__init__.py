"""What is wrong with this installation, each finding with its mend. It only reads."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress

from slack_sdk.errors import SlackApiError

from bot import texts
from bot.cloud.codes import text_key
from bot.cloud.settings import Api
from bot.config import BadSettings, Settings
from bot.doctor.database import examine_database
from bot.doctor.finding import Finding, Teller
from bot.doctor.rules import Rules
from bot.domain.errors import CloudError
from bot.engine.ports import Clock
from bot.manifest import required_scopes
from bot.policy_file import BadPolicy
from bot.slack.client import NO_ANSWER, web_client
from bot.slack.tokens import slack_word
from bot.wiring import open_cloud, policy_of

__all__ = ["Doctor", "Finding", "examine"]
SKEW_MOST = 60.0  # seconds; the cloud refuses at 300 (fact sheet, section 2.1), so we speak well before


class Doctor:
    """One examination, told in one language. ``http`` says which mode is looked at; None: what is set tells."""

    def __init__(self, settings: Settings, clock: Clock, *, http: bool | None = None) -> None:
        self._settings = settings
        self._http = settings.slack_app_token is None if http is None else http
        self._clock = clock
        self._language = settings.language
        self._tell = Teller(settings.language)

    async def findings(self) -> AsyncIterator[Finding]:
        """Yield every finding, in the order an operator mends them."""
        yield self._tell.good("settings", "settings")
        for finding in self._policy():
            yield finding
        async for finding in examine_database(self._settings.database_url, self._tell, self._clock):
            yield finding
        async for finding in self._slack():
            yield finding
        yield self._tell.good("slack signing secret", "signing_secret") if self._http else await self._app_token()
        for api in ("v2", "3.0"):
            yield await self._cloud(api)

    def _policy(self) -> Iterator[Finding]:
        path = self._settings.policy
        try:
            policy = policy_of(self._settings)
        except BadPolicy as bad:
            for one in bad.problems:
                why, fix = one.why(self._language), one.fix(self._language)
                yield self._tell.bad("policy", "policy", path=path, line=one.line, why=why, fix=fix)
        except OSError as error:
            yield self._tell.bad("policy", "policy_unreadable", path=path, why=error.strerror)
        else:
            yield self._tell.good("policy", "policy", minutes=round(policy.expires_after / 60))

    async def _slack(self) -> AsyncIterator[Finding]:
        client = web_client(self._settings.slack_bot_token.get_secret_value(), self._settings.slack_api_url)
        try:
            answer = await client.auth_test()
        except SlackApiError as error:
            word = slack_word(error)
            bad = self._tell.bad("slack bot token", "bot_token", why=word)
            yield bad if word else self._silent("slack bot token", error)
            return
        except NO_ANSWER as error:
            yield self._silent("slack bot token", error)
            return
        yield self._tell.good("slack bot token", "bot_token", bot=answer["user"], team=answer["team"])
        headers: Mapping[str, str] = {name.lower(): value for name, value in answer.headers.items()}
        have = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
        missing = sorted(required_scopes() - have)
        if missing:
            yield self._tell.bad("slack scopes", "scopes", missing=", ".join(missing))
            return
        yield self._tell.good("slack scopes", "scopes")
        with suppress(BadPolicy, OSError):  # which is told already
            async for finding in Rules(policy_of(self._settings), client, answer, self._clock, self._tell).findings():
                yield finding

    async def _app_token(self) -> Finding:
        client = web_client(self._settings.slack_bot_token.get_secret_value(), self._settings.slack_api_url)
        token = self._settings.slack_app_token
        try:
            await client.apps_connections_open(app_token=token.get_secret_value() if token else "")
        except SlackApiError as error:
            word = slack_word(error)
            bad = self._tell.bad("slack app token", "app_token", why=word)
            return bad if word else self._silent("slack app token", error)
        except NO_ANSWER as error:
            return self._silent("slack app token", error)
        return self._tell.good("slack app token", "app_token")

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
            return self._tell.bad(name, "skew", seconds=round(skew))
        return self._tell.good(name, "cloud", skew=0 if skew is None else round(skew))

    def _silent(self, name: str, error: Exception) -> Finding:
        return self._tell.bad(name, "slack_away", url=self._settings.slack_api_url, why=type(error).__name__)


async def examine(clock: Clock, *, http: bool | None = None) -> list[Finding]:
    """Return what is found with the settings of the environment, for the mode that ``http`` says (as in ``Doctor``)."""
    try:
        settings = Settings.from_env(http=http)
    except BadSettings as bad:
        mend = texts.say("en", "doctor/settings/mend")
        return [Finding(name=one.variable, ok=False, found=str(one), mend=mend) for one in bad.problems]
    return [finding async for finding in Doctor(settings, clock, http=http).findings()]
