"""``[freeze]``: who may freeze and lift, and the calendars that freeze by themselves."""

from bot.domain.policy import ANYONE, Calendar, FreezeRules
from bot.policy_file.conditions import Names, read_globs, read_named_windows
from bot.policy_file.groups import NAME, read_who
from bot.policy_file.problems import Fault
from bot.policy_file.table import Table

FREEZE_KEYS = {
    "may_freeze": '["lb-team"]',
    "may_lift": '["leads"]',
    "calendar": '[{ name = "year-end", window = ["year-end"], reason = "The books are closed." }]',
}
CALENDAR_KEYS = {
    "name": '"year-end"',
    "load_balancer": '["lb-pay*"]',
    "window": '["year-end"]',
    "reason": '"The books are closed."',
}


def read_freezes(top: Table, names: Names) -> FreezeRules:
    """Return what the file says of freezes."""
    table = top.table("freeze", FREEZE_KEYS)
    calendars = tuple(_calendar(one, names) for one in table.tables("calendar", CALENDAR_KEYS))
    taken = [one.name for one in calendars]
    for at, name in enumerate(taken):
        if name and name in taken[:at]:
            table.wrong(("calendar", at, "name"), Fault.CALENDAR_TAKEN, name=name)
    return FreezeRules(
        may_freeze=read_who(table, "may_freeze", names.people) or (ANYONE,),
        may_lift=read_who(table, "may_lift", names.people) or (ANYONE,),
        calendars=calendars,
    )


def _calendar(table: Table, names: Names) -> Calendar:
    for key in ("name", "window", "reason"):
        table.needs(key)
    name = table.text("name")
    if name and not NAME.fullmatch(name):
        table.wrong(("name",), Fault.BAD_NAME, name=name)
    return Calendar(
        name=name,
        window=read_named_windows(table, names.windows),
        reason=table.text("reason"),
        load_balancer=read_globs(table, "load_balancer"),
    )
