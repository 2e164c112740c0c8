"""What a person presses or chooses, in a message or in a modal (Slack fact sheet, section 5)."""

from collections.abc import Iterable
from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.blockkit.dressing import elements
from bot.sandbox.slack.deliveries import Ack, Delivery
from bot.sandbox.slack.inputs import KINDS, NoSuchChoice, Values, chosen, initial, option
from bot.sandbox.slack.outcome import FINE, Outcome, Unable, failed
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.workspace import Message, User, View

Block = dict[str, Any]


class Presses:
    """Presses things; remembers what each person has chosen in each message."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._chosen: dict[tuple[str, str], Values] = {}

    async def in_message(
        self, *, user: User, message: Message, action_id: str, block_id: str | None, value: str | None
    ) -> Outcome:
        """Press what has that ``action_id`` in ``message``.

        With ``block_id`` it may also be something an earlier edition of the message had. ``value`` is the option
        chosen; at a button it takes the place of the button's own: a forged click.

        Raises:
            Unable: there is no such thing to press, or no such option.
        """
        editions = [message.blocks, *(reversed(message.earlier) if block_id else ())]
        block, element = _find(editions, action_id, block_id)
        pressed = _pressed(element, value)
        known = self._chosen.setdefault((user.id, message.ts), {})
        if element["type"] in KINDS:
            known.setdefault(block["block_id"], {})[action_id] = pressed
        action = payloads.action_of(self._platform, block["block_id"], element, pressed)
        payload = payloads.press_in_message(self._platform, user=user, message=message, action=action, known=known)
        hook = self._platform.hooks.issue("actions", user=user.id, channel=message.channel, source=message.ts)
        payload["response_url"] = self._platform.origin + hook.path
        return _seen(*await self._platform.deliveries.deliver(payload, envelope="interactive", kind="block_actions"))

    async def in_view(
        self, *, user: User, view: View, action_id: str, block_id: str | None, value: str | None
    ) -> Outcome:
        """Press what has that ``action_id`` in a modal; the value of a select stays chosen there.

        Raises:
            Unable: there is no such thing to press, or no such option.
        """
        block, element = _find([view.payload["blocks"]], action_id, block_id)
        pressed = _pressed(element, value)
        if element["type"] in KINDS:
            view.payload["state"]["values"].setdefault(block["block_id"], {})[action_id] = pressed
            self._platform.workspace.touch()
        if block["type"] == "input" and not block.get("dispatch_action", False):
            return FINE
        action = payloads.action_of(self._platform, block["block_id"], element, pressed)
        payload = payloads.press_in_view(self._platform, user=user, view=view, action=action)
        return _seen(*await self._platform.deliveries.deliver(payload, envelope="interactive", kind="block_actions"))


def _find(editions: Iterable[list[Block]], action_id: str, block_id: str | None) -> tuple[Block, Block]:
    for blocks in editions:
        for block in blocks:
            for element in elements(block):
                if element["action_id"] == action_id and block_id in {None, block["block_id"]}:
                    return block, element
    message = f"there is nothing with action_id {action_id!r} to press"
    raise Unable(message)


def _pressed(element: Block, value: str | None) -> dict[str, Any]:
    """Return what the action says of the value."""
    try:
        if element["type"] == "overflow":
            return {"selected_option": option(element, value or "")}
        if element["type"] in KINDS:
            return initial(element) if value is None else chosen(element, value)
    except NoSuchChoice as problem:
        raise Unable(str(problem)) from problem
    own = {"value": element["value"]} if "value" in element else {}
    return own if value is None else {"value": value}


def _seen(delivery: Delivery, ack: Ack) -> Outcome:
    if ack.failure:
        return failed(f"the button shows an error mark: {ack.failure}")
    if ack.payload:
        delivery.refused = "an answer to block_actions is ignored"
    return FINE
