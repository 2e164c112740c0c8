"""What people look at on the page: a channel, a thread, or where a wrong address led them."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.sandbox.slack.page import places, screen
from bot.sandbox.slack.page.letters import letter
from bot.sandbox.slack.page.places import Nowhere
from bot.sandbox.slack.workspace import Workspace


class Looking:
    """The GET endpoints; each raises ``Nowhere`` when its address names nobody or nothing."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def start(self, request: Request) -> Response:
        """Lead to the first channel of a person, or of the first person if none is named."""
        user = request.path_params.get("user", "")
        viewer = places.person(self._workspace, user) if user else None
        return RedirectResponse(places.first_place(self._workspace, viewer).path)

    async def look(self, request: Request) -> Response:
        """Show a channel, and a thread beside it; with ``?fragment=1`` only what changes while somebody looks."""
        asked = request.path_params
        # Read before drawing: a change in between is then drawn twice rather than missed.
        revision = self._workspace.revision
        place = places.find(self._workspace, asked["user"], asked["channel"], asked.get("thread", ""))
        draw = screen.regions if "fragment" in request.query_params else screen.page
        answer = letter(draw(self._workspace, place))
        answer.headers["X-Revision"] = str(revision)
        return answer

    async def astray(self, request: Request) -> Response:
        """Refuse an address no other route knows."""
        raise Nowhere(part="page", asked=request.url.path)
