"""Messages and modals as pieces of HTML, each with a checksum so that the page swaps only what changed."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader
from markupsafe import Markup

from bot.sandbox.slack.page.entities import moment
from bot.sandbox.slack.page.fields import drawable, field_name, held, press_id, questions
from bot.sandbox.slack.page.pen import Pen, is_web, unslacked
from bot.sandbox.slack.page.places import Place
from bot.sandbox.slack.workspace import Message, User, View

PACKAGE = "bot.sandbox.slack.page"
TINTS = 7  # background colours of avatars in page.css


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for what a person did last, for a page that is drawn anew because of it.

    ``ok`` is whether it is done and the person can go on. ``at`` is the id of the surface they did it on, or
    ``composer``. ``asked`` is the id of the confirm dialog that waits for them, ``chosen`` what they pressed before it.
    ``typed`` is what they had typed into the composer.
    """

    ok: bool = True
    at: str = ""
    error: str = ""
    asked: str = ""
    chosen: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What blocks are drawn on: a message (then it has a ``ts``) or a modal.

    ``press`` is where presses are posted, ``questions`` are the elements that ask before, ``held`` is what fields hold
    by name, ``errors`` go by block id.
    """

    id: str
    press: str
    ts: str = ""
    questions: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]] = ()
    held: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    answer: Answer = field(default_factory=Answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of the page; ``news`` is whether its reader must see it at once: they wrote it, or only they see it."""

    id: str
    html: Markup
    news: bool = False

    @property
    def digest(self) -> str:
        """A short checksum: pieces with the same id and digest look the same."""
        return f"{zlib.crc32(self.html.encode(errors='replace')):08x}"


@cache
def templates() -> Environment:
    """Return the page's templates; every value they write is escaped unless it is ``Markup``."""
    environment = Environment(
        loader=PackageLoader(PACKAGE),
        autoescape=True,
        undefined=ChainableUndefined,  # a part of a block that its author left out reads as nothing
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"unslacked": unslacked, "clock": clock}
    environment.globals |= {"field_name": field_name, "press_id": press_id}
    environment.tests |= {"web": is_web}
    return environment


@cache
def drawn_blocks() -> frozenset[str]:
    """Return the block types that have a template."""
    names = (name.partition("block/")[2] for name in templates().list_templates(extensions=["html"]))
    return frozenset(name.removesuffix(".html") for name in names if name) - {"undrawn"}


def tints(people: Iterable[str]) -> dict[str, int]:
    """Return each person's avatar colour, by user id: neighbours in the list differ."""
    return {user: at % TINTS for at, user in enumerate(people)}


def clock(ts: str) -> Markup:
    """Return the time of a message: the server's clock in UTC until the script writes the reader's own."""
    return moment(int(float(ts)), form="{stamp}", fallback="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Draws for one reader at one place."""

    place: Place
    people: Mapping[str, User]
    tints: Mapping[str, int]
    pen: Pen
    answer: Answer

    def message(self, message: Message, *, pane: str) -> Piece:
        """Return one message; ``pane`` tells the copies in the channel and in the thread apart."""
        surface = Surface(
            id=f"{pane}-{message.ts}",
            ts=message.ts,
            press=self.place.act("press"),
            questions=questions(message.blocks),
            held=held(message.blocks, {}),
            answer=self.answer,
        )
        html = self._render(
            "message.html",
            where=surface,
            message=message,
            author=self.people.get(message.user),
            tint=self.tints.get(message.user, 0),
            blocks=drawable(message.blocks, message.text, drawn_blocks()),
            threads=self.place.channel_path if pane == "channel" else "",
        )
        mine = self.place.viewer.id in {message.user, message.ephemeral_to}
        return Piece(id=surface.id, html=html, news=mine)

    def modal(self, view: View, depth: int) -> Piece:
        """Return the modal ``view``, the topmost of ``depth`` open ones."""
        blocks, state = view.payload["blocks"], view.payload["state"]["values"]
        surface = Surface(
            id=view.id,
            press=self.place.act("press"),
            questions=questions(blocks),
            held=held(blocks, state),
            errors=view.errors,
            answer=self.answer,
        )
        html = self._render(
            "modal.html", where=surface, view=view.payload, blocks=blocks, depth=depth, place=self.place
        )
        return Piece(id=f"modal-{view.id}", html=html)

    def _render(self, template: str, **facts: object) -> Markup:
        return Markup(templates().get_template(template).render(pen=self.pen, **facts))  # noqa: S704 - autoescaped
