"""The record of a whole history read plainly and slowly, apart from the product: what of its calls was allowed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.policy import Asker, Asks, LiveFact, People, Policy, Request, Rule
from tests.unit.policy.plain import applies, asked, fills, in_channel, is_person

Event = Mapping[str, Any]
ASKED_ANEW = frozenset({"change.opened", "change.renew", "change.ask_again"})
CLICKS = frozenset({"approval.counted", "change.approve"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What was so of the world from behind the event ``after`` on.

    ``full`` are the full members, ``team`` who is in the chat's one group, ``probes`` the probe ports by host;
    ``unprobed`` says that the listener's custom health check was off.
    """

    after: int
    policy: Policy
    full: frozenset[str]
    team: frozenset[str]
    probes: Mapping[str, int | None]
    unprobed: bool

    def groups(self, person: str) -> frozenset[str]:
        held = {"anyone"}
        for name, group in self.policy.groups.items():
            if person in (group.ids if isinstance(group, People) else self.team):
                held.add(name)
        return frozenset(held)


def wrongs(events: Sequence[Event], moments: Sequence[Moment]) -> Iterator[str]:
    """Yield every modify call in ``events`` that the policy of its moment didn't allow, and why."""
    for call in events:
        if call["kind"] == "call.about_to":
            story = [one for one in events if one["change"] == call["change"] and one["id"] <= call["id"]]
            why = wrong(call, story, events, moments)
            if why:
                yield f"CR-{call['change']} at event {call['id']}: {why}"


def wrong(call: Event, story: Sequence[Event], events: Sequence[Event], moments: Sequence[Moment]) -> str:
    """Return why ``call`` was not allowed, ``""`` where it was; ``story`` is of its change, up to it."""
    now = at(moments, call["id"])
    opened = story[0]
    begins = max(place for place, one in enumerate(story) if one["kind"] in ASKED_ANEW)
    card = story[begins:]
    request = _request(opened, now, call["at"])
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
        return _wrong_glass(decided[0], opened, events, moments, now, frozen=bool(frozen))
    if [one for one in frozen if one["id"] > card[0]["id"]]:
        return f"people were asked before it was frozen: {frozen}"
    return _wrong_approval(decided[0], card, rule, request, opened, now, frozen=bool(frozen))


def standing(call: Event, events: Sequence[Event]) -> list[Event]:
    """Return what people had frozen and nobody had lifted when ``call`` was about to be made."""
    before = [one for one in events if one["id"] < call["id"]]
    lifted = {one["facts"]["id"] for one in before if one["kind"] == "freeze.lifted"}
    been = [one for one in before if one["kind"] == "freeze.set" and one["facts"]["until"] > call["at"]]
    return [one for one in been if one["facts"]["id"] not in lifted]


def at(moments: Sequence[Moment], event: int) -> Moment:
    """Return what was so when ``event`` was recorded."""
    return [one for one in moments if one.after < event][-1]


def _request(opened: Event, now: Moment, moment: float) -> Request:
    operation = opened["facts"]["operation"]
    return Request(
        operation="probe-port",
        load_balancer=operation["load_balancer"],
        listener=operation["listener"],
        region="ap-beijing",
        asker=Asker(
            id=opened["actor"],
            groups=now.groups(opened["actor"]),
            channel="C0INCIDENT",
            channel_name="incident-42",
        ),
        at=moment,
        facts=frozenset({LiveFact.HEALTH_CHECK_OFF} if now.unprobed else ()),
    )


def _wrong_glass(
    broken: Event, opened: Event, events: Sequence[Event], moments: Sequence[Moment], now: Moment, *, frozen: bool
) -> str:
    glass, then = now.policy.emergency, at(moments, broken["id"]).policy.emergency
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
    used = [one for one in events if one["kind"] == "change.break_glass" and one["id"] <= broken["id"]]
    recent = [one for one in used if one["actor"] == who and one["at"] > broken["at"] - then.period]
    return "" if len(recent) <= then.quota else f"it was emergency {len(recent)} of {then.quota} by {who}"


def _wrong_approval(
    decided: Event, card: Sequence[Event], rule: Rule, request: Request, opened: Event, now: Moment, *, frozen: bool
) -> str:
    asks, stages = rule.then, asked(rule, frozen=frozen)
    assert isinstance(asks, Asks)
    if stages is None:
        return f"the rule {rule.name} names no freeze approvers"
    if decided["facts"]["basis"]["rule"]["version"] != rule.version:
        return f"approved under {decided['facts']['basis']['rule']['name']}, and {rule.name} applies"
    if asks.channels and not any(in_channel(one, request) for one in asks.channels):
        return "asked for in another channel"
    if not re.search(asks.reason, opened["facts"]["reason"]):
        return "the rule wants another reason"
    clicked = {one["actor"] for one in card if one["kind"] in CLICKS}
    counted = {one: now.groups(one) for one in clicked & now.full if asks.requester_counts or one != opened["actor"]}
    return "" if fills(stages, counted) else f"{sorted(counted)} don't fill {stages}"
