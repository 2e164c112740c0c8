"""The record of a whole history read plainly and slowly, apart from the product: what of its calls was allowed."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.domain.policy import Asks, Request, Rule
from tests.rooms.engine.granted_plainly import used_for, wrong_grants
from tests.rooms.engine.recorded import request_of, standing
from tests.rooms.engine.started_plainly import wrong_start
from tests.rooms.engine.watched import Event, Moment, Watched
from tests.unit.policy.plain import applies, asked, fills, in_channel, is_person

ASKED_ANEW = frozenset({"change.opened", "change.renew", "change.ask_again"})
OVER = frozenset(f"change.{how}" for how in ("cancel", "ask_again", "succeed", "fail", "lose_track"))


def wrongs(events: Sequence[Event], watched: Watched) -> Iterator[str]:
    """Yield every modify call and every grant in ``events`` that the policy of its moment didn't allow, and why."""
    yield from wrong_grants(events, watched)
    for call in events:
        if call["kind"] == "call.about_to":
            story = [one for one in events if one["change"] == call["change"] and one["id"] <= call["id"]]
            why = wrong(call, story, events, watched)
            if why:
                yield f"CR-{call['change']} at event {call['id']}: {why}"


def wrong(call: Event, story: Sequence[Event], events: Sequence[Event], watched: Watched) -> str:
    """Return why ``call`` was not allowed, ``""`` where it was; ``story`` is of its change, up to it."""
    now, wish, opened = watched.at(call), watched.wishes[call["change"]], story[0]
    begins = max(place for place, one in enumerate(story) if one["kind"] in ASKED_ANEW)
    card = story[begins:]
    request = request_of(opened, now, wish.channel, call["at"])
    rule = applies(now.policy, request)
    if not isinstance(rule.then, Asks):
        return f"the rule {rule.name} denies it"
    decided = [one for one in card if one["kind"] in {"change.approve", "change.break_glass"}]
    if len(decided) != 1:
        return f"decided {len(decided)} times"
    relied, host = decided[0]["facts"]["basis"]["relies_on"], opened["facts"]["operation"]["host"]
    if (relied["probe_port"], relied["custom_health_check"]) != (now.probes[host], not now.unprobed):
        return f"approved for {relied}"
    frozen = standing(call, events)
    if decided[0]["kind"] == "change.break_glass":
        return _wrong_glass(decided[0], opened, events, watched, now, frozen=bool(frozen))
    if [one for one in frozen if one["id"] > card[0]["id"]]:
        return f"people were asked before it was frozen: {frozen}"
    said = {who for change, version, who in watched.presses if (change, version) == _card(decided[0])}
    approved = {one: now.groups(one) for one in (said | used_for(card, watched)) & now.full}
    wrong_time = wrong_start(call, card, wish, now.policy)
    return wrong_time or _wrong_approval(decided[0], approved, rule, request, opened, frozen=bool(frozen))


def _card(decided: Event) -> tuple[int, int]:
    return decided["change"], decided["facts"]["version"]


def _wrong_glass(
    broken: Event, opened: Event, events: Sequence[Event], watched: Watched, now: Moment, *, frozen: bool
) -> str:
    glass, then = now.policy.emergency, watched.at(broken).policy.emergency
    if glass is None or then is None:
        return "there are no emergencies"
    if frozen and not glass.overrides_freezes:
        return "emergencies stop at a freeze"
    who = broken["actor"]
    if who != opened["actor"] or who not in now.full:
        return f"{who} is not whose emergency it was, or no full member"
    if not any(is_person(one, who, now.groups(who)) for one in glass.people):
        return f"{who} may not break the glass"
    if not re.search(glass.reason, opened["facts"]["reason"]):
        return "an emergency wants another reason"
    broke = [one for one in events if one["kind"] == "change.break_glass" and one["id"] <= broken["id"]]
    used = [one for one in broke if one is broken or not _gave_its_use_back(one, events, broken)]
    recent = [one for one in used if one["actor"] == who and one["at"] > broken["at"] - then.period]
    return "" if len(recent) <= then.quota else f"it was emergency {len(recent)} of {then.quota} by {who}"


def _gave_its_use_back(one: Event, events: Sequence[Event], broken: Event) -> bool:
    """Say whether the emergency ``one`` was over, without a call that stood, when ``broken`` was begun."""
    mine = [event for event in events if event["change"] == one["change"] and one["id"] < event["id"] < broken["id"]]
    calls = 0
    for event in mine:
        calls += {"call.about_to": 1, "call.held": -1}.get(event["kind"], 0)
        if event["kind"] in OVER:
            return calls == 0
    return False


def _wrong_approval(
    decided: Event, approved: Mapping[str, frozenset[str]], rule: Rule, request: Request, opened: Event, *, frozen: bool
) -> str:
    asks, stages, asker = rule.then, asked(rule, frozen=frozen), request.asker
    assert isinstance(asks, Asks)
    if stages is None:
        return f"the rule {rule.name} names no freeze approvers"
    if decided["facts"]["basis"]["rule"]["version"] != rule.version:
        return f"approved under {decided['facts']['basis']['rule']['name']}, and {rule.name} applies"
    if asks.channels and not any(in_channel(one, asker.channel, asker.channel_name) for one in asks.channels):
        return "asked for in another channel"
    if not re.search(asks.reason, opened["facts"]["reason"]):
        return "the rule wants another reason"
    counted = {one: held for one, held in approved.items() if asks.requester_counts or one != asker.id}
    return "" if fills(stages, counted) else f"{sorted(counted)} don't fill {stages}"
