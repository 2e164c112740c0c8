"""``countersign policy``: what it prints, and its exit codes (0 well, 1 something must be mended)."""

from pathlib import Path

import pytest

from tests.rooms.test_cli import said
from tests.unit.policy_file.files import ACME

RULE = '# ours\n[[rule]]\nname = "r"\napprovers = ["anyone"]\n'


def test_a_good_policy_is_counted() -> None:
    result = said("policy", "check", str(ACME / "acme.toml"))

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{ACME / 'acme.toml'}: can be used (7 rules, 5 groups, 2 windows)\n"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", [":1: expires_minutes is 0. Allowed: ", ":2: unknown key expire_minutes. Allowed: expires_minutes."]),
        (
            "zh",
            ["：第 1 行：expires_minutes 是 0。允许：", "：第 2 行：未知的键 expire_minutes。允许："],
        ),
    ],
)
def test_a_bad_policy_is_told_line_by_line(tmp_path: Path, language: str, told: list[str]) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("expires_minutes = 0\nexpire_minutes = 5\n", encoding="utf-8")

    result = said("policy", "check", str(path), COUNTERSIGN_LANGUAGE=language)

    assert (result.exit_code, result.stdout) == (1, "")
    lines = result.stderr.splitlines()
    assert len(lines) == len(told)
    assert all(line.startswith(f"{path}{start}") for line, start in zip(lines, told, strict=True))


def test_a_policy_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = said("policy", "check", str(tmp_path / "none.toml"))

    assert (result.exit_code, result.stderr) == (1, f"{tmp_path}/none.toml can't be read: No such file or directory\n")


def test_the_cases_of_the_documentation_come_out_as_expected() -> None:
    result = said("policy", "test", str(ACME / "acme.toml"), str(ACME / "acme.cases.toml"))

    assert (result.exit_code, result.stderr) == (0, "")
    assert "37 cases, all as expected" in result.stdout
    assert "waits for approvals" in result.stdout


@pytest.mark.parametrize(
    ("language", "told", "summary"),
    [
        ("en", "one: outcome is waits, expected runs\none: missing is 1, expected 0\n", "1 cases, 1 otherwise"),
        ("zh", "one：outcome 是 waits，预期 runs\none：missing 是 1，预期 0\n", "1 个案例，1 个不符合预期"),
    ],
)
def test_a_case_that_comes_out_otherwise_is_told_and_fails(
    tmp_path: Path, language: str, told: str, summary: str
) -> None:
    (tmp_path / "policy.toml").write_text(RULE, encoding="utf-8")
    cases = tmp_path / "cases.toml"
    cases.write_text(
        '[people]\nU0ANNA = []\nU0BO = []\n[[case]]\nname = "one"\nwho = "U0ANNA"\nat = 2026-11-26T02:00:00Z\n'
        'expect = { outcome = "runs", missing = 0, can_approve = ["U0BO"] }\n',
        encoding="utf-8",
    )

    result = said("policy", "test", str(tmp_path / "policy.toml"), str(cases), "--language", language)

    assert (result.exit_code, result.stderr) == (1, told)
    assert summary in result.stdout


def test_a_mistake_in_the_cases_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "cases.toml").write_text("[people]\nbo = []\n", encoding="utf-8")

    result = said("policy", "test", str(ACME / "acme.toml"), str(tmp_path / "cases.toml"))

    assert result.exit_code == 1
    assert f"{tmp_path}/cases.toml:2: bo is no id of a person" in result.stderr
