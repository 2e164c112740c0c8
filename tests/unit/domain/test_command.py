"""Lines that people type, and what they ask for."""

import pickle

import pytest

from bot.domain.command import Help, NotUnderstood, ProblemCode, Request, example, from_fields, parse, render, usage
from bot.domain.operation import SetProbePort

OPERATION = SetProbePort(
    load_balancer="lb-abcdefgh", listener="lbl-abcdefgh", host="cpm-abcdefgh", port=1234, probe_port=12345
)
LINE = "probe-port lb-abcdefgh lbl-abcdefgh cpm-abcdefgh:1234 12345"


def asked(reason: str) -> Request:
    return Request(operation=OPERATION, reason=reason)


@pytest.mark.parametrize(
    "text",
    [
        f"{LINE} db move",
        f"/lb {LINE} db move",
        f"/lb {LINE}, db move",
        f"<@U0ABC123> {LINE} db move",
        f"@countersign /lb {LINE} db move",
        f"`{LINE} db move`",
        f"```\n{LINE} db move\n```",
        f"“{LINE} db move”",
        f"&gt; {LINE} db move",
        "probe-port lb-abcdefgh lbl-abcdefgh cpm-abcdefgh 1234 12345 db move",
        "probe-port cpm-abcdefgh:1234 lbl-abcdefgh lb-abcdefgh 12345 db move",
        "probe-port lb-abcdefgh, lbl-abcdefgh, cpm-abcdefgh:1234, 12345. db move",
        "probe-port lb-abcdefgh/lbl-abcdefgh/cpm-abcdefgh:1234 12345 db move",
        "probe-port lb-abcdefgh,lbl-abcdefgh,cpm-abcdefgh:1234 12345 db move",
        "probe-port lb-abcdefgh lbl-abcdefgh cpm-abcdefgh:1234 -> 12345 db move",
        "probe-port lb-abcdefgh lbl-abcdefgh cpm-abcdefgh:1234-&gt;12345 db move",
        "probe-port lb-abcdefgh lbl-abcdefgh cpm-abcdefgh:1234→12345 db move",
        "probe-port lb-abcdefgh lbl-abcdefgh cpm-abcdefgh:1234 to 12345 db move",
        "Probe-Port LB-abcdefgh Lbl-ABCDEFGH cpm–abcdefgh：１２３４ １２３４５ db move",
        "*probe-port* lb—abcdefgh _lbl‑abcdefgh_ ~cpm-abcdefgh:1234~ `12345` db move",
        "\ufeffprobe-port\xa0lb-abc\u200bdefgh\u3000lbl-abcdefgh\ncpm-abcdefgh:1234\t12345 db move",
        f"{LINE} reason=db move",
        f"{LINE} reason: db move",
        f"{LINE} 原因：db move",
        f"{LINE} # db move",
        f"{LINE} reason=“db move”",
    ],
)
def test_a_line_by_place_is_understood_in_every_dress(text: str) -> None:
    assert parse(text) == asked("db move")


@pytest.mark.parametrize(
    "verb",
    [
        *("probe-port", "probe_port", "probeport", "ProbePort", "probe port", "Probe-port:", "probe—port", "探测端口"),
        *("*probe-port*", "ModifyBmL4ListenerBackendProbePort", "ModifyL4BackendProbePort"),
    ],
)
def test_the_verb_is_known_in_every_dress(verb: str) -> None:
    assert parse(LINE.replace("probe-port", verb) + " x") == asked("x")


@pytest.mark.parametrize(
    "text",
    [
        "load_balancer=lb-abcdefgh listener=lbl-abcdefgh host=cpm-abcdefgh port=1234 probe_port=12345 db move",
        "listener=lbl-abcdefgh lb=lb-abcdefgh backend=cpm-abcdefgh:1234 probe-port=12345 reason=db move",
        "loadBalancerId=lb-abcdefgh&listenerId=lbl-abcdefgh&instanceId=cpm-abcdefgh&port=1234&probePort=12345 db move",
        "LoadBalancerId=lb-abcdefgh ListenerId=lbl-abcdefgh InstanceId=cpm-abcdefgh Port=1234 ProbePort=12345 db move",
        "BindType=0 lb: lb-abcdefgh, lbl : lbl-abcdefgh, host = cpm-abcdefgh, port=1234, ProbePort =12345 db move",
        "负载均衡＝lb-abcdefgh 监听器：lbl-abcdefgh 主机：“cpm-abcdefgh” 端口：1234 探测端口：12345 原因：db move",
        "*port:* 1234 *probe_port:* 12345 `host`=`cpm-abcdefgh` lb-abcdefgh lbl-abcdefgh db move",
        "lb-abcdefgh lbl-abcdefgh host=cpm-abcdefgh port=1234 12345 db move",
        "lb-abcdefgh lbl-abcdefgh cpm-abcdefgh 1234 probe_port=12345 db move",
        "lb-abcdefgh lbl-abcdefgh probe_port=12345 cpm-abcdefgh 1234 db move",
        "reason='db move' lb-abcdefgh lbl-abcdefgh cpm-abcdefgh:1234 12345",
        'reason="db move", lb=lb-abcdefgh lbl=lbl-abcdefgh host=cpm-abcdefgh:1234 probeport=12345',
        "lb-abcdefgh lb-abcdefgh lbl-abcdefgh cpm-abcdefgh:1234 port=1234 12345 db move",
        "—lb lb-abcdefgh --listener=lbl-abcdefgh –host cpm-abcdefgh:1234 --probe-port 12345 --reason db move",
    ],
)
def test_a_line_by_name_is_understood_in_every_dialect(text: str) -> None:
    assert parse(f"probe-port {text}") == asked("db move")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("数据库迁移，见“OPS-12”——先改探测端口。", "数据库迁移，见“OPS-12”——先改探测端口。"),
        ("*bold* `code` _it_ ~no~ 'quotes'", "*bold* `code` _it_ ~no~ 'quotes'"),
        ("“db move”", "“db move”"),
        ("a &amp;&amp; b &lt; c", "a && b < c"),
        ("see <https://wiki/x?a=1&amp;b=2> and <http://a.b|a.b>", "see https://wiki/x?a=1&b=2 and a.b"),
        ("see <https://a.b|this page>", "see <https://a.b|this page>"),
        ("asked by <@U0ABC>", "asked by <@U0ABC>"),
        ("  outer \u3000", "outer"),
        ("two\nlines\tand\x00more", "two lines and more"),
        ("hidden \u202eturn", "hidden turn"),
        ("half \ud83d a pair", "half \ufffd a pair"),
        ("ticket=OPS-12 port in use", "ticket=OPS-12 port in use"),
        ("fix: the cache", "fix: the cache"),
        ("moves from cpm-zzz:80 for 2 hours, 22:00到23:00维护", "moves from cpm-zzz:80 for 2 hours, 22:00到23:00维护"),
        ("cpm-zzz is dead, same as lb-zzz", "cpm-zzz is dead, same as lb-zzz"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("(was 8080)", "(was 8080)"),
        ("#123 outage", "#123 outage"),
        ("5xx since 3am", "5xx since 3am"),
        ("x" * 500, "x" * 500),
    ],
)
def test_a_reason_is_kept_as_it_was_written(written: str, kept: str) -> None:
    assert parse(f"{LINE} {written}") == asked(kept)


