"""What a person chose or typed, in the form Slack tells it: ``state.values`` (Slack fact sheet, section 5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.blockkit.dressing import elements

State = dict[str, Any]
Values = dict[str, dict[str, State]]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one type of element tells its value: the field in the state, the field that presets it."""

    field: str
    initial: str
    several: bool = False
    options: bool = False


KINDS: Mapping[str, Kind] = {
    "plain_text_input": Kind("value", "initial_value"),
    "number_input": Kind("value", "initial_value"),
    "static_select": Kind("selected_option", "initial_option", options=True),
    "radio_buttons": Kind("selected_option", "initial_option", options=True),
    "multi_static_select": Kind("selected_options", "initial_options", several=True, options=True),
    "checkboxes": Kind("selected_options", "initial_options", several=True, options=True),
    "users_select": Kind("selected_user", "initial_user"),
    "multi_users_select": Kind("selected_users", "initial_users", several=True),
    "conversations_select": Kind("selected_conversation", "initial_conversation"),
    "channels_select": Kind("selected_channel", "initial_channel"),
    "datepicker": Kind("selected_date", "initial_date"),
    "timepicker": Kind("selected_time", "initial_time"),
    "datetimepicker": Kind("selected_date_time", "initial_date_time"),
}


class NoSuchChoice(ValueError):
    """A value nobody could choose or type there; the message says which."""


def initial(element: Mapping[str, Any]) -> State:
    """Return the state of an element nobody has touched."""
    kind = KINDS[element["type"]]
    return {"type": element["type"], kind.field: element.get(kind.initial, [] if kind.several else None)}


def chosen(element: Mapping[str, Any], text: str) -> State:
    """Return the state after a person typed ``text``, or chose the options with those values (comma between).

    Raises:
        NoSuchChoice: it isn't among the options, or isn't a number where one is asked for.
    """
    kind = KINDS[element["type"]]
    if not text:
        return {"type": element["type"], kind.field: [] if kind.several else None}
    value: Any = [one.strip() for one in text.split(",")] if kind.several else text
    if kind.options:
        value = [option(element, one) for one in value] if kind.several else option(element, value)
    if element["type"] == "datetimepicker":
        if not text.isdecimal():
            message = f"{text!r} is not a moment in seconds"
            raise NoSuchChoice(message)
        value = int(text)
    return {"type": element["type"], kind.field: value}


def option(element: Mapping[str, Any], value: str) -> dict[str, Any]:
    """Return the option with that value.

    Raises:
        NoSuchChoice: there is none.
    """
    offered = [
        *element.get("options", ()),
        *(o for group in element.get("option_groups", ()) for o in group["options"]),
    ]
    for candidate in offered:
        if candidate["value"] == value:
            return dict(candidate)
    message = f"no option has the value {value!r}"
    raise NoSuchChoice(message)


def stateful(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each block and element that holds a value."""
    for block in blocks:
        for element in elements(block):
            if element["type"] in KINDS:
                yield block, element


def values(blocks: list[dict[str, Any]], known: Values) -> Values:
    """Return ``state.values``: what is ``known`` already, and the presets of the rest."""
    state: Values = {}
    for block, element in stateful(blocks):
        kept = known.get(block["block_id"], {}).get(element["action_id"])
        state.setdefault(block["block_id"], {})[element["action_id"]] = kept or initial(element)
    return state


def complaints(blocks: list[dict[str, Any]], state: Values) -> dict[str, str]:
    """Return what the client itself holds against a form before it sends it, by block id."""
    found: dict[str, str] = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            complaint = _complaint(
                element, state[block["block_id"]][element["action_id"]], optional=block.get("optional", False)
            )
            if complaint:
                found[block["block_id"]] = complaint
    return found


def _complaint(element: Mapping[str, Any], state: State, *, optional: bool) -> str:
    value = state[KINDS[element["type"]].field]
    if value in (None, "", []):
        return "" if optional else "Please complete this required field."
    if element["type"] == "number_input":
        return "" if _is_number(value, decimal=element["is_decimal_allowed"]) else "Please enter a number."
    if element["type"] == "plain_text_input":
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if not least <= len(value) <= most:
            return f"Please enter {least} to {most} characters."
    return ""


def _is_number(value: str, *, decimal: bool) -> bool:
    try:
        number = float(value)
    except ValueError:
        return False
    return decimal or number.is_integer()
