"""Lines that freeze a load balancer, lift it, and ask what is frozen."""

from datetime import UTC, date, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.command import (
    FREEZE_LINES,
    LiftFreeze,
    ListFreezes,
    NotUnderstood,
    Problem,
    ProblemCode,
    SetFreeze,
    parse,
)
from bot.domain.command.freezing import ENDS
from bot.domain.command.moments import Moment

SIX = Moment(clock=time(18))
DAY = date(2026, 11, 27)
LINE = "freeze lb-abcdefgh"


def asked(until: Moment | float, reason: str = "release week") -> SetFreeze:
    return SetFreeze(load_balancer="lb-abcdefgh", until=until, reason=reason)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        (f"{LINE} until 18:00 release week", SIX),
        (f"/lb {LINE} until 18:00, release week", SIX),
        ("freeze until 18:00 lb-abcdefgh release week", SIX),
        ("Freeze LB-ABCDEFGH Until 18:00 release week", SIX),
        ("ｆｒｅｅｚｅ ｌｂ－ａｂｃｄｅｆｇｈ ｕｎｔｉｌ １８：００ release week", SIX),
        ("freeze lb—abcdefgh until “18:00” release week", SIX),
        ("冻结 lb-abcdefgh 到 18：00 release week", SIX),
        (f"{LINE} until 2026-11-27 09:00 release week", Moment(clock=time(9), day=DAY)),
        (f"{LINE} until 2026-11-27T09:00 release week", Moment(clock=time(9), day=DAY)),
        (f"{LINE} until 2026-11-27T09:00Z release week", Moment(clock=time(9), day=DAY, zone=UTC)),
        (
            f"{LINE} until 2026–11–27T09:00+08:00 release week",
            Moment(clock=time(9), day=DAY, zone=timezone(timedelta(hours=8))),
        ),
        (f"{LINE} for 2h release week", 7200.0),
        (f"{LINE} for 90 minutes release week", 5400.0),
        (f"{LINE} for 90m # release week", 5400.0),
        (f"{LINE} for 1d release week", 86_400.0),
        ("冻结 lb-abcdefgh 持续 2小时 release week", 7200.0),
        ("freeze load_balancer=lb-abcdefgh until=18:00 reason=release week", SIX),
        ('freeze until: 18:00 lb=LB-abcdefgh reason="release week"', SIX),
        ("freeze loadBalancerId=lb-abcdefgh until=2026-11-27 09:00 release week", Moment(clock=time(9), day=DAY)),
        ("freeze --load-balancer lb-abcdefgh --until 18:00 release week", SIX),
        (f"{LINE} for=2h release week", 7200.0),
        ("freeze for: 90 minutes lb = lb-abcdefgh release week", 5400.0),
    ],
)
def test_a_line_that_freezes(text: str, until: Moment | float) -> None:
    assert parse(text) == asked(until)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("freeze", ListFreezes()),
        ("/lb 冻结", ListFreezes()),
        ("unfreeze lb-abcdefgh", LiftFreeze(load_balancer="lb-abcdefgh", reason="")),
        ("unfreeze lb-abcdefgh, it is out", LiftFreeze(load_balancer="lb-abcdefgh", reason="it is out")),
        (
            "unfreeze load_balancer=lb-abcdefgh reason=it is out",
            LiftFreeze(load_balancer="lb-abcdefgh", reason="it is out"),
        ),
        ("解冻 lb-abcdefgh", LiftFreeze(load_balancer="lb-abcdefgh", reason="")),
    ],
)
def test_a_line_that_lifts_or_lists(text: str, request_: LiftFreeze | ListFreezes) -> None:
    assert parse(text) == request_


@pytest.mark.parametrize(
    "reason", ["until noon", "for 2h at least", "lb-other stays", "“quoted” — as typed", "8080", "key=1"]
)
def test_nothing_in_a_reason_is_read(reason: str) -> None:
    assert parse(f"{LINE} until 18:00 {reason}") == asked(SIX, reason)


P = ProblemCode


