"""Where the app is installed, and who belongs there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from slack_sdk.web.async_slack_response import AsyncSlackResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """One workspace, or a whole organisation of several: ``organisation`` is then its id, and ``""`` otherwise."""

    team: str
    organisation: str = ""

    @classmethod
    def of(cls, auth_test: AsyncSlackResponse) -> Self:
        """Return what ``auth.test`` says. A workspace of an organisation is a workspace like any other."""
        whole = auth_test.get("is_enterprise_install") is True
        organisation = auth_test.get("enterprise_id") if whole else None
        return cls(team=str(auth_test["team_id"]), organisation=str(organisation or ""))

    def holds(self, user: Mapping[str, Any], clicker_team: str | None) -> bool:
        """Say whether ``user``, as ``users.info`` shows them, belongs here; ``clicker_team`` is where they clicked.

        A team that isn't named proves nothing; one that is named must be their own (Slack fact sheet, section 14).
        """
        if user.get("is_stranger"):
            return False
        if not self.organisation:
            return user.get("team_id") == self.team and clicker_team in {None, self.team}
        own: Mapping[str, Any] = user.get("enterprise_user") or {}
        teams = {None, self.organisation, *own.get("teams", ())}
        return own.get("enterprise_id") == self.organisation and clicker_team in teams
