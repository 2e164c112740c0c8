"""Rich text: text whose marks are data, so that nothing in it can become markup (Slack fact sheet, section 12)."""

from typing import Annotated, Literal

from pydantic import Field

from bot.sandbox.slack.blockkit.texts import Id, Shape


class Style(Shape):
    """How a piece of rich text looks."""

    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    underline: bool = False


class Text(Shape):
    """Words."""

    type: Literal["text"]
    text: Annotated[str, Field(min_length=1)]
    style: Style | None = None


class Link(Shape):
    """A link."""

    type: Literal["link"]
    url: Annotated[str, Field(min_length=1)]
    text: str | None = None
    unsafe: bool | None = None
    style: Style | None = None


class UserMention(Shape):
    """A mention, which notifies."""

    type: Literal["user"]
    user_id: str
    style: Style | None = None


class UserGroupMention(Shape):
    """A mention of a group, which notifies."""

    type: Literal["usergroup"]
    usergroup_id: str
    style: Style | None = None


class ChannelMention(Shape):
    """A mention of a channel."""

    type: Literal["channel"]
    channel_id: str
    style: Style | None = None


class Emoji(Shape):
    """An emoji by name."""

    type: Literal["emoji"]
    name: str
    unicode: str | None = None
    style: Style | None = None


class Date(Shape):
    """A moment in the reader's time zone; ``timestamp`` in seconds since the epoch."""

    type: Literal["date"]
    timestamp: int
    format: str
    url: str | None = None
    fallback: str | None = None
    style: Style | None = None


class Broadcast(Shape):
    """A mention of everybody, which notifies."""

    type: Literal["broadcast"]
    range: Literal["here", "channel", "everyone"]
    style: Style | None = None


Piece = Annotated[
    Text | Link | UserMention | UserGroupMention | ChannelMention | Emoji | Date | Broadcast,
    Field(discriminator="type"),
]
Border = Annotated[int, Field(ge=0, le=1)]


class Line(Shape):
    """A run of pieces."""

    type: Literal["rich_text_section"]
    elements: list[Piece]


class List(Shape):
    """Bullets or numbers."""

    type: Literal["rich_text_list"]
    style: Literal["bullet", "ordered"]
    elements: list[Line]
    indent: Annotated[int, Field(ge=0, le=8)] = 0
    offset: Annotated[int, Field(ge=0)] = 0
    border: Border = 0


class Preformatted(Shape):
    """A block of code."""

    type: Literal["rich_text_preformatted"]
    elements: list[Piece]
    border: Border = 0
    language: str | None = None


class Quote(Shape):
    """A quotation."""

    type: Literal["rich_text_quote"]
    elements: list[Piece]
    border: Border = 0


class RichText(Shape):
    """The block itself."""

    type: Literal["rich_text"]
    elements: list[Annotated[Line | List | Preformatted | Quote, Field(discriminator="type")]]
    block_id: Id | None = None
