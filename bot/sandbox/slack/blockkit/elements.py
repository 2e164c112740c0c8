"""What a person can press, choose or fill in (Slack fact sheet, section 11)."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bot.sandbox.slack.blockkit.texts import (
    Confirm,
    Id,
    LinkOption,
    MarkedOption,
    Option,
    OptionGroup,
    Plain75,
    Plain150,
    Shape,
    Url,
)

Options = Annotated[list[Option], Field(min_length=1, max_length=100)]
Groups = Annotated[list[OptionGroup], Field(min_length=1, max_length=100)]
MarkedOptions = Annotated[list[MarkedOption], Field(min_length=1, max_length=10)]
ShortLabel = Annotated[str, Field(min_length=1, max_length=75)]


class Element(Shape):
    """What every interactive element may say."""

    action_id: Id | None = None
    confirm: Confirm | None = None


class Focusable(Element):
    """An element that can have the focus when its modal opens."""

    focus_on_load: bool = False


class Button(Element):
    """A button."""

    type: Literal["button"]
    text: Plain75
    value: Annotated[str, Field(max_length=2000)] | None = None
    url: Url | None = None
    style: Literal["primary", "danger"] | None = None
    accessibility_label: ShortLabel | None = None


class Choice(Focusable):
    """A select from given options, in groups or not."""

    placeholder: Plain150 | None = None
    options: Options | None = None
    option_groups: Groups | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.options is None) == (self.option_groups is None):
            kind, says = "one_of", "must provide either `options` or `option_groups`"
            raise PydanticCustomError(kind, says)
        return self

    def offered(self) -> list[Option]:
        """Return every option, whatever its group."""
        grouped = (option for group in self.option_groups or () for option in group.options)
        return [*(self.options or ()), *grouped]


class StaticSelect(Choice):
    """Choose one."""

    type: Literal["static_select"]
    initial_option: Option | None = None

    @model_validator(mode="after")
    def _offered(self) -> Self:
        if self.initial_option is not None and self.initial_option not in self.offered():
            kind, says = "one_of", "`initial_option` must be one of the options"
            raise PydanticCustomError(kind, says)
        return self


class MultiStaticSelect(Choice):
    """Choose several."""

    type: Literal["multi_static_select"]
    initial_options: Options | None = None
    max_selected_items: Annotated[int, Field(ge=1)] | None = None


class UsersSelect(Focusable):
    """Choose a person."""

    type: Literal["users_select"]
    placeholder: Plain150 | None = None
    initial_user: str | None = None


class MultiUsersSelect(Focusable):
    """Choose several people."""

    type: Literal["multi_users_select"]
    placeholder: Plain150 | None = None
    initial_users: list[str] | None = None
    max_selected_items: Annotated[int, Field(ge=1)] | None = None


class ConversationsSelect(Focusable):
    """Choose a conversation."""

    type: Literal["conversations_select"]
    placeholder: Plain150 | None = None
    initial_conversation: str | None = None
    default_to_current_conversation: bool = False
    response_url_enabled: bool = False


class ChannelsSelect(Focusable):
    """Choose a public channel."""

    type: Literal["channels_select"]
    placeholder: Plain150 | None = None
    initial_channel: str | None = None
    response_url_enabled: bool = False


class Overflow(Element):
    """A menu behind three dots."""

    type: Literal["overflow"]
    options: Annotated[list[LinkOption], Field(min_length=1, max_length=5)]


class Checkboxes(Focusable):
    """Tick some."""

    type: Literal["checkboxes"]
    options: MarkedOptions
    initial_options: MarkedOptions | None = None


class RadioButtons(Focusable):
    """Tick one."""

    type: Literal["radio_buttons"]
    options: MarkedOptions
    initial_option: MarkedOption | None = None


class DatePicker(Focusable):
    """Choose a day, ``YYYY-MM-DD``."""

    type: Literal["datepicker"]
    placeholder: Plain150 | None = None
    initial_date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None


class TimePicker(Focusable):
    """Choose a time of day, ``HH:MM``."""

    type: Literal["timepicker"]
    placeholder: Plain150 | None = None
    initial_time: Annotated[str, Field(pattern=r"^\d{2}:\d{2}$")] | None = None
    timezone: str | None = None


class DateTimePicker(Focusable):
    """Choose a moment, in seconds since the epoch (ten digits)."""

    type: Literal["datetimepicker"]
    initial_date_time: Annotated[int, Field(ge=1_000_000_000, le=9_999_999_999)] | None = None


class DispatchConfig(Shape):
    """When an input tells the app what is being typed."""

    trigger_actions_on: list[Literal["on_enter_pressed", "on_character_entered"]]


class PlainTextInput(Shape):
    """Type something."""

    type: Literal["plain_text_input"]
    action_id: Id | None = None
    placeholder: Plain150 | None = None
    initial_value: str | None = None
    multiline: bool = False
    min_length: Annotated[int, Field(ge=0, le=3000)] | None = None
    max_length: Annotated[int, Field(ge=1, le=3000)] | None = None
    dispatch_action_config: DispatchConfig | None = None
    focus_on_load: bool = False


class NumberInput(Shape):
    """Type a number."""

    type: Literal["number_input"]
    is_decimal_allowed: bool
    action_id: Id | None = None
    placeholder: Plain150 | None = None
    initial_value: str | None = None
    min_value: str | None = None
    max_value: str | None = None
    dispatch_action_config: DispatchConfig | None = None
    focus_on_load: bool = False


Selects = (
    StaticSelect | MultiStaticSelect | UsersSelect | MultiUsersSelect | ConversationsSelect | ChannelsSelect
)  # fmt: skip
Pickers = DatePicker | TimePicker | DateTimePicker | Checkboxes | RadioButtons
Interactive = Annotated[Button | Overflow | Selects | Pickers, Field(discriminator="type")]
Fillable = Annotated[Selects | Pickers | PlainTextInput | NumberInput, Field(discriminator="type")]
