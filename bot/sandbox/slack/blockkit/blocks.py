"""The block types the stand-in takes, and the modal made of them (Slack fact sheet, section 11)."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from bot.sandbox.slack.blockkit.elements import Fillable, Interactive
from bot.sandbox.slack.blockkit.rich_text import RichText
from bot.sandbox.slack.blockkit.texts import (
    Any2000,
    AnyText,
    Id,
    Mrkdwn,
    Plain150,
    Plain2000,
    PlainText,
    Shape,
    Shorter,
    Url,
)

Plain24 = Annotated[PlainText, AfterValidator(Shorter(24))]
AltText = Annotated[str, Field(min_length=1, max_length=2000)]


class Block(Shape):
    """What every block may say."""

    block_id: Id | None = None


class ImageElement(Shape):
    """A picture beside or inside something."""

    type: Literal["image"]
    image_url: Url
    alt_text: AltText


class Section(Block):
    """Text, fields, and one thing beside them."""

    type: Literal["section"]
    text: AnyText | None = None
    fields: Annotated[list[Any2000], Field(min_length=1, max_length=10)] | None = None
    accessory: Annotated[Interactive | ImageElement, Field(discriminator="type")] | None = None
    expand: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and self.fields is None:
            kind, says = "one_of", "must provide either `text` or `fields`"
            raise PydanticCustomError(kind, says)
        return self


class Header(Block):
    """A heading."""

    type: Literal["header"]
    text: Plain150


class Context(Block):
    """Small print."""

    type: Literal["context"]
    elements: Annotated[
        list[Annotated[PlainText | Mrkdwn | ImageElement, Field(discriminator="type")]],
        Field(min_length=1, max_length=10),
    ]


class Actions(Block):
    """A row of things to press."""

    type: Literal["actions"]
    elements: Annotated[list[Interactive], Field(min_length=1, max_length=25)]


class Divider(Block):
    """A line."""

    type: Literal["divider"]


class Image(Block):
    """A picture."""

    type: Literal["image"]
    image_url: Url
    alt_text: AltText
    title: Plain2000 | None = None


class Input(Block):
    """A question with its field."""

    type: Literal["input"]
    label: Plain2000
    element: Fillable
    hint: Plain2000 | None = None
    optional: bool = False
    dispatch_action: bool = False


AnyBlock = Annotated[
    Section | Header | Context | Actions | Divider | Image | Input | RichText, Field(discriminator="type")
]


class Message(Shape):
    """The blocks of a message."""

    blocks: Annotated[list[AnyBlock], Field(max_length=50)]


class Modal(Shape):
    """A modal view."""

    type: Literal["modal"]
    title: Plain24
    blocks: Annotated[list[AnyBlock], Field(max_length=100)]
    submit: Plain24 | None = None
    close: Plain24 | None = None
    private_metadata: Annotated[str, Field(max_length=3000)] = ""
    callback_id: Annotated[str, Field(max_length=255)] = ""
    external_id: Annotated[str, Field(max_length=255)] = ""
    clear_on_close: bool = False
    notify_on_close: bool = False
    submit_disabled: bool = False

    @model_validator(mode="after")
    def _can_be_submitted(self) -> Self:
        if self.submit is None and any(isinstance(block, Input) for block in self.blocks):
            kind, says = "one_of", "`submit` is required when an input block is within the `blocks` array"
            raise PydanticCustomError(kind, says)
        return self


class ModalArgument(Shape):
    """The ``view`` argument of ``views.open`` and its siblings."""

    view: Modal
