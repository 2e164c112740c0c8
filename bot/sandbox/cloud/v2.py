"""The legacy face of the API, ``/v2/index.php`` (fact sheet, sections 1.1, 2.1, 6.1)."""

from typing import Any

from bot.sandbox.cloud.actions import BY_V2, Action
from bot.sandbox.cloud.authentication import check_v1
from bot.sandbox.cloud.face import REGIONS, Look
from bot.sandbox.cloud.incoming import Incoming, Unreadable
from bot.sandbox.cloud.parameters import read_v2, unflatten
from bot.sandbox.cloud.problems import Problem, v2_failure
from bot.sandbox.cloud.state import Cloud

HOST = "bmlb.api.qcloud.com"  # the live API's; signatures may be made over it
OLD_HOST = "lb.api.qcloud.com"  # fact sheet, Q5


class V2:
    """The legacy face, ``/v2/index.php``."""

    name = "v2"

    def request_id(self, cloud: Cloud) -> str:
        """Return none: v2 tells no call id."""
        del cloud
        return ""

    def look(self, incoming: Incoming) -> Look:
        """Read the flat parameters."""
        try:
            given = incoming.form()
        except Unreadable as error:
            return Look(bad=str(error))
        return Look(action=given.get("Action", ""), region=given.get("Region", ""), given=given)

    def admit(self, cloud: Cloud, incoming: Incoming, look: Look) -> tuple[Action, str]:
        """Check in this order: form, signature, replay, region, host, action, rights."""
        if look.bad or not look.action:
            raise Problem(4000, look.bad or "Action")
        given = look.given
        check_v1(cloud, incoming, given, host=HOST, missing=4000)
        if cloud.is_replay(given["SecretId"], given["Nonce"], given["Timestamp"]):
            raise Problem(4500)
        region = REGIONS.get(look.region, look.region)
        if region not in REGIONS.values():
            raise Problem(4000, f"Region={look.region}")
        if look.action not in BY_V2 or incoming.host == OLD_HOST:
            raise Problem(6100, look.action)
        if look.action in cloud.options.denied_actions:
            raise Problem(4101, look.action)
        return BY_V2[look.action], region

    def values(self, action: Action, look: Look) -> dict[str, Any]:
        """Read the action's parameters."""
        return read_v2(action.parameters, unflatten(look.given))

    def show(self, action: Action, found: Any) -> dict[str, Any]:  # noqa: ANN401  # what the action's run returned
        """Show it in v2's names."""
        return action.v2(found)

    def yes(self, shown: dict[str, Any], request_id: str) -> dict[str, Any]:
        """Wrap it in the envelope."""
        del request_id
        return {"code": 0, "message": "", "codeDesc": "Success", **shown}

    def no(self, problem: Problem, cloud: Cloud, look: Look, request_id: str) -> tuple[dict[str, Any], str]:
        """Word it in v2's envelope."""
        del request_id
        body = v2_failure(problem, module_code_in=cloud.options.module_code_in, language=look.language)
        return body, str(problem.code)
