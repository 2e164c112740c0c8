"""Text objects, options and confirm dialogs, with their limits (Slack fact sheet, section 11)."""

from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError


class Shape(BaseModel):
    """An object of Block Kit: no field it doesn't know, no value turned into another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PlainText(Shape):
    """Text without markup."""

    type: Literal["plain_text"]
    text: Annotated[str, Field(min_length=1, max_length=3000)]
    emoji: bool = True


class Mrkdwn(Shape):
    """Text with Slack's markup."""

    type: Literal["mrkdwn"]
    text: Annotated[str, Field(min_length=1, max_length=3000)]
    verbatim: bool = False


TextT = TypeVar("TextT", PlainText, Mrkdwn, PlainText | Mrkdwn)


class Shorter:
    """Holds a text object to fewer characters than the 3000 every one may have."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, value: TextT) -> TextT:
        """Return ``value``, or say it is too long."""
        if len(value.text) > self.most:
            kind, says = "text_too_long", "must be less than {limit} characters"
            raise PydanticCustomError(kind, says, {"limit": self.most + 1})
        return value


AnyText = Annotated[PlainText | Mrkdwn, Field(discriminator="type")]
Id = Annotated[str, Field(min_length=1, max_length=255)]
Plain30 = Annotated[PlainText, AfterValidator(Shorter(30))]
Plain75 = Annotated[PlainText, AfterValidator(Shorter(75))]
Plain100 = Annotated[PlainText, AfterValidator(Shorter(100))]
Plain150 = Annotated[PlainText, AfterValidator(Shorter(150))]
Plain2000 = Annotated[PlainText, AfterValidator(Shorter(2000))]
Any75 = Annotated[AnyText, AfterValidator(Shorter(75))]
Any300 = Annotated[AnyText, AfterValidator(Shorter(300))]
Any2000 = Annotated[AnyText, AfterValidator(Shorter(2000))]
Url = Annotated[str, Field(min_length=1, max_length=3000)]
# 75 is the older documented limit, 150 the newer: the stand-in takes the one that is safe everywhere.
OptionValue = Annotated[str, Field(max_length=75)]


class Option(Shape):
    """One choice of a select."""

    text: Plain75
    value: OptionValue
    description: Plain75 | None = None


class MarkedOption(Shape):
    """One choice of checkboxes or radio buttons, which may have markup."""

    text: Any75
    value: OptionValue
    description: Any75 | None = None


class LinkOption(Shape):
    """One choice of an overflow menu, which may be a link."""

    text: Plain75
    value: OptionValue
    description: Plain75 | None = None
    url: Url | None = None


class OptionGroup(Shape):
    """Choices under one label."""

    label: Plain75
    options: Annotated[list[Option], Field(min_length=1, max_length=100)]


class Confirm(Shape):
    """The dialog before something is done."""

    title: Plain100
    text: Any300
    confirm: Plain30
    deny: Plain30
    style: Literal["primary", "danger"] | None = None
