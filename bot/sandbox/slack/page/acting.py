"""What people do on the page: type, press, submit, close. Each is a form post; the script asks for JSON instead."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.sandbox.slack.page import places, screen
from bot.sandbox.slack.page.drawing import Answer, templates
from bot.sandbox.slack.page.fields import field_address, field_name, press_id, questions
from bot.sandbox.slack.page.letters import HEADERS, letter, own
from bot.sandbox.slack.page.places import Nowhere, Place
from bot.sandbox.slack.people import People
from bot.sandbox.slack.workspace import Workspace

Form = Mapping[str, str]
Act = Callable[[Place, Form], Awaitable[Answer]]


class Acting:
    """What a person at a place can do; the name of an act is the last segment of its address."""

    def __init__(self, workspace: Workspace, people: People) -> None:
        self._workspace = workspace
        self._people = people
        self._acts: Mapping[str, Act] = {
            "type": self.type,
            "press": self.press,
            "submit": self.submit,
            "close": self.close,
        }

    async def act(self, request: Request) -> Response:
        """Do what the address says and answer with JSON, with the way back, or with the page and what went wrong.

        Raises:
            Nowhere: when the address names nobody or nothing.
        """
        if not own(request.headers, f"{request.url.scheme}://{request.url.netloc}"):
            return letter(templates().get_template("refused.html").render(), status=403)
        asked = request.path_params
        place = places.find(self._workspace, asked["user"], asked["channel"], request.query_params.get("thread", ""))
        if (act := self._acts.get(asked["act"])) is None:
            raise Nowhere(part="page", asked=request.url.path)
        answer = await act(place, await _form(request))
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"ok": answer.ok, "error": answer.error}, headers=HEADERS)
        if answer.ok:
            return RedirectResponse(place.path, status_code=303, headers=HEADERS)
        return letter(screen.page(self._workspace, place, answer))

    async def type(self, place: Place, form: Form) -> Answer:
        """Type ``text`` into the channel; nothing typed is nothing done."""
        text = form.get("text", "").strip()
        if not text:
            return Answer()
        outcome = await self._people.type_command(user=place.viewer.id, channel=place.channel.id, text=text)
        return Answer(ok=outcome.ok, at="composer", error=outcome.error, typed=text)

    async def press(self, place: Place, form: Form) -> Answer:
        """Press what ``press`` names, on the message ``ts`` or the modal ``view``, unless it has to ask first."""
        at, pressed = form.get("at", ""), form.get("press", "")
        block_id, action_id, *option = field_address(pressed) or ("", "")
        value = option[0] if option else form.get(pressed)
        if "sure" not in form and self._asks(place, form, block_id, action_id):
            sure = f"{press_id(at, block_id, action_id)}-sure"
            chosen = field_name(block_id, action_id, *([] if value is None else [value]))
            return Answer(ok=False, at=at, asked=sure, chosen=chosen)
        who = place.viewer.id
        if view := form.get("view"):
            outcome = await self._people.press_in_view(
                user=who, view=view, action_id=action_id, block_id=block_id, value=value
            )
        else:
            outcome = await self._people.press(
                user=who,
                channel=place.channel.id,
                ts=form.get("ts", ""),
                action_id=action_id,
                block_id=block_id,
                value=value,
            )
        return Answer(ok=outcome.ok, at=at, error=outcome.error)

    async def submit(self, place: Place, form: Form) -> Answer:
        """Submit the modal ``view`` with its fields."""
        values: dict[str, dict[str, str]] = {}
        for name, value in form.items():
            if address := field_address(name):
                values.setdefault(address[0], {})[address[1]] = value
        view = form.get("view", "")
        outcome = await self._people.submit(user=place.viewer.id, view=view, values=values)
        return Answer(ok=outcome.ok, at=view, error=outcome.error)

    async def close(self, place: Place, form: Form) -> Answer:
        """Close the modal ``view``, or with ``cleared`` all that are open."""
        view = form.get("view", "")
        outcome = await self._people.close(user=place.viewer.id, view=view, cleared="cleared" in form)
        return Answer(ok=outcome.ok, at=view, error=outcome.error)

    def _asks(self, place: Place, form: Form, block_id: str, action_id: str) -> bool:
        message = place.channel.find(form.get("ts", ""))
        view = self._workspace.find_view(form.get("view", ""))
        blocks = message.blocks if message else view.payload["blocks"] if view else []
        return any(
            block["block_id"] == block_id and element["action_id"] == action_id for block, element in questions(blocks)
        )


async def _form(request: Request) -> dict[str, str]:
    """Return the posted fields; one that comes several times, as checkboxes do, has commas between its values."""
    fields = parse_qs((await request.body()).decode(errors="replace"), keep_blank_values=True, max_num_fields=1000)
    return {name: ",".join(filter(None, values)) for name, values in fields.items()}
