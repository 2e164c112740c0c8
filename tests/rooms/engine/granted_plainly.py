"""What was approved in advance, read plainly and slowly off the record: which grants were given and used rightly."""

from collections.abc import Iterator, Sequence

from bot.domain.policy import Asks, Confirm, Request
from tests.rooms.engine.recorded import request_of, standing
from tests.rooms.engine.started_plainly import begins
from tests.rooms.engine.watched import CHANNELS, Event, Gift, Moment, Watched
from tests.unit.policy.plain import applies, in_channel, is_person


def wrong_grants(events: Sequence[Event], watched: Watched) -> Iterator[str]:
    """Yield every grant in ``events`` that was given or used though the policy of its moment didn't allow it."""
    for one in events:
        if one["kind"] == "grant.given":
            why = _wrong_gift(one, watched)
        elif one["kind"] == "grant.used":
            why = _wrong_use(one, [before for before in events if before["id"] < one["id"]], watched)
        else:
            continue
        if why:
            yield f"{one['facts']['grant']}, {one['kind']} at event {one['id']}: {why}"


def _wrong_gift(given: Event, watched: Watched) -> str:
    gift, grants = watched.gifts[given["facts"]["grant"]], watched.at(given).policy.grants
    if grants is None:
        return "there are no grants"
    if gift.lasts > grants.lasts_most or gift.uses > grants.uses_most:
        return f"too wide: {gift}"
    return _wrong_giver(given, gift, watched)


def _wrong_giver(event: Event, gift: Gift, watched: Watched) -> str:
    """Return why who gave ``gift`` might not give it at the time of ``event``."""
    now = watched.at(event)
    grants = now.policy.grants
    if grants is None:
        return "there are no grants"
    if gift.by not in now.full or not any(is_person(one, gift.by, now.groups(gift.by)) for one in grants.by):
        return f"{gift.by} may give none"
    if not any(in_channel(one, gift.channel, CHANNELS[gift.channel]) for one in grants.channels):
        return f"none is given in {gift.channel}"
    return ""


def _wrong_use(use: Event, before: Sequence[Event], watched: Watched) -> str:
    gift, wish, now = watched.gifts[use["facts"]["grant"]], watched.wishes[use["change"]], watched.at(use)
    [opened, *since] = [one for one in before if one["change"] == use["change"]]
    if gift.by in used_for(since, watched):
        return f"{gift.by} stands for two approvals"
    if wish.channel != gift.channel:
        return f"given in {gift.channel}, used in {wish.channel}"
    start = begins(wish, now.policy, use["at"])
    if start >= gift.ends:
        return "the change starts after its end"
    if standing(use, before, at=start):
        return "a frozen load balancer takes none"
    reasons = _over(use, before, gift), _wrong_giver(use, gift, watched), _wrong_change(opened, gift, now, start)
    return "; ".join(filter(None, reasons))


def _over(use: Event, before: Sequence[Event], gift: Gift) -> str:
    """Return why nothing was left of ``gift`` before it was used once more."""
    of_it = [one["kind"] for one in before if one["facts"].get("grant") == use["facts"]["grant"]]
    if use["at"] >= gift.ends or "grant.revoked" in of_it:
        return "it is over"
    return "it was used up" if of_it.count("grant.used") >= gift.uses else ""


def _wrong_change(opened: Event, gift: Gift, now: Moment, start: float) -> str:
    """Return why ``gift`` is not for the change that was ``opened``, which begins at ``start``."""
    request = request_of(opened, now, gift.channel, start)
    if not _is_meant(request, opened, gift):
        return f"it is for {gift.targets}"
    asks = applies(now.policy, request).then
    if not isinstance(asks, Asks):
        return "what a rule denies"
    if asks.confirm is Confirm.TYPED and not gift.targets.listener:
        return "a listener is to be typed that it doesn't name"
    if gift.by == opened["actor"] and not asks.requester_counts:
        return f"{gift.by} asked for it"
    asked = [one for stage in asks.stages for one in stage.approvers]
    return "" if any(is_person(one, gift.by, now.groups(gift.by)) for one in asked) else f"{gift.by} is not asked"


def _is_meant(request: Request, opened: Event, gift: Gift) -> bool:
    operation, targets = opened["facts"]["operation"], gift.targets
    if (request.operation, request.load_balancer) != (targets.verb, targets.load_balancer):
        return False
    if targets.listener and request.listener != targets.listener:
        return False
    return not targets.backends or f"{operation['host']}:{operation['port']}" in targets.backends


def used_for(card: Sequence[Event], watched: Watched) -> set[str]:
    """Return whose grants were used on ``card``: what was asked anew is not covered by any."""
    return {watched.gifts[one["facts"]["grant"]].by for one in card if one["kind"] == "grant.used"}
