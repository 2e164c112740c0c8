"""``[grants]``: who may approve in advance, where, for how long and for how many changes."""

from bot.domain.policy import Grants
from bot.policy_file.conditions import Names, read_channels
from bot.policy_file.groups import read_who
from bot.policy_file.table import Table

GRANTS_KEYS = {"by": '["leads"]', "channels": '["#inc-*", "C0OPS"]', "minutes_most": "60", "uses_most": "5"}
MINUTES_MOST = 1440  # a day
USES_MOST = 50


def read_grants(top: Table, names: Names) -> Grants | None:
    """Return what the file says of grants, None where it says nothing."""
    if "grants" not in top:
        return None
    table = top.table("grants", GRANTS_KEYS)
    if table.sound or any(table):  # what is no table needs nothing
        table.needs("by")
        table.needs("channels")
    return Grants(
        by=read_who(table, "by", names.people),
        channels=read_channels(table, "channels"),
        lasts_most=table.whole("minutes_most", 60, least=1, most=MINUTES_MOST) * 60.0,
        uses_most=table.whole("uses_most", 5, least=1, most=USES_MOST),
    )
