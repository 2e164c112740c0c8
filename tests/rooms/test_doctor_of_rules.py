"""What the doctor says of a policy that is sound as a file: whether the people it counts on are there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.rooms.slack.installation import Installation, installation

LAST = '[[rule]]\nname = "everything else"\napprovers = ["anyone"]\n'


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Installation]:
    async with installation(tmp_path) as whole:
        yield whole


def policy(whole: Installation, text: str) -> str:
    path = whole.folder / "policy.toml"
    path.write_text(text + LAST, encoding="utf-8")
    return str(path)


def two(who: str) -> str:
    return f'[[rule]]\nname = "two"\nload_balancer = ["lb-two*"]\napprovers = {who}\napprovals = 2\n'


async def test_groups_that_are_there_and_are_enough_are_well(whole: Installation) -> None:
    path = policy(whole, f'[groups]\nteam = {{ slack = "S0APPROVE" }}\n{two("""["team", "U0ALICE"]""")}')

    findings = await whole.findings(COUNTERSIGN_POLICY=path)

    assert findings["rules"].ok
    assert "(3)" in findings["rules"].found
    assert not await whole.wrong(COUNTERSIGN_POLICY=path)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_group_that_is_not_there_is_told_by_its_name_and_id(whole: Installation, language: str) -> None:
    path = policy(whole, f'[groups]\nteam = {{ slack = "S0NOWHERE" }}\n{two("""["team"]""")}')

    wrong = await whole.wrong(COUNTERSIGN_POLICY=path, COUNTERSIGN_LANGUAGE=language)

    assert wrong.keys() == {"group team"}
    assert "S0NOWHERE" in wrong["group team"].found


async def test_a_group_of_too_few_is_told_with_the_rule_that_counts_on_it(whole: Installation) -> None:
    await whole.slack.do("usergroups", id="S0APPROVE", members=["U0BOB"])
    path = policy(whole, f'[groups]\nteam = {{ slack = "S0APPROVE" }}\n{two("""["team"]""")}')

    wrong = await whole.wrong(COUNTERSIGN_POLICY=path)

    assert wrong.keys() == {"rule two"}
    assert "lacks 1 approvers" in wrong["rule two"].found


async def test_a_group_of_nobody_is_told(whole: Installation) -> None:
    await whole.slack.do("usergroups", id="S0APPROVE", members=[])
    path = policy(whole, f'[groups]\nteam = {{ slack = "S0APPROVE" }}\n{two("""["U0BOB", "U0CARLA"]""")}')

    wrong = await whole.wrong(COUNTERSIGN_POLICY=path)

    assert wrong.keys() == {"group team"}


async def test_people_who_can_not_decide_are_told(whole: Installation) -> None:
    await whole.slack.do("users", id="U0CARLA", deleted=True)
    path = policy(whole, f'[groups]\nleads = {{ people = ["U0BOB", "U0CARLA"] }}\n{two("""["leads", "U0ALICE"]""")}')

    wrong = await whole.wrong(COUNTERSIGN_POLICY=path)

    assert wrong.keys() == {"person U0CARLA"}
    assert "leads" in wrong["person U0CARLA"].found


NAMING = {
    "an auditor": '[audit]\nauditors = ["U0GUEST"]\n',
    "who may freeze": '[freeze]\nmay_freeze = ["U0GUEST"]\n',
    "who may lift a freeze": '[freeze]\nmay_lift = ["U0GUEST"]\n',
    "who may approve in advance": '[grants]\nby = ["U0GUEST"]\nchannels = ["#inc-*"]\n',
    "who may break the glass": '[emergency]\npeople = ["U0GUEST"]\n',
    "whom an emergency calls": '[emergency]\npeople = ["U0BOB"]\npings = ["U0GUEST"]\n',
    "who reviews an emergency": '[emergency]\npeople = ["U0BOB"]\nreviewers = ["U0GUEST"]\n',
    "a freeze approver": '[[rule]]\nname = "core"\nload_balancer = ["lb-core*"]\napprovers = ["anyone"]\n'
    'freeze_approvers = ["U0GUEST"]\n',
}


@pytest.mark.parametrize("text", NAMING.values(), ids=NAMING.keys())
async def test_wherever_the_policy_names_a_guest_it_is_told(whole: Installation, text: str) -> None:
    wrong = await whole.wrong(COUNTERSIGN_POLICY=policy(whole, text))

    assert wrong.keys() == {"person U0GUEST"}


async def test_without_a_policy_nobody_is_looked_for(whole: Installation) -> None:
    assert "rules" not in await whole.findings()
