"""What the policy says of approving in advance."""

from dataclasses import replace

import pytest

from bot.domain.errors import Refusal
from bot.domain.policy import Asker, Grants, GrantTooWide, MayNotGrant, NoGrants, NoGrantsHere, must_be_grantable

GRANTS = Grants(by=("leads", "U0CY"), channels=("#inc-*", "C0OPS"), lasts_most=1800.0, uses_most=3)
LEAD = Asker(id="U0ANNA", groups=frozenset({"anyone", "leads"}), channel="C0INC", channel_name="inc-7")


@pytest.mark.parametrize(
    "asker",
    [
        LEAD,
        replace(LEAD, id="U0CY", groups=frozenset({"anyone"})),
        replace(LEAD, channel="C0OPS", channel_name=None),
    ],
)
def test_whom_the_policy_names_may_approve_in_advance_where_it_says(asker: Asker) -> None:
    must_be_grantable(GRANTS, asker, lasts=1800.0, uses=3)


@pytest.mark.parametrize(
    ("grants", "asker", "lasts", "uses", "refusal"),
    [
        (None, LEAD, 60.0, 1, NoGrants),
        (GRANTS, replace(LEAD, groups=frozenset({"anyone"})), 60.0, 1, MayNotGrant),
        (GRANTS, replace(LEAD, channel_name="ops"), 60.0, 1, NoGrantsHere),
        (GRANTS, replace(LEAD, channel_name=None), 60.0, 1, NoGrantsHere),
        (GRANTS, LEAD, 1860.0, 1, GrantTooWide),
        (GRANTS, LEAD, 60.0, 4, GrantTooWide),
    ],
)
def test_nobody_else_may(grants: Grants | None, asker: Asker, lasts: float, uses: int, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        must_be_grantable(grants, asker, lasts=lasts, uses=uses)


def test_who_asks_for_too_much_is_told_the_most() -> None:
    with pytest.raises(GrantTooWide) as raised:
        must_be_grantable(GRANTS, LEAD, lasts=7200.0, uses=9)

    assert raised.value.facts == {"minutes": 120, "uses": 9, "minutes_most": 30, "uses_most": 3}
