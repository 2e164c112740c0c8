"""Submitting and closing modals, and what the app's answer does to them (Slack fact sheet, section 5)."""

from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.app import Refused
from bot.sandbox.slack.inputs import NoSuchChoice, Values, chosen, complaints, stateful, values
from bot.sandbox.slack.modals import checked, put_up, replace, take_down
from bot.sandbox.slack.outcome import FINE, Outcome, Unable, failed
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.workspace import User, View

TROUBLE = "We had some trouble connecting. Try again?"
Typed = dict[str, dict[str, str]]


async def submit(platform: Platform, *, user: User, view: View, typed: Typed) -> Outcome:
    """Submit the top modal with what was ``typed`` (block id, action id, text) over what it already holds.

    Raises:
        Unable: the modal isn't on top, can't be submitted, or has no such field or option.
    """
    if platform.workspace.views_of(user.id)[-1] is not view or view.payload["submit"] is None:
        message = "only the top modal can be submitted, and only with a submit button"
        raise Unable(message)
    blocks = view.payload["blocks"]
    state = values(blocks, _merged(blocks, view.payload["state"]["values"], typed))
    view.payload["state"]["values"] = state
    view.errors = complaints(blocks, state)
    platform.workspace.touch()
    if view.errors:
        return Outcome(ok=False, errors=view.errors)
    payload = payloads.submission(platform, user=user, view=view)
    delivery, ack = await platform.deliveries.deliver(payload, envelope="interactive", kind="view_submission")
    if ack.failure:
        return failed(f"{TROUBLE} ({ack.failure})")
    try:
        _answered(platform, view, ack.payload)
    except Refused as refusal:
        delivery.refused = _reason(refusal)
        return failed(TROUBLE)
    return Outcome(ok=False, errors=view.errors) if view.errors else FINE


async def close(platform: Platform, *, user: User, view: View, cleared: bool) -> Outcome:
    """Close ``view`` by its close button, or with ``cleared`` the whole stack by its ✕."""
    stack = platform.workspace.views_of(user.id)
    told = stack[0] if cleared else view
    closed_all = cleared or view.payload["clear_on_close"]
    take_down(platform, view, all_of_them=closed_all)
    if told.payload["notify_on_close"]:
        payload = payloads.closing(platform, user=user, view=told, cleared=cleared)
        await platform.deliveries.deliver(payload, envelope="interactive", kind="view_closed")
    return FINE


def _merged(blocks: list[dict[str, Any]], held: Values, typed: Typed) -> Values:
    fields = {(block["block_id"], element["action_id"]): element for block, element in stateful(blocks)}
    merged: Values = {block: dict(actions) for block, actions in held.items()}
    for block_id, actions in typed.items():
        for action_id, text in actions.items():
            if (block_id, action_id) not in fields:
                message = f"the modal has no field {block_id!r} {action_id!r}"
                raise Unable(message)
            try:
                state = chosen(fields[block_id, action_id], text)
            except NoSuchChoice as problem:
                raise Unable(str(problem)) from problem
            merged.setdefault(block_id, {})[action_id] = state
    return merged


def _answered(platform: Platform, view: View, payload: dict[str, Any]) -> None:
    """Do what the app's answer asks for; an empty one closes the modal.

    Raises:
        Refused: Slack wouldn't do it, and the person sees trouble connecting.
    """
    match payload.get("response_action"):
        case None if not payload:
            take_down(platform, view, all_of_them=False)
        case "clear":
            take_down(platform, view, all_of_them=True)
        case "errors":
            _show_errors(platform, view, payload.get("errors"))
        case "update":
            replace(platform, view, checked(platform, payload.get("view"), replaces=view))
        case "push":
            put_up(platform, view.user, checked(platform, payload.get("view")), on_top=True)
        case _:
            raise Refused(error="invalid_response_action")


def _show_errors(platform: Platform, view: View, errors: object) -> None:
    questions = {block["block_id"] for block in view.payload["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= questions:
        raise Refused(error="errors_not_on_input_blocks")
    view.errors = {block: str(text) for block, text in errors.items()}
    platform.workspace.touch()


def _reason(refusal: Refused) -> str:
    details = refusal.facts.get("response_metadata")
    return f"{refusal.error} {details}" if details else refusal.error
