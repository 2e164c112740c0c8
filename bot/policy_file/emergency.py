"""``[emergency]``: who may break the glass, how often, and who looks at it afterwards."""

from bot.domain.command import REASON_MIN, visible
from bot.domain.policy import ANYONE, Emergency
from bot.domain.policy.emergency import HOUR
from bot.policy_file.conditions import Names
from bot.policy_file.groups import named_people, read_who
from bot.policy_file.problems import Fault
from bot.policy_file.rules import read_reason
from bot.policy_file.table import Table

EMERGENCY_KEYS = {
    "people": '["on-call"]',
    "quota": "2",
    "period_hours": "24",
    "pings": '["on-call"]',
    "reviewers": '["anyone"]',
    "overrides_freezes": "false",
    "reason": '"INC-[0-9]+"',
    "reason_example": '"INC-7 the pool is dry"',
}
QUOTA_MOST = 100
HOURS_MOST = 720  # 30 days


def read_emergency(top: Table, names: Names) -> Emergency | None:
    """Return what the file says of emergencies, None where it says nothing."""
    if "emergency" not in top:
        return None
    table = top.table("emergency", EMERGENCY_KEYS)
    if table.sound or any(table):  # what is no table needs nothing
        table.needs("people")
    named = names.people - {ANYONE}
    people = read_who(table, "people", named)
    reviewers = read_who(table, "reviewers", names.people) or (ANYONE,)
    _must_be_reviewable(table, people, reviewers, names)
    reason, example = read_reason(table)
    if example and visible(example) < REASON_MIN:  # people who copy it would be refused
        table.wrong(("reason_example",), Fault.EXAMPLE_TOO_SHORT, value=example, least=REASON_MIN)
    return Emergency(
        people=people,
        quota=table.whole("quota", 2, least=1, most=QUOTA_MOST),
        period=table.whole("period_hours", 24, least=1, most=HOURS_MOST) * HOUR,
        pings=read_who(table, "pings", named),
        reviewers=reviewers,
        reason=reason,
        reason_example=example,
        overrides_freezes=table.flag("overrides_freezes", default=False),
    )


def _must_be_reviewable(table: Table, people: tuple[str, ...], reviewers: tuple[str, ...], names: Names) -> None:
    """Note it where the only reviewer may break the glass, too: nobody reviews their own."""
    able, alone = named_people(people, names.groups), named_people(reviewers, names.groups)
    if able is not None and alone is not None and len(alone) == 1 and alone <= able:
        table.wrong(("reviewers",), Fault.REVIEWS_OWN, value="".join(alone))
