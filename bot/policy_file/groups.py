"""``[groups]``: the names that rules use for people."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches

from bot.domain.policy import ANYONE, Group, People, SlackGroup
from bot.policy_file.problems import Fault
from bot.policy_file.table import Table

GROUP_KEYS = {"slack": '"S0LBTEAM1"', "on_call": "true", "people": '["U0ANNA", "U0BO"]'}
NAME = re.compile(r"[a-z][a-z0-9_-]*")
PERSON = re.compile(r"[UW][A-Z0-9]{2,}")  # as Slack writes people's ids
SLACK_GROUP = re.compile(r"(?:T[A-Z0-9]{2,}/)?S[A-Z0-9]{2,}")  # and user groups', in an organisation with the workspace
NEAR_MOST = 5  # names offered where one is not known


def read_groups(top: Table) -> dict[str, Group]:
    """Return the groups of the file, by name."""
    return {name: _group(name, table) for name, table in top.named("groups", GROUP_KEYS).items()}


def _group(name: str, table: Table) -> Group:
    if not NAME.fullmatch(name) or name == ANYONE:
        table.wrong((), Fault.BAD_NAME, name=name)
    if len(table.have("slack", "people")) != 1:
        table.wrong((), Fault.GROUP_NEEDS_ONE, name=name)
    people, slack = table.texts("people"), table.text("slack")
    for place, person in enumerate(people):
        if not PERSON.fullmatch(person):
            table.wrong(("people", place), Fault.BAD_PERSON, value=person)
    if slack and not SLACK_GROUP.fullmatch(slack):
        table.wrong(("slack",), Fault.BAD_SLACK_GROUP, value=slack)
    on_call = table.flag("on_call", default=False)
    if on_call and "people" in table:
        table.wrong(("on_call",), Fault.ON_CALL_PEOPLE, name=name)
    return People(ids=frozenset(people)) if "people" in table else SlackGroup(id=slack, on_call=on_call)


def read_who(table: Table, key: str, groups: Collection[str]) -> tuple[str, ...]:
    """Return the people's ids and group names at ``key``, each of which must be one."""
    who = table.texts(key)
    for place, one in enumerate(who):
        if one not in groups and not PERSON.fullmatch(one):
            allowed = get_close_matches(one, groups, n=1) or sorted(groups)[:NEAR_MOST]
            table.wrong((key, place), Fault.UNKNOWN_PERSON, value=one, allowed=tuple(allowed))
    return who


def named_people(who: Collection[str], groups: Mapping[str, Group]) -> frozenset[str] | None:
    """Return everybody whom ``who`` names, None where a group is among it whose members only Slack knows."""
    people: set[str] = set()
    for one in who:
        group = groups.get(one)
        if isinstance(group, SlackGroup) or one == ANYONE:
            return None
        people |= group.ids if group else {one}
    return frozenset(people)
