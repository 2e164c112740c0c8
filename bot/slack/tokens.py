"""Whether Slack takes our two tokens: asked at the start, and again for as long as Slack is silent."""

from collections.abc import Awaitable, Callable
from typing import Literal

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.engine.ports import Clock
from bot.slack.client import NO_ANSWER

FIRST_SECONDS, MOST_SECONDS = 1.0, 30.0  # between two tries; each wait is twice as long as the one before
# What no further try mends, because it is said of the token itself; anything else may be Slack's own bad day.
OF_THE_TOKEN = frozenset(
    {"account_inactive", "invalid_auth", "missing_scope", "not_allowed_token_type", "not_authed", "token_expired",
     "token_revoked"}
)  # fmt: skip
Variable = Literal["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]
_log = structlog.get_logger(__name__)


class TokenRefused(Exception):
    """Slack refuses the token in ``variable``; ``why`` is Slack's own word."""

    def __init__(self, variable: Variable, why: str) -> None:
        super().__init__(variable, why)
        self.variable = variable
        self.why = why


def slack_word(error: SlackApiError) -> str:
    """Return Slack's word for the error, ``""`` where the answer holds none, as a proxy's page does."""
    body = getattr(error.response, "data", None)  # the library also puts its transport's own answer there
    return str(body.get("error") or "") if isinstance(body, dict) else ""


async def accepted(
    ask: Callable[[], Awaitable[AsyncSlackResponse]], clock: Clock, *, variable: Variable
) -> AsyncSlackResponse:
    """Return what Slack says to ``ask``, which needs the token in ``variable``; ask until Slack says something.

    Raises:
        TokenRefused: it is the token that Slack refuses.
    """
    wait = FIRST_SECONDS
    while True:
        try:
            return await ask()
        except SlackApiError as error:
            why = slack_word(error) or "no answer that can be read"
        except NO_ANSWER as error:
            why = str(error) or type(error).__name__
        if why in OF_THE_TOKEN:
            raise TokenRefused(variable, why)
        _log.warning("Slack does not let us in yet; it is asked again", why=why, seconds=wait)
        await clock.sleep(wait)
        wait = min(MOST_SECONDS, wait * 2)