def test_a_reason_may_follow_a_number_after_chinese_punctuation() -> None:
    assert parse(f"{LINE}，数据库迁移。") == asked("数据库迁移。")


@pytest.mark.parametrize(
    "reason",
    [
        "500 errors",
        "-> 8080 was wrong",
        "port=80 is taken",
        "reason=x",
        "# 5",
        "see probe-port lb-a",
        '"8080" port=1',
        "`",
        "--force it",
    ],
)
def test_a_reason_that_would_be_misread_stands_behind_a_marker(reason: str) -> None:
    line = render(asked(reason))

    assert line == f"{LINE} # {reason}"
    assert parse(line) == asked(reason)


def test_a_backend_may_be_a_virtual_machine_by_its_address() -> None:
    parsed = parse("probe-port lb-a lbl-b <http://10.0.0.9:80|10.0.0.9:80> 8080 x")

    assert isinstance(parsed, Request)
    assert (parsed.operation.host, parsed.operation.port) == ("10.0.0.9", 80)


@pytest.mark.parametrize(
    "text", ["", "  ", "\u200b", "help", "HELP", "？", "帮助", "/lb", "<@U0ABC> help", "*help*", "help nonsense"]
)
def test_help_on_everything(text: str) -> None:
    assert parse(text) == Help()


@pytest.mark.parametrize(
    "text", ["help probe-port", "probe-port help", "probe_port --help", "帮助 探测端口", "probe-port ?"]
)
def test_help_on_one_verb(text: str) -> None:
    assert parse(text) == Help(topic="probe-port")


def test_a_form_makes_the_same_request_as_a_line() -> None:
    fields = {
        "load_balancer": " LB–abcdefgh ",
        "listener": "lbl-abcdefgh",
        "host": "cpm-abcdefgh",
        "port": "１２３４",
        "probe_port": "12345",
    }

    assert from_fields("probe-port", fields, "db move") == asked("db move")


def test_a_form_is_told_of_every_field_at_once() -> None:
    fields = {"load_balancer": "lbl-a", "listener": "", "host": "cpm a", "port": "0", "probe_port": "x"}

    with pytest.raises(NotUnderstood) as caught:
        from_fields("probe-port", fields, " ")

    assert [(problem.field, problem.code) for problem in caught.value.facts["problems"]] == [  # type: ignore[attr-defined] # facts are objects
        ("load_balancer", ProblemCode.WRONG_KIND_OF_ID),
        ("listener", ProblemCode.MISSING_FIELD),
        ("host", ProblemCode.FIELD_TWICE),
        ("port", ProblemCode.PORT_OUT_OF_RANGE),
        ("probe_port", ProblemCode.NOT_A_NUMBER),
        ("reason", ProblemCode.REASON_MISSING),
    ]


def test_a_request_without_a_reason_cannot_be_built() -> None:
    with pytest.raises(NotUnderstood) as caught:
        asked(" \u200b\n")

    assert caught.value.facts["corrected"] == f"{LINE} <reason>"


def test_usage_and_example_come_from_the_description() -> None:
    description = SetProbePort.description

    assert usage(description) == "probe-port <load_balancer> <listener> <host>:<port> <probe_port> <reason>"
    assert example(description) == f"{LINE} <reason>"


def test_a_refusal_survives_pickling_with_its_facts() -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse("probe-port lb-a 70000")

    assert pickle.loads(pickle.dumps(caught.value)).facts == caught.value.facts  # noqa: S301 - our own bytes