@pytest.mark.parametrize(
    ("text", "problems", "corrected"),
    [
        (f"{LINE} until 18:00", [P.REASON_MISSING], f"{LINE} until 18:00 <reason>"),
        (f"{LINE} until 18:00 \u200b", [P.REASON_MISSING], f"{LINE} until 18:00 <reason>"),
        (f"{LINE} until 18:00 {'x' * 501}", [P.REASON_TOO_LONG], f"{LINE} until 18:00 <reason>"),
        (f"{LINE} for 2h secret_key=abc", [P.SECRET_IN_REASON], f"{LINE} for 2h <reason>"),
        (f"{LINE} release", [P.END_MISSING], f"{LINE} until <moment> release"),
        (f"{LINE} until tomorrow release", [P.MALFORMED_END], f"{LINE} until <moment> release"),
        (f"{LINE} until 25:00 release", [P.MALFORMED_END], f"{LINE} until <moment> release"),
        (f"{LINE} for 0h release", [P.MALFORMED_END], f"{LINE} until <moment> release"),
        (f"{LINE} until", [P.MALFORMED_END, P.REASON_MISSING], f"{LINE} until <moment> <reason>"),
        ("freeze lb- until 18:00 x", [P.MALFORMED_ID], "freeze <load_balancer> until 18:00 x"),
        ("freeze lbl-abc until 18:00 x", [P.WRONG_KIND_OF_ID], "freeze <load_balancer> until 18:00 x"),
        ("freeze until 18:00", [P.MISSING_FIELD, P.REASON_MISSING], "freeze <load_balancer> until 18:00 <reason>"),
        ("unfreeze", [P.MISSING_FIELD], "unfreeze <load_balancer>"),
        ("unfreeze core it is out", [P.MALFORMED_ID], "unfreeze <load_balancer> it is out"),
        (f"{LINE} listener=lbl-abc until 18:00 x", [P.UNKNOWN_KEY], f"{LINE} until 18:00 x"),
        (f"{LINE} until 18:00 listener=lbl-abc x", [P.UNKNOWN_KEY], f"{LINE} until 18:00 x"),
        (f"{LINE} untill=18:00 x", [P.UNKNOWN_KEY, P.END_MISSING], f"{LINE} until <moment> x"),
        (f"{LINE} until 18:00 lb=lb-other x", [P.EXTRA_WORDS], f"{LINE} until 18:00 x"),
        (
            "freeze lb= until= x",
            [P.MALFORMED_END, P.MISSING_FIELD, P.REASON_MISSING],
            "freeze <load_balancer> until <moment> <reason>",
        ),
        ("freeze lb- until 18:00 # lb=1 x", [P.MALFORMED_ID], "freeze <load_balancer> until 18:00 # lb=1 x"),
        ("unfreeze lb-abcdefgh listener=lbl-abc x", [P.UNKNOWN_KEY], "unfreeze lb-abcdefgh x"),
    ],
)
def test_what_is_missing_or_wrong_is_said_with_a_line_to_copy(
    text: str, problems: list[ProblemCode], corrected: str
) -> None:
    with pytest.raises(NotUnderstood) as no:
        parse(text)

    assert [one.code for one in no.value.facts["problems"]] == problems  # type: ignore[attr-defined]  # as documented
    assert no.value.facts["corrected"] == corrected


@pytest.mark.parametrize("end", ["6:00 pm", "18:00 UTC", "18:00 +08:00", "2026-11-27 09:00 CST", "18:00 Asia/Shanghai"])
def test_a_time_that_would_need_a_guess_is_no_end(end: str) -> None:
    with pytest.raises(NotUnderstood) as no:
        parse(f"{LINE} until {end} release")

    assert no.value.facts["problems"] == (Problem(code=P.MALFORMED_END, value=end, allowed=ENDS),)


def test_of_two_durations_none_is_taken() -> None:
    with pytest.raises(NotUnderstood):
        parse(f"{LINE} for 2h 30m release")


@given(st.text())
def test_whatever_stands_behind_the_verb_it_is_read_or_refused(text: str) -> None:
    for verb in ("freeze", "unfreeze"):
        try:
            found: object = parse(f"{verb} {text}")
        except NotUnderstood as no:
            found = no
        corrected = str(found.facts["corrected"]) if isinstance(found, NotUnderstood) else verb

        assert isinstance(found, SetFreeze | LiftFreeze | ListFreezes | NotUnderstood)
        assert corrected.startswith(verb)


def test_the_lines_that_help_shows_are_understood() -> None:
    filled = [line.replace("<reason>", "release week") for line in FREEZE_LINES]

    assert [type(parse(line)) for line in filled] == [SetFreeze, LiftFreeze, ListFreezes]
