"""The sandbox Slack as people see it: server-drawn HTML, no build step, nothing loaded from elsewhere."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from bot.sandbox.slack.page import screen
from bot.sandbox.slack.page.acting import Acting
from bot.sandbox.slack.page.directory import PATH, Directory
from bot.sandbox.slack.page.drawing import PACKAGE
from bot.sandbox.slack.page.letters import Enclosures, letter
from bot.sandbox.slack.page.live import Live
from bot.sandbox.slack.page.looking import Looking
from bot.sandbox.slack.page.places import Nowhere
from bot.sandbox.slack.people import People
from bot.sandbox.slack.workspace import Workspace

__all__ = ["routes"]

Endpoint = Callable[[Request], Awaitable[Response]]


def routes(workspace: Workspace, people: People) -> list[BaseRoute]:
    """Return the page's routes: ``/``, ``/as/…``, ``/directory``, ``/live`` and ``/static/…``.

    The stream at ``/live`` stays open for up to 20 s, so give the server a bound on how long it waits when it stops.
    """
    looking, acting, live = Looking(workspace), Acting(workspace, people), Live(workspace)
    directory = Directory(workspace)

    def found(endpoint: Endpoint) -> Endpoint:
        async def answered(request: Request) -> Response:
            try:
                return await endpoint(request)
            except Nowhere as lost:
                return letter(screen.nowhere(workspace, lost), status=404)

        return answered

    return [
        Route("/", found(looking.start)),
        Route("/live", live.stream),
        Mount("/static", Enclosures(packages=[(PACKAGE, "static")])),
        Route(PATH, directory.look),
        Route(f"{PATH}/people/{{user}}", found(directory.change_person), methods=["POST"]),
        Route(f"{PATH}/groups/{{group}}", found(directory.change_group), methods=["POST"]),
        Route("/as/{user}", found(looking.start)),
        Route("/as/{user}/{channel}", found(looking.look)),
        Route("/as/{user}/{channel}/{thread}", found(looking.look)),
        Route("/as/{user}/{channel}/{act}", found(acting.act), methods=["POST"]),
        Route("/as/{rest:path}", found(looking.astray)),
    ]
