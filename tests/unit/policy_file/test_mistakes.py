"""Everything that is wrong with a policy file is told at once, with line, reason and fix."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import texts
from bot.policy_file import BadPolicy, Fault, Problem, read_policy
from bot.policy_file.emergency import EMERGENCY_KEYS
from bot.policy_file.freezes import CALENDAR_KEYS, FREEZE_KEYS
from bot.policy_file.grants import GRANTS_KEYS
from bot.policy_file.groups import GROUP_KEYS
from bot.policy_file.reading import DEFAULT_KEYS, TOP_KEYS
from bot.policy_file.rules import RULE_KEYS, STAGE_KEYS
from bot.policy_file.windows import WEEKLY_KEYS, WINDOW_KEYS
from tests.unit.policy_file.files import ACME, mistakes, read
from tests.unit.policy_file.mistaken import OF_EMERGENCIES, OF_GRANTS

REST = '[[rule]]\nname = "rest"\napprovers = ["anyone"]\n'
RULE = '[[rule]]\nname = "r"\nregion = ["eu-*"]\n'
BY = 'approvers = ["anyone"]\n'
ELSEWHERE = {Fault.NOT_UTF8}  # told of bytes
OF_CASES = {Fault.NOT_A_MOMENT, Fault.UNKNOWN_GROUP, Fault.NOT_PRESENT, Fault.UNKNOWN_OUTCOME, Fault.UNKNOWN_RULE}

TEAMS = '[groups]\nlb-team = { slack = "S0LB" }\nleads = { slack = "S0LEADS" }\n'
HOURS = '[windows]\nn = { days = "mon", from = "01:00", to = "02:00", zone = "UTC" }\n'
FREEZE = HOURS + '[[freeze.calendar]]\nname = "n"\nwindow = ["n"]\nreason = "why"\n'

MISTAKES: list[tuple[str, int, Fault]] = [
    ("freeze = 5", 1, Fault.NOT_A_TABLE),
    ('[freeze]\nmay_lift = ["leads"]', 2, Fault.UNKNOWN_PERSON),
    ("[freeze]\nmay_freeze = []", 2, Fault.NOT_TEXTS),
    ("[freeze]\nmay_thaw = []", 2, Fault.UNKNOWN_KEY),
    ("[freeze]\ncalendar = []", 2, Fault.NOT_TABLES),
    ('[[freeze.calendar]]\nname = "n"\nreason = "why"', 1, Fault.MISSING_KEY),
    ('[[freeze.calendar]]\nname = "n"\nwindow = ["m"]\nreason = "why"', 3, Fault.UNKNOWN_WINDOW),
    (FREEZE.replace('"why"', '""'), 6, Fault.NOT_TEXT),
    (FREEZE.replace('name = "n"', 'name = "Year end"'), 4, Fault.BAD_NAME),
    (FREEZE + 'load_balancer = ["pay*"]', 7, Fault.BAD_GLOB),
    (FREEZE + FREEZE.removeprefix(HOURS), 8, Fault.CALENDAR_TAKEN),
    ("a = 1\nexpires_minutes = ", 2, Fault.NOT_TOML),
    ("expires_minutes = 5\nexpires_minutes = 6", 2, Fault.NOT_TOML),
    ("\nexpire_minutes = 5", 2, Fault.UNKNOWN_KEY),
    ("[approvers]\nleast = 2", 1, Fault.UNKNOWN_KEY),
    ("expires_minutes = 0", 1, Fault.NOT_WHOLE),
    ("expires_minutes = 10081", 1, Fault.NOT_WHOLE),
    ("expires_minutes = 1.5", 1, Fault.NOT_WHOLE),
    ("expires_minutes = true", 1, Fault.NOT_WHOLE),
    ('[defaults]\nexpires_minutes = "60"', 2, Fault.NOT_WHOLE),
    ("needs_health_check = 1", 1, Fault.NOT_A_FLAG),
    ("expires_minutes = 5\n[defaults]\nexpires_minutes = 5", 1, Fault.SAID_TWICE),
    ("defaults = 5", 1, Fault.NOT_A_TABLE),
    ("groups = 5", 1, Fault.NOT_A_TABLE),
    ('[groups]\nleads = "U0ANNA"', 2, Fault.NOT_A_TABLE),
    ("rule = 5", 1, Fault.NOT_TABLES),
    ("rule = []", 1, Fault.NOT_TABLES),
    ("rule = [5]", 1, Fault.NOT_A_TABLE),
    ('[groups]\nleads = { people = "U0ANNA" }', 2, Fault.NOT_TEXTS),
    ('[groups]\n[groups.leads]\npeople = ["U0ANNA",\n "bo"]', 4, Fault.BAD_PERSON),
    ('[groups]\nlb = { slack = "lb-team" }', 2, Fault.BAD_SLACK_GROUP),
    ('[groups]\nlb = { slack = "S0LB/T0ONE" }', 2, Fault.BAD_SLACK_GROUP),
    ('[groups]\nlb = { slack = "" }', 2, Fault.NOT_TEXT),
    ("[groups]\nlb = {}", 2, Fault.GROUP_NEEDS_ONE),
    ('[groups]\nlb = { slack = "S0LB", people = ["U0ANNA"] }', 2, Fault.GROUP_NEEDS_ONE),
    ('[groups]\nlb = { people = ["U0ANNA"], on_call = true }', 2, Fault.ON_CALL_PEOPLE),
    ('[groups]\nanyone = { slack = "S0LB" }', 2, Fault.BAD_NAME),
    ('[groups]\nLeads = { slack = "S0LB" }', 2, Fault.BAD_NAME),
    ('[windows]\n"at night" = { calendar = "utc.ics" }', 2, Fault.BAD_NAME),
    ("[windows]\nn = {}", 2, Fault.WINDOW_NEEDS_ONE),
    ('[windows]\nn = { calendar = "utc.ics", days = "mon" }', 2, Fault.WINDOW_NEEDS_ONE),
    ('[windows]\nn = { days = "mon", from = "01:00", to = "02:00" }', 2, Fault.MISSING_KEY),
    ('[windows]\nn = { days = "mon-sum", from = "01:00", to = "02:00", zone = "UTC" }', 2, Fault.BAD_DAYS),
    ('[windows]\nn = { days = "mon,", from = "01:00", to = "02:00", zone = "UTC" }', 2, Fault.BAD_DAYS),
    ('[windows]\nn = { days = "mon", from = "24:00", to = "02:00", zone = "UTC" }', 2, Fault.BAD_TIME),
    ('[windows]\nn = { days = "mon", from = "1:00", to = "02:00", zone = "UTC" }', 2, Fault.BAD_TIME),
    ('[windows]\nn = { days = "mon", from = "02:00", to = "02:00", zone = "UTC" }', 2, Fault.EMPTY_WINDOW),
    ('[windows]\nn = { days = "mon", from = "01:00", to = "02:00", zone = "Moon" }', 2, Fault.BAD_ZONE),
    ('[windows]\nn = { days = "mon", from = "01:00", to = "02:00", zone = "../etc" }', 2, Fault.BAD_ZONE),
    ('[windows]\nn = { days = "mon", from = "01:00", to = "02:00", zone = "Asia" }', 2, Fault.BAD_ZONE),
    ('[windows]\nn = { calendar = "none.ics" }', 2, Fault.CALENDAR_UNREADABLE),
    ('[windows]\nn = { calendar = "nonsense.ics" }', 2, Fault.NOT_A_CALENDAR),
    ('[windows]\nn = { calendar = "latin.ics" }', 2, Fault.NOT_A_CALENDAR),
    ('[windows]\nn = { calendar = "days.ics" }', 2, Fault.CALENDAR_NEEDS_ZONE),
    ('[windows]\nn = { calendar = "endless.ics" }', 2, Fault.CALENDAR_TOO_LONG),
    (RULE + 'approvers = ["lb-team"]\n' + REST, 4, Fault.UNKNOWN_PERSON),
    (RULE + BY + 'pings = ["anyone"]\n' + REST, 5, Fault.UNKNOWN_PERSON),
    ('[audit]\nauditors = ["lb-team"]\n' + RULE + BY + REST, 2, Fault.UNKNOWN_PERSON),
    (RULE + BY + 'requester = ["@anna"]\n' + REST, 5, Fault.UNKNOWN_PERSON),
    (RULE + BY + 'window = ["nightly"]\n' + REST, 5, Fault.UNKNOWN_WINDOW),
    (RULE + BY + 'facts = ["last_live"]\n' + REST, 5, Fault.UNKNOWN_FACT),
    (RULE + BY + 'facts = ["targets>=0"]\n' + REST, 5, Fault.UNKNOWN_FACT),
    (RULE + BY + 'operation = ["probe"]\n' + REST, 5, Fault.UNKNOWN_OPERATION),
    (RULE + BY + 'load_balancer = [\n  "lb-a*",\n  "core*",\n]\n' + REST, 7, Fault.BAD_GLOB),
    (RULE + BY + 'load_balancer = ["LB-a*"]\n' + REST, 5, Fault.BAD_GLOB),
    (RULE + BY + 'load_balancer = ["lb-[a"]\n' + REST, 5, Fault.BAD_GLOB),
    (RULE + BY + 'load_balancer = ["l"]\n' + REST, 5, Fault.BAD_GLOB),
    (RULE + BY + 'listener = ["lb-a"]\n' + REST, 5, Fault.BAD_GLOB),
    (RULE + BY + 'channel = ["ops"]\n' + REST, 5, Fault.BAD_CHANNEL),
    (RULE + BY + 'channels = ["#"]\n' + REST, 5, Fault.BAD_CHANNEL),
    (RULE + BY + 'channels = ["#Ops"]\n' + REST, 5, Fault.BAD_CHANNEL),
    (RULE + BY + 'channel = "C0OPS"\n' + REST, 5, Fault.NOT_TEXTS),
    (RULE + BY + "channel = []\n" + REST, 5, Fault.NOT_TEXTS),
    (RULE + REST, 1, Fault.ASKS_NOTHING),
    (RULE + "approvals = 2\n" + REST, 1, Fault.ASKS_NOTHING),
    (RULE + BY + 'stages = [{ approvers = ["anyone"] }]\n' + REST, 5, Fault.ASKS_TWICE),
    (RULE + 'stages = [{ approvers = ["anyone"] },\n {}]\n' + REST, 5, Fault.MISSING_KEY),
    (RULE + 'stages = [\n{ approvers = ["anyone"], count = 0 }]\n' + REST, 5, Fault.NOT_WHOLE),
    (RULE + "stages = []\n" + REST, 4, Fault.NOT_TABLES),
    (RULE + 'deny = "No."\npings = ["U0ANNA"]\n' + REST, 4, Fault.DENIES_AND_ASKS),
    (RULE + 'deny = ""\n' + REST, 4, Fault.NOT_TEXT),
    (RULE + 'approvers = ["U0ANNA"]\napprovals = 2\n' + REST, 5, Fault.TOO_FEW_PEOPLE),
    (RULE + 'approvals = 1\napprovers = ["U0BO"]\nfreeze_approvers = ["U0BO"]\n' + REST, 4, Fault.TOO_FEW_PEOPLE),
    (RULE + BY + 'freeze_approvers = ["nobody"]\n' + REST, 5, Fault.UNKNOWN_PERSON),
    (RULE + 'deny = "No."\nfreeze_approvers = ["U0BO"]\n' + REST, 4, Fault.DENIES_AND_ASKS),
    (RULE + BY + 'confirm = "twice"\n' + REST, 5, Fault.BAD_CONFIRM),
    (RULE + BY + 'reason = "("\nreason_example = "x"\n' + REST, 5, Fault.BAD_REASON),
    (RULE + BY + 'reason = "INC-[0-9]+"\nreason_example = "inc-7"\n' + REST, 6, Fault.BAD_EXAMPLE),
    (RULE + BY + 'reason = "INC-[0-9]+"\n' + REST, 1, Fault.MISSING_KEY),
    (RULE + BY + 'reason_example = "INC-7"\n' + REST, 1, Fault.MISSING_KEY),
    ('[[rule]]\nregion = ["eu-*"]\n' + BY + REST, 1, Fault.MISSING_KEY),
    (RULE + BY + '[[rule]]\nname = "r"\n' + BY, 6, Fault.NAME_TAKEN),
    (REST + RULE.replace("region", "#") + BY, 4, Fault.UNREACHABLE),
    (RULE + BY + RULE.replace('"r"', '"s"') + 'facts = ["last_alive"]\n' + BY + REST, 5, Fault.UNREACHABLE),
    (RULE + BY, 1, Fault.LAST_HAS_CONDITIONS),
    *OF_GRANTS,
    *OF_EMERGENCIES,
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "fault"), MISTAKES)
def test_a_mistake_is_told_with_its_line(text: str, line: int, fault: Fault) -> None:
    assert mistakes(text) == [(line, fault)]


def test_every_kind_of_mistake_was_made_above() -> None:
    assert {fault for _, _, fault in MISTAKES} == set(Fault) - ELSEWHERE - OF_CASES


def test_every_problem_is_told_at_once_by_line() -> None:
    text = '[defaults]\nexpires_minutes = 0\n[groups]\nx = {}\n[[rule]]\napprovers = ["y"]\nregion = ["EU"]\n'

    assert mistakes(text) == [
        (2, Fault.NOT_WHOLE),
        (4, Fault.GROUP_NEEDS_ONE),
        (5, Fault.MISSING_KEY),
        (5, Fault.LAST_HAS_CONDITIONS),
        (6, Fault.UNKNOWN_PERSON),
        (7, Fault.BAD_GLOB),
    ]


def test_a_rule_whose_conditions_are_wrong_makes_no_later_one_unreachable() -> None:
    assert mistakes('[[rule]]\nname = "r"\nregion = []\n' + BY + REST) == [(3, Fault.NOT_TEXTS)]


def test_people_are_counted_by_best_assignment_over_all_stages() -> None:
    groups = '[groups]\npair = { people = ["U0ANNA", "U0BO"] }\n'
    stages = 'stages = [{ approvers = ["U0ANNA"] }, { approvers = ["pair"] }, { approvers = ["anyone"], count = 5 }]\n'
    three = stages.replace('"pair"] }', '"pair"], count = 2 }')

    assert mistakes(groups + '[[rule]]\nname = "r"\n' + stages) == []
    assert mistakes(groups + '[[rule]]\nname = "r"\n' + three) == [(5, Fault.TOO_FEW_PEOPLE)]


def test_what_is_near_is_offered() -> None:
    with pytest.raises(BadPolicy) as raised:
        read("expire_minutes = 5")

    [told] = raised.value.told("en", Path("p.toml"))
    assert told == "p.toml:1: unknown key expire_minutes. Allowed: expires_minutes."


def test_a_file_that_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(b"# ok\nexpires_minutes = 5 # \xff")

    with pytest.raises(BadPolicy) as raised:
        read_policy(path, expires_minutes=60)

    assert [(problem.line, problem.fault) for problem in raised.value.problems] == [(2, Fault.NOT_UTF8)]


@pytest.mark.parametrize(
    ("keys", "before"),
    [
        (DEFAULT_KEYS, "[defaults]\n"),
        (TOP_KEYS, ""),
        ({"slack": GROUP_KEYS["slack"], "on_call": GROUP_KEYS["on_call"]}, "[groups.g]\n"),
        ({"people": GROUP_KEYS["people"]}, "[groups.g]\n"),
        (WEEKLY_KEYS, "[windows.w]\n"),
        ({key: RULE_KEYS[key] for key in ("name", "approvers", "approvals")}, "[[rule]]\n"),
        ({key: FREEZE_KEYS[key] for key in ("may_freeze", "may_lift")}, f"{TEAMS}[freeze]\n"),
        (CALENDAR_KEYS, f"{HOURS.replace('n =', 'year-end =')}[[freeze.calendar]]\n"),
        (GRANTS_KEYS, '[groups]\nleads = { people = ["U0ANNA"] }\n[grants]\n'),
        (EMERGENCY_KEYS, '[groups]\non-call = { slack = "S0ONCALL" }\n[emergency]\n'),
        (STAGE_KEYS, '[groups]\nlb-team = { slack = "S0LB" }\n[[rule]]\nname = "r"\n[[rule.stages]]\n'),
    ],
)
def test_every_example_that_is_given_can_be_used(keys: dict[str, str], before: str) -> None:
    text = before + "".join(f"{key} = {example}\n" for key, example in keys.items() if key != "defaults")

    assert mistakes(text) == []


def test_every_example_of_a_rule_can_be_used() -> None:
    groups = f'{TEAMS}on-call = {{ slack = "S0ONCALL" }}\n'
    windows = f"[windows]\nnightly = {{ {', '.join(f'{key} = {text}' for key, text in WEEKLY_KEYS.items())} }}\n"
    asked = {key: text for key, text in RULE_KEYS.items() if key not in {"name", "deny", "approvers", "approvals"}}
    rule = '[[rule]]\nname = "r"\n' + "".join(f"{key} = {text}\n" for key, text in asked.items())

    assert mistakes(groups + windows + rule + REST) == []
    assert tomllib.loads(f"deny = {RULE_KEYS['deny']}\ncalendar = {WINDOW_KEYS['calendar']}")


LINES = (ACME / "acme.toml").read_text(encoding="utf-8").splitlines()
WORDS = ["5", "true", '"x"', "[]", "{}", '["x"]', '"["', "[[]]", "-1", "1.5", "2026-11-26"]


@given(choice=st.data())
def test_any_file_is_a_policy_or_a_bad_one_that_says_where(choice: st.DataObject) -> None:
    """Lines of a real policy are lost, doubled, swapped, or say something else."""
    lines = list(LINES)
    for _ in range(choice.draw(st.integers(1, 4))):
        at = choice.draw(st.integers(0, len(lines) - 1))
        key, sign, _rest = lines[at].partition("=")
        other = [[], [lines[at]] * 2, [f"{key}= {choice.draw(st.sampled_from(WORDS))}" if sign else key]]
        lines[at : at + 1] = choice.draw(st.sampled_from(other))
    problems: tuple[Problem, ...] = ()
    try:
        read("\n".join(lines).replace("year-end.ics", "days.ics"))
    except BadPolicy as bad:
        problems = bad.problems

    assert all(1 <= problem.line <= len(lines) + 1 for problem in problems)
    assert all(problem.told(language, Path("p.toml")) for problem in problems for language in texts.LANGUAGES)


FRAGMENTS = [*TOP_KEYS, " = ", "1", "true", "\n", "[", "]", '"', "x"]


@given(text=st.text() | st.lists(st.sampled_from(FRAGMENTS)).map("".join))
def test_any_text_is_a_policy_or_a_bad_one(text: str) -> None:
    assert all(line >= 1 for line, _ in mistakes(text))
