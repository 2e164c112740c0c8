"""A policy as text, in more than one way of writing TOML: the way back from reading."""

import json
from collections.abc import Iterator, Mapping

from bot.domain.policy import (
    Asks,
    Deny,
    Emergency,
    Grants,
    Group,
    Policy,
    Rule,
    SlackGroup,
    Spans,
    Stage,
    Weekly,
    When,
    Window,
)
from bot.policy_file.windows import DAYS


def written(policy: Policy, *, staged: bool) -> str:
    """Return ``policy`` as a file; ``staged`` writes one stage as stages, too. Its windows are weekly ones."""
    minutes, needs = round(policy.expires_after / 60), policy.needs_health_check
    lines = ["[defaults]", *_pairs({"expires_minutes": minutes, "needs_health_check": needs})]
    lines += ["[groups]", *(f"{name} = {_group(group)}" for name, group in policy.groups.items())]
    lines += ["[windows]", *(f"{name} = {_window(window)}" for name, window in policy.windows.items())]
    if policy.grants is not None:
        lines += ["[grants]", *_pairs(_grants(policy.grants))]
    if policy.emergency is not None:
        lines += ["[emergency]", *_pairs(dict(_emergency(policy.emergency)))]
    for rule in policy.rules:
        lines += ["[[rule]]", *_pairs(dict(_rule(rule, staged=staged)))]
    lines += ["[freeze]", *_pairs({"may_freeze": policy.freezes.may_freeze, "may_lift": policy.freezes.may_lift})]
    for calendar in policy.freezes.calendars:
        about = {"load_balancer": calendar.load_balancer} if calendar.load_balancer else {}
        said = {"name": calendar.name, "window": calendar.window, "reason": calendar.reason, **about}
        lines += ["[[freeze.calendar]]", *_pairs(said)]
    return "\n".join(lines)


def _rule(rule: Rule, *, staged: bool) -> Iterator[tuple[str, object]]:
    yield "name", rule.name
    yield from _when(rule.when)
    match rule.then:
        case Deny(text=text):
            yield "deny", text
        case Asks() as asks:
            yield from _asks(asks, staged=staged)
    if rule.freeze_approvers:
        yield "freeze_approvers", rule.freeze_approvers


def _when(when: When) -> Iterator[tuple[str, object]]:
    for key in ("operation", "load_balancer", "listener", "region", "channel", "requester", "window"):
        if getattr(when, key):
            yield key, getattr(when, key)
    if facts := [*when.facts, *([f"targets >= {when.targets}"] if when.targets else [])]:
        yield "facts", facts


def _asks(asks: Asks, *, staged: bool) -> Iterator[tuple[str, object]]:
    if staged or len(asks.stages) > 1:
        yield "stages", [_stage(stage) for stage in asks.stages]
    else:
        yield "approvers", asks.stages[0].approvers
        yield "approvals", asks.stages[0].count
    yield "requester_counts", asks.requester_counts
    yield "confirm", asks.confirm
    yield "expires_minutes", round(asks.expires_after / 60)
    for key in ("reason", "reason_example", "pings", "channels"):
        if getattr(asks, key):
            yield key, getattr(asks, key)


def _grants(grants: Grants) -> Mapping[str, object]:
    minutes = round(grants.lasts_most / 60)
    return {"by": grants.by, "channels": grants.channels, "minutes_most": minutes, "uses_most": grants.uses_most}


def _emergency(emergency: Emergency) -> Iterator[tuple[str, object]]:
    yield "people", emergency.people
    yield "quota", emergency.quota
    yield "period_hours", round(emergency.period / 3600)
    for key in ("pings", "reviewers", "reason", "reason_example", "overrides_freezes"):
        if getattr(emergency, key):
            yield key, getattr(emergency, key)


def _stage(stage: Stage) -> Mapping[str, object]:
    return {"approvers": stage.approvers, "count": stage.count}


def _group(group: Group) -> str:
    if isinstance(group, SlackGroup):
        return _toml({"slack": group.id, "on_call": group.on_call})
    return _toml({"people": sorted(group.ids)})


def _window(window: Window) -> str:
    assert isinstance(window, Weekly), Spans
    start, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (window.start, window.end))
    days = ", ".join(DAYS[day] for day in sorted(window.days))
    return _toml({"days": days, "from": start, "to": end, "zone": window.zone})


def _pairs(values: Mapping[str, object]) -> list[str]:
    return [f"{key} = {_toml(value)}" for key, value in values.items()]


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_pairs(value))} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)
