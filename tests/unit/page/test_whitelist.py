import pytest

from tests.unit.page.whitelist import breaches


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        "<b onclick='x'>x</b>",
        "<a href='javascript:x'>x</a>",
        "<img src='https://elsewhere.example/x.svg'>",
        "<b>x",
        "x</b>",
        "<!-- x -->",
        "<span class='tag'>x</span>",
        "<time style='x'>x</time>",
    ],
)
def test_the_whitelist_sees_what_must_not_get_through(html: str) -> None:
    assert breaches(html)


def test_the_whitelist_lets_the_marks_of_text_through() -> None:
    assert breaches('<b>x <i>y</i></b><a href="HTTPS://x.example" target="_blank">z</a><br>') == []
