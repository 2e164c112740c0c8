"""The people and channels every sandbox starts with."""

import time
from collections.abc import Callable

from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.workspace import Channel, Organisation, Team, User, UserGroup, Workspace

TEAM, SISTER_TEAM, OTHER_TEAM, BOT_USER = "T0SANDBOX", "T0SISTER", "T0OTHER", "U0COUNTER"
ORGANISATION = Organisation(id="E0SANDBOX", name="Sandbox Works", teams=(TEAM, SISTER_TEAM))

PEOPLE = (
    User(id="U0ALICE", name="alice", real_name="Alice Archer", team_id=TEAM, tz="Europe/Berlin"),
    User(id="U0BOB", name="bob", real_name="Bob Baker", team_id=TEAM),
    User(id="U0CARLA", name="carla", real_name="Carla Chen", team_id=TEAM, locale="zh-CN", tz="Asia/Shanghai"),
    User(id="U0GUEST", name="gustav", real_name="Gustav Guest", team_id=TEAM, is_ultra_restricted=True),
    User(id="U0GONE", name="gone", real_name="Gone Gray", team_id=TEAM, deleted=True),
    User(id="U0STRANGE", name="stranger", real_name="Sam Stranger", team_id=OTHER_TEAM, is_stranger=True),
    User(id=BOT_USER, name="countersign", real_name="Countersign", team_id=TEAM, is_bot=True),
)
SISTER = User(id="W0DORA", name="dora", real_name="Dora Diaz", team_id=SISTER_TEAM)


def seeded(*, now: Callable[[], float] = time.time, organisation: Organisation | None = None) -> Workspace:
    """Return a fresh workspace; ``now`` is its source of time, in seconds since the epoch.

    With an ``organisation`` the app is installed in all of it, and somebody of another of its workspaces is there, too.
    """
    team = Team(id=TEAM, name="Sandbox", domain="sandbox")
    workspace = Workspace(team=team, bot_user=BOT_USER, clock=Clock(now), organisation=organisation)
    people = [*PEOPLE, *([SISTER] if organisation else [])]
    workspace.users = {user.id: user for user in people}
    present = {user.id for user in people if not user.deleted}
    channels = (
        Channel(id="C0INCIDENT", name="incident-42", members=present),
        Channel(id="C0QUIET", name="quiet", members={"U0ALICE", "U0BOB"}),
        Channel(id="C0SECRET", name="secret", is_private=True, members={"U0ALICE"}),
        Channel(id="C0ARCHIVE", name="old", is_archived=True, members={"U0ALICE", "U0BOB", BOT_USER}),
    )
    workspace.channels = {channel.id: channel for channel in channels}
    approvers = UserGroup(id="S0APPROVE", team=TEAM, handle="approvers", name="Approvers", members=("U0BOB", "U0CARLA"))
    workspace.usergroups = {approvers.id: approvers}
    return workspace
