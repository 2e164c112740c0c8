"""Whether a card can stand in a channel: what can't be shown there is not asked for there."""

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Refusal
from bot.slack.client import NO_ANSWER

DIRECT = frozenset({"im:read", "mpim:read"})  # scopes for conversations without a channel: the manifest has neither


class NotInChannel(Refusal):
    """The bot isn't in the channel, so no card can stand there. Facts: ``channel``."""

    code = "not_in_channel"


class NoSecondPerson(Refusal):
    """A direct message has nobody to approve. Facts: none."""

    code = "no_second_person"


class SlackSilent(Refusal):
    """Slack didn't say whether a card can stand in the channel. Facts: ``why``."""

    code = "slack_silent"


class ChannelArchived(Refusal):
    """An archived channel takes no messages. Facts: none."""

    code = "channel_archived"


async def must_be_postable(client: AsyncWebClient, channel: str) -> None:
    """Let a request pass only where its card can stand.

    Raises:
        Refusal: one of the classes above.
    """
    try:
        answer = await client.conversations_info(channel=channel)
    except SlackApiError as error:
        if error.response.get("error") == "channel_not_found":
            raise NotInChannel(channel=channel) from error
        if error.response.get("error") == "missing_scope" and error.response.get("needed") in DIRECT:
            raise NoSecondPerson from error
        raise SlackSilent(why=str(error.response.get("error"))) from error
    except NO_ANSWER as error:
        raise SlackSilent(why=type(error).__name__) from error
    found: dict[str, Any] = answer.get("channel") or {}
    if found.get("is_im") or found.get("is_mpim"):
        raise NoSecondPerson
    if found.get("is_archived"):
        raise ChannelArchived
    if not found.get("is_member"):
        raise NotInChannel(channel=channel)
