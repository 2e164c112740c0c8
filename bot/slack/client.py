"""The Web API client, and what it raises when Slack is silent."""

from aiohttp import ClientError
from slack_sdk.errors import SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

CALL_SECONDS = 10  # a Web API call that takes longer counts as unanswered

# No answer, or none that can be read: the call may or may not have been carried out. SlackApiError, an answer that says
# no, is a SlackClientError too: catch it first.
NO_ANSWER: tuple[type[Exception], ...] = (ClientError, OSError, TimeoutError, SlackClientError, ValueError)


def web_client(token: str | None, api_url: str, *, waits: bool = True) -> AsyncWebClient:
    """Return a Web API client that never re-sends what may have been delivered.

    When Slack asks for fewer calls it ``waits`` inside the call, once; or the caller is told, and can do other work.
    """
    handlers: list[AsyncRetryHandler] = [AsyncRateLimitErrorRetryHandler(max_retry_count=1)] if waits else []
    client = AsyncWebClient(token=token, base_url=api_url, timeout=CALL_SECONDS, retry_handlers=handlers)
    client.proxy = None  # a proxy variable would capture a sandbox on this machine, too
    return client
