"""Why it can't be told who is in a group of people."""

from bot.domain.errors import NotTold, Refusal


class GroupsNotTold(NotTold):
    """The chat didn't say who is in a group, so nothing was decided. Facts: ``why``."""

    code = "groups_not_told"


class GroupsForbidden(NotTold):
    """The chat doesn't let us see who is in a group. Facts: ``scope``, the right that is missing."""

    code = "groups_forbidden"


class GroupsNotOffered(NotTold):
    """The chat has no groups here. Facts: none."""

    code = "groups_not_offered"


class GroupNeedsWorkspace(Refusal):
    """In an organisation of several workspaces, a group is named with its own. Facts: ``group``."""

    code = "group_needs_workspace"


class NoSuchGroup(Refusal):
    """There is no such group. Facts: ``group``."""

    code = "no_such_group"


class GroupDisabled(Refusal):
    """The group was switched off: nobody is in it. Facts: ``group``."""

    code = "group_disabled"
