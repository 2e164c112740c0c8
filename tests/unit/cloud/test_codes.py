import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cloud.codes import EVERY_CODE, Ours, meaning_of, text_key, v2_code
from bot.cloud.codes_v2 import COMMON, MODULE
from bot.cloud.codes_v3 import CODES
from bot.domain.errors import Blame

REPO = Path(__file__).resolve().parents[3]
SHEET = REPO.parent / "shared" / "reference" / "bmlb-api.md"
TEXTS = REPO / "bot" / "texts"


def section(title: str, end: str) -> str:
    if not SHEET.exists():
        pytest.skip("the fact sheet isn't beside this checkout")
    text = SHEET.read_text(encoding="utf-8")
    return text[text.index(title) : text.index(end)]


def rows(title: str, end: str) -> Iterator[list[str]]:
    for line in section(title, end).splitlines():
        if re.match(r"\| -?[0-9]+ \|", line):
            yield [cell.strip() for cell in line.strip("|").split("|")]


BLAMES = {
    "caller input": Blame.INPUT,
    "not found": Blame.INPUT,
    "auth": Blame.AUTH,
    "quota": Blame.QUOTA,
    "state conflict": Blame.STATE,
    "server fault": Blame.SERVER,
}


def holds(code: str, kind: str, retry: str) -> None:
    meaning = meaning_of(code)
    immediate = retry.startswith(("yes, with", "yes with", "yes (read", "yes, slowly", "reads yes", "as 9006"))
    after_a_look = re.search(r"check state|state check|after a check|as 9006|re-read|^yes \(read", retry)
    blame = next((blame for name, blame in BLAMES.items() if kind.startswith(name)), meaning.blame)
    assert (code, meaning.retryable) == (code, immediate)
    assert (code, meaning.clear) == (code, not after_a_look)
    assert (code, meaning.blame) == (code, blame)


def test_every_common_code_of_the_fact_sheet_is_in_the_table_with_its_class_and_retry_rule() -> None:
    found = {row[0]: row for row in rows("### 6.2", "### 6.3") if row[0] != "0"}

    assert found.keys() == COMMON.keys()
    for code, row in found.items():
        holds(code, row[3], row[4])


def test_every_module_code_of_the_fact_sheet_is_in_the_table_with_its_identifier_class_and_retry_rule() -> None:
    found = {row[0]: row for row in rows("### 6.3", "### 6.4")}
    first_generation = set(re.findall(r"(?:add: |; )([0-9]{4,5}) ", section("First-generation pages", "**Absolute")))

    assert first_generation == {"9824", "10005", "12012"}
    assert found.keys() | first_generation == MODULE.keys()
    for code, row in found.items():
        assert MODULE[code][0] == row[1]
        holds(code, row[3], row[4])


def test_every_3_0_code_of_the_fact_sheet_is_in_the_table() -> None:
    text = section("### 9.6", "SDK-side codes")
    named = set(re.findall(r"\b(?:[A-Z][a-z]+){2,}\b|\bIp[A-Z]\w+", text.replace("AuthFailure.", "")))
    sub_codes = set(re.findall(r"\.([A-Z]\w+)", text))
    table = {part for code in CODES for part in code.split(".")}

    prose = {"Authentication", "AuthFailure"}
    assert (named | sub_codes) - prose <= table


@pytest.mark.parametrize(
    ("code", "other"), [("12003", "-12003"), ("12010", "-12010"), ("12011", "-12011"), ("12013", "-12013")]
)
def test_the_sign_is_part_of_a_code(code: str, other: str) -> None:
    assert MODULE[code][0] != MODULE[other][0]
    assert v2_code(5100, f"({code}) no", "") == code
    assert v2_code(5100, f"({other}) no", "") == other


@pytest.mark.parametrize(
    ("code", "message", "description", "expected"),
    [
        (5100, "(-21001)状态不允许", "", "-21001"),
        (5100, " ( 21001)", "", "5100"),
        (4000, "(9123)EC_CDN_USER_EXIST cdn user exist", "InvalidParameter", "9123"),
        (4000, "请求失败，参数[access]不能为空。", "InvalidParameter", "4000"),
        (5100, "(0) nothing", "", "5100"),
        (-21001, "busy", "", "-21001"),
        (12003, "", "", "12003"),
        (4000, "no such load balancer", "InvalidParameter.CCDBLBNotExist", "11041"),
        (5100, "", "InternalError.CCDBAbnormal", "9006"),
        (5100, "", "InternalError.NobodyKnows", "5100"),
        (4100, "(4104)SecretId", "AuthFailure", "4104"),
        (77777, "", "", "77777"),
    ],
)
def test_a_module_code_is_found_in_any_of_its_three_places(
    code: int, message: str, description: str, expected: str
) -> None:
    assert v2_code(code, message, description) == expected


def test_a_code_nobody_wrote_down_means_what_its_family_does_or_nothing_certain() -> None:
    family, unknown = meaning_of("AuthFailure.SomethingNew"), meaning_of("77777")

    assert (family.blame, family.clear) == (Blame.AUTH, True)
    assert (unknown.blame, unknown.clear, unknown.retryable) == (Blame.SERVER, False, False)


def test_a_code_is_spoken_of_by_itself_its_family_or_as_unknown() -> None:
    assert [text_key(code) for code in ("-21001", "FailedOperation.New", "77777", Ours.TIMEOUT)] == [
        "-21001",
        "FailedOperation",
        "unknown",
        "timeout",
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_code_has_a_meaning_and_an_advice_in_every_language(language: str) -> None:
    texts = tomllib.loads((TEXTS / f"cloud.{language}.toml").read_text(encoding="utf-8"))

    assert texts["code"].keys() == EVERY_CODE
    for code, entry in texts["code"].items():
        assert entry.keys() == {"meaning", "advice"}, code
        assert all(4 <= len(text) <= 160 for text in entry.values()), code
        assert all(text[-1] in ".。" and text == text.strip() for text in entry.values()), code
    assert all("{seconds}" in text for text in texts["clock"].values())
