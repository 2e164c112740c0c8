"""Approving, and where a rule asks for it the form in which the approver types the listener's id first."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.domain.asks import Confirm
from bot.domain.change import Change
from bot.domain.command import is_blank, tidy
from bot.domain.errors import Refusal
from bot.engine.changes import Changes
from bot.engine.deciding import Decisions
from bot.slack.cards import APPROVE
from bot.slack.clicks import Clicks
from bot.slack.forms import Forms, View
from bot.slack.modals import LISTENER, approve_modal
from bot.slack.reception import Reception
from bot.slack.wording import Mrkdwn
from bot.store.intake import Taken

CONFIRMATION = "confirmation"


class NotConfirmed(Refusal):
    """What was typed isn't the id of the change's listener. Facts: ``change``, ``listener``."""

    code = "not_confirmed"


class Confirmation:
    """Approves, at once or once the listener's id was typed, as the change's rule says."""

    def __init__(
        self,
        changes: Changes,
        decisions: Decisions,
        reception: Reception,
        clicks: Clicks,
        forms: Forms,
    ) -> None:
        self._changes = changes
        self._decisions = decisions
        self._reception = reception
        self._clicks = clicks
        self._forms = forms
        reception.on(APPROVE, self._approve)
        reception.on(CONFIRMATION, self._approve_as_typed)

    async def form(self, taken: Taken) -> View | None:
        """Return the form for a press on Approve, or None where the press itself approves.

        Raises:
            Refusal: the approval wouldn't pass.
        """
        if not _needs_typing(await self._changes.read(self._clicks.number(taken))):
            return None
        change = await self._decisions.may_approve(await self._clicks.read(taken))
        words = self._reception.words(str(taken.body["user"]))
        return approve_modal(change, words, channel=str(taken.body["channel"]))

    async def on_submit(self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Store what was typed, close the form, and begin the approval; the wrong id is told in the form."""
        user = body["user"]
        channel, value, listener = str(view["private_metadata"]).split(" ")
        typed = tidy(str(view["state"]["values"][LISTENER][LISTENER]["value"] or ""))
        if not _is_same(typed, listener):
            key = "modal/approve/empty" if is_blank(typed) else "modal/approve/wrong"
            words = self._reception.words(str(user["id"]))
            await ack(
                response_action="errors", errors={LISTENER: words.say(key, typed=Mrkdwn(typed), listener=listener)}
            )
            return
        sent = {"user": user["id"], "team": user.get("team_id"), "channel": channel, "value": value, "typed": typed}
        await self._forms.submitted(ack, CONFIRMATION, view, sent, field=LISTENER)

    async def _approve(self, taken: Taken) -> None:
        click = await self._clicks.read(taken)
        if _needs_typing(await self._changes.read(click.change)):
            await self._decisions.may_approve(click)
            await self._reception.answer(taken, self._forms.not_opened(taken))  # a restart came between
            return
        await self._decisions.approve(click)

    async def _approve_as_typed(self, taken: Taken) -> None:
        click = await self._clicks.read(taken)
        change = await self._changes.read(click.change)
        if not _is_same(str(taken.body["typed"]), change.operation.listener):
            raise NotConfirmed(change=change.name, listener=change.operation.listener)
        await self._decisions.approve(click)


def _is_same(typed: str, listener: str) -> bool:
    """Compare as people type: a phone's keyboard makes the first letter a capital one."""
    return typed.casefold() == listener.casefold()


def _needs_typing(change: Change) -> bool:
    return change.ruled.asks.confirm is Confirm.TYPED
