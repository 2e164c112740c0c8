"""The page on which somebody changes people and user groups while all runs, as an administrator of Slack would."""

from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.sandbox.slack.changing import change_user, change_usergroup
from bot.sandbox.slack.page.drawing import templates, tints
from bot.sandbox.slack.page.letters import HEADERS, letter, own
from bot.sandbox.slack.page.places import Nowhere
from bot.sandbox.slack.workspace import User, Workspace

PATH = "/directory"
# What somebody is here, with the flags that make them so.
KINDS: Mapping[str, Mapping[str, bool]] = {
    "member": {"deleted": False, "is_restricted": False, "is_ultra_restricted": False},
    "guest": {"deleted": False, "is_restricted": True, "is_ultra_restricted": False},
    "single-channel guest": {"deleted": False, "is_restricted": False, "is_ultra_restricted": True},
    "deactivated": {"deleted": True, "is_restricted": False, "is_ultra_restricted": False},
}


class Directory:
    """The endpoints of the directory; each raises ``Nowhere`` for a person or group that isn't there."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def look(self, _: Request) -> Response:
        """Show everybody and every group."""
        people = [user for user in self._workspace.users.values() if not user.is_bot]
        facts = {
            "workspace": self._workspace,
            "people": [(user, kind_of(user)) for user in people],
            "groups": list(self._workspace.usergroups.values()),
            "tints": tints(self._workspace.users),
            "kinds": list(KINDS),
        }
        return letter(templates().get_template("directory.html").render(facts))

    async def change_person(self, request: Request) -> Response:
        """Make somebody what the field ``kind`` says."""
        asked = request.path_params["user"]
        form = await _form(request)
        if form is None:
            return _refused()
        kind = KINDS.get(next(iter(form.get("kind", ())), ""))
        if asked not in self._workspace.users or kind is None:
            raise Nowhere(part="person", asked=asked)
        change_user(self._workspace, {"id": asked, **kind})
        return _back()

    async def change_group(self, request: Request) -> Response:
        """Let the group have the people that are ticked as ``members``; a tick at ``disabled`` switches it off."""
        asked = request.path_params["group"]
        form = await _form(request)
        if form is None:
            return _refused()
        members = form.get("members", [])
        if asked not in self._workspace.usergroups or not set(members) <= self._workspace.users.keys():
            raise Nowhere(part="page", asked=request.url.path)
        change_usergroup(self._workspace, {"id": asked, "members": members, "disabled": "disabled" in form})
        return _back()


def kind_of(user: User) -> str:
    """Return what ``user`` is, as one of ``KINDS``."""
    if user.deleted:
        return "deactivated"
    if user.is_ultra_restricted:
        return "single-channel guest"
    return "guest" if user.is_restricted else "member"


async def _form(request: Request) -> dict[str, list[str]] | None:
    """Return the posted fields, or None where they don't come from a page of this server."""
    if not own(request.headers, f"{request.url.scheme}://{request.url.netloc}"):
        return None
    return parse_qs((await request.body()).decode(errors="replace"), max_num_fields=1000)


def _refused() -> Response:
    return letter(templates().get_template("refused.html").render(), status=403)


def _back() -> Response:
    return RedirectResponse(PATH, status_code=303, headers=HEADERS)
