"""The rules read plainly and slowly, apart from the product: what the tests hold it to."""

from collections.abc import Mapping
from datetime import datetime
from itertools import permutations
from zoneinfo import ZoneInfo

from bot.domain.policy import Asks, Policy, Request, Rule, Spans, Stage, Weekly, When, Window

Approvals = Mapping[str, frozenset[str]]


def like(text: str, glob: str) -> bool:
    """Say whether ``text`` is like ``glob``, where ``*`` is any run of characters and ``?`` is one."""
    if not glob:
        return not text
    if glob[0] == "*":
        return any(like(text[cut:], glob[1:]) for cut in range(len(text) + 1))
    return bool(text) and glob[0] in {"?", text[0]} and like(text[1:], glob[1:])


def open_at(window: Window, at: float) -> bool:
    if isinstance(window, Spans):
        return any(start <= at < end for start, end in window.spans)
    return _shown(window, at)


def _shown(window: Weekly, at: float) -> bool:
    """Say so by listing every (day, minute) of the week that belongs to the window."""
    belongs = set()
    length = (window.end - window.start) % 1440 or 1440
    for day in window.days:
        for minute in range(window.start, window.start + length):
            belongs.add(((day + minute // 1440) % 7, minute % 1440))
    clock = datetime.fromtimestamp(at, ZoneInfo(window.zone))
    return (clock.weekday(), clock.hour * 60 + clock.minute) in belongs


def about(when: When, request: Request, windows: Mapping[str, Window]) -> bool:
    for globs, value in (
        (when.operation, request.operation),
        (when.load_balancer, request.load_balancer),
        (when.listener, request.listener),
        (when.region, request.region),
    ):
        if globs and not [glob for glob in globs if like(value, glob)]:
            return False
    asker = request.asker
    if when.channel and not any(in_channel(one, asker.channel, asker.channel_name) for one in when.channel):
        return False
    if when.requester and not any(is_person(one, asker.id, asker.groups) for one in when.requester):
        return False
    if when.window and not any(open_at(windows[name], request.at) for name in when.window):
        return False
    return not [fact for fact in when.facts if fact not in request.facts] and not request.targets < when.targets


def in_channel(one: str, channel: str, name: str | None) -> bool:
    return like(f"#{name}", one) if one[0] == "#" and name is not None else one == channel


def is_person(one: str, person: str, groups: frozenset[str]) -> bool:
    return one in {"anyone", person} or one in groups


def applies(policy: Policy, request: Request) -> Rule:
    for rule in policy.rules:
        if about(rule.when, request, policy.windows):
            return rule
    raise AssertionError(policy)


def fills(stages: tuple[Stage, ...], approved: Approvals) -> bool:
    """Say whether different people out of ``approved`` can be put on every place, by trying every order of them."""
    places = [stage for stage in stages for _ in range(stage.count)]
    return any(
        all(
            any(is_person(one, person, approved[person]) for one in stage.approvers)
            for person, stage in zip(order, places, strict=True)
        )
        for order in permutations(approved, len(places))
    )


def asked(rule: Rule, *, frozen: bool) -> tuple[Stage, ...] | None:
    """Return whose approvals ``rule`` wants, None where it lets nothing pass: it denies, or not while ``frozen``."""
    if not isinstance(rule.then, Asks):
        return None
    if not frozen:
        return rule.then.stages
    return (*rule.then.stages, Stage(approvers=rule.freeze_approvers)) if rule.freeze_approvers else None


def most(stages: tuple[Stage, ...], approved: Approvals) -> int:
    """Return how many places can be filled at most: by trying every order, an empty seat being one more person."""
    places = [stage for stage in stages for _ in range(stage.count)]
    seats = [*approved, *(["nobody"] * len(places))]
    return max(
        sum(
            person != "nobody" and any(is_person(one, person, approved[person]) for one in stage.approvers)
            for person, stage in zip(order, places, strict=True)
        )
        for order in permutations(seats, len(places))
    )
