"""When an approved change is to start, as people write it."""

import random
from datetime import UTC, date, time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.domain.command import NotUnderstood, Request, parse, render
from bot.domain.command.moments import Moment
from bot.domain.command.options import Begin, Opening
from bot.domain.operation import SetProbePort
from tests.unit.domain.test_command_properties import ANYTHING, OPERATIONS, damaged

TARGET = "lb-abcdefgh lbl-abcdefgh cpm-abcdefgh:1234"
LINE = f"probe-port {TARGET} 12345"
OPERATION = SetProbePort(
    load_balancer="lb-abcdefgh", listener="lbl-abcdefgh", host="cpm-abcdefgh", port=1234, probe_port=12345
)
URL = (
    "https://bmlb.api.qcloud.com/v2/index.php?Action=ModifyBmL4ListenerBackendProbePort&loadBalancerId=lb-abcdefgh"
    "&listenerId=lbl-abcdefgh&instanceId=cpm-abcdefgh&port=1234&probePort=12345"
)
TWO, NIGHTLY = Moment(clock=time(2)), Opening("nightly")
DAYS = st.dates(date(2020, 1, 1), date(2090, 1, 1))
CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59))
MOMENTS = st.builds(Moment, clock=CLOCKS, day=st.none() | DAYS, zone=st.none() | st.just(UTC))
BEGINS = st.none() | MOMENTS | st.from_regex(r"[a-z][a-z0-9_-]{0,20}", fullmatch=True).map(Opening)


def begin(text: str) -> Begin:
    request = parse(text)
    assert isinstance(request, Request)
    assert request.reason == "db move"
    return request.begin


@pytest.mark.parametrize(
    "text",
    [
        f"{LINE} --at 02:00 db move",
        f"{LINE} --at=02:00 db move",
        f"{LINE} at=02:00 db move",
        f"{LINE} —at 02:00 db move",
        f"{LINE} –at　０２：００ db move",
        f"{LINE} *--at* `02:00` db move",
        f"{LINE} --At 2:00, db move",
        f"{LINE} --时间 02:00 db move",
        f"probe-port --at 02:00 {TARGET} 12345 db move",
        f"probe-port {TARGET} --at 02:00 12345 db move",
        f"{LINE} db move --at 02:00",
        f"{LINE} db move —at 02:00",
        f"{LINE} reason=db move --at 02:00",
        f'{LINE} reason="db move" --at 02:00',
        f"{LINE} --at 02:00 reason=“db move”",
        f"{LINE} --at 02:00 # db move",
        f"{LINE} --at 02:00 --at 02:00 db move",
        "probe-port port=1234 --at 02:00 host=cpm-abcdefgh lb-abcdefgh lbl-abcdefgh probe_port=12345 db move",
        f"{URL} --at 02:00 db move",
    ],
)
def test_a_moment_may_stand_anywhere_but_within_the_reason(text: str) -> None:
    assert begin(text) == TWO


@pytest.mark.parametrize(
    ("option", "meant"),
    [
        ("--at 2026-11-27T02:00", Moment(clock=time(2), day=date(2026, 11, 27))),
        ("--at 2026-11-27 02:00", Moment(clock=time(2), day=date(2026, 11, 27))),
        ("--at “2026-11-27 02:00”", Moment(clock=time(2), day=date(2026, 11, 27))),
        ("--at 2026-11-27t02:00z", Moment(clock=time(2), day=date(2026, 11, 27), zone=UTC)),
        ("--at 02:00+00:00", Moment(clock=time(2), zone=UTC)),
        ("--window nightly", NIGHTLY),
        ("—window=Nightly", NIGHTLY),
        ("window=nightly", NIGHTLY),
        ("--window a_,", Opening("a_")),
        ("--window A_", Opening("a_")),
        ("--window `a_`.", Opening("a_")),
        ("--window _a__", Opening("a_")),
        ("--window __nightly__", NIGHTLY),
        ("--时间窗 nightly", NIGHTLY),
    ],
)
@pytest.mark.parametrize("text", [f"{LINE} {{}} db move", f"{LINE} # db move"])
def test_a_moment_a_day_with_a_time_and_a_window_are_read(text: str, option: str, meant: Begin) -> None:
    assert begin(text.format(option)) == (meant if "{}" in text else None)


@pytest.mark.parametrize(
    "reason",
    [
        "# at 02:00 the disk fills",
        "# db move --at 02:00",
        'reason="db move --at 02:00"',
        "at night the disk fills",
        "the disk fills at 02:00",
        "window broken",
        "disk full - at 02:00",
        "check-at 02:00",
    ],
)
def test_what_surely_belongs_to_the_reason_is_left_in_it(reason: str) -> None:
    request = parse(f"{LINE} {reason}")

    assert isinstance(request, Request)
    assert request.begin is None
    assert request.reason in reason


def test_a_time_at_the_beginning_of_the_reason_is_no_riddle_once_the_start_is_given() -> None:
    request = parse(f"{LINE} --at 03:00 at 02:00 the disk fills")

    assert request == Request(operation=OPERATION, reason="at 02:00 the disk fills", begin=Moment(clock=time(3)))


@given(operation=OPERATIONS, reason=ANYTHING, wanted=BEGINS)
@settings(deadline=None, max_examples=600)
def test_a_rendered_request_reads_back_with_its_start(operation: SetProbePort, reason: str, wanted: Begin) -> None:
    try:
        request = Request(operation=operation, reason=reason, begin=wanted)
    except NotUnderstood:
        return

    assert parse(render(request)) == request


@given(operation=OPERATIONS, wanted=BEGINS, rng=st.randoms(use_true_random=False), is_last=st.booleans())
@settings(deadline=None, max_examples=300)
def test_what_phones_do_to_an_option_changes_nothing(
    operation: SetProbePort, wanted: Begin, rng: random.Random, is_last: bool
) -> None:
    words = render(Request(operation=operation, reason="x", begin=wanted)).removesuffix(" x").split(" ")
    dashes = rng.choice(["--", "-", "—", "–", "――"])
    tail = " ".join(words[5:]).replace("--", dashes, 1)
    text = f"{' '.join(words[:5])} 数据库 {tail}" if is_last else f"{damaged(' '.join(words), rng)} 数据库"

    assert parse(text) == Request(operation=operation, reason="数据库", begin=wanted)


@given(reason=ANYTHING, tail=ANYTHING)
@settings(deadline=None, max_examples=300)
def test_what_is_refused_for_its_start_gets_a_line_that_runs_nothing_before_it_was_looked_at(
    reason: str, tail: str
) -> None:
    refused = None
    try:
        parse(f"{LINE} x{reason} --at 02:00 y{tail} --at noon")
    except NotUnderstood as no:
        refused = no
    problems = refused.facts["problems"] if refused else ()
    assert isinstance(problems, tuple)
    assume(any(one.field == "at" for one in problems))  # behind a lone "#", say, all of it is the reason

    assert refused is not None
    with pytest.raises(NotUnderstood):
        parse(str(refused.facts["corrected"]))
