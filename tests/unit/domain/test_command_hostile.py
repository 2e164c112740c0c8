"""Texts that are made to take long, or to be repeated at length."""

import pytest

from bot.domain.command import NotUnderstood, parse


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "<a:",
            "&amp;",
            '"',
            'reason="',
            "'",
            " ",
            "\t",
            "<",
            "lb-a ",
            "cpm-{} ",
            "a=b ",
            "1 ",
            "a,",
            "`",
            "*",
            "x",
            "-",
        ),
        *(
            "请",
            "&a=b",
            "<@U1> ",
            "probe_port=1 ",
            "lb=lb-a ",
            "until=1 ",
            "uses=1 ",
            "to 1 ",
            "# ",
            "\\ ",
            "host=",
            ":",
            "10.0.0.1 ",
            "token=",
            "AKID",
        ),
        *("\u200b", "1->"),
    ],
)
@pytest.mark.parametrize(
    "start",
    [
        *("", "probe-port ", "probe-port lb-a lbl-b cpm-c:1 2 ", "https://x/?Action=", "tccli bmlb "),
        *("grant probe-port ", "revoke ", "freeze ", "freeze lb-a until 18:00 ", "unfreeze lb-a "),
    ],
)
def test_a_hostile_text_gets_a_short_answer(start: str, piece: str) -> None:
    text = start + "".join(piece.replace("{}", str(number)) for number in range(20_000 // len(piece)))

    try:
        answer = str(parse(text))
    except NotUnderstood as refusal:
        answer = str(refusal)

    assert len(answer) < 5_000
