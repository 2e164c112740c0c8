from typing import Any

import pytest

from bot.sandbox.slack.page.names import Names
from bot.sandbox.slack.page.rich_text import rich_text

NAMES = Names(people={"U1": "alice"}, channels={"C1": "incident-42"})


def section(*elements: dict[str, Any], kind: str = "rich_text_section") -> dict[str, Any]:
    return {"type": kind, "elements": list(elements)}


def text(words: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": words, "style": style}


@pytest.mark.parametrize(
    ("part", "drawn"),
    [
        (section(text("*literal* <b> &lt;")), "<p>*literal* &lt;b&gt; &amp;lt;</p>"),
        (section(text("x", bold=True, italic=True)), "<p><b><i>x</i></b></p>"),
        (section(text("x", code=True, strike=True)), "<p><s><code>x</code></s></p>"),
        (section(text("a\nb"), kind="rich_text_quote"), "<blockquote>a<br>b</blockquote>"),
        (section(text("a"), kind="rich_text_preformatted"), "<pre>a</pre>"),
        (section({"type": "user", "user_id": "U1"}), '<p><span class="mention">@alice</span></p>'),
        (section({"type": "channel", "channel_id": "C1"}), '<p><span class="mention">#incident-42</span></p>'),
        (section({"type": "broadcast", "range": "here"}), '<p><span class="mention">@here</span></p>'),
        (section({"type": "emoji", "name": "rocket"}), "<p>🚀</p>"),
        (section({"type": "link", "url": "javascript:x", "text": "y"}), "<p>y</p>"),
        (section({"type": "color", "value": "#fff"}), "<p></p>"),
        ({"type": "rich_text_unheard_of", "elements": []}, ""),
    ],
)
def test_parts_are_drawn(part: dict[str, Any], drawn: str) -> None:
    assert str(rich_text([part], NAMES)) == drawn


@pytest.mark.parametrize(("style", "tag"), [("bullet", "ul"), ("ordered", "ol")])
def test_lists_are_drawn(style: str, tag: str) -> None:
    part = {"type": "rich_text_list", "style": style, "elements": [section(text("a")), section(text("b"))]}

    assert str(rich_text([part], NAMES)) == f"<{tag}><li>a</li><li>b</li></{tag}>"


def test_a_link_and_a_date_are_drawn() -> None:
    link = {"type": "link", "url": "https://x.example/?a&b"}
    date = {"type": "date", "timestamp": 1700000000, "format": "{time}", "fallback": "22:13"}

    drawn = str(rich_text([section(link, date)], NAMES))

    assert ' href="https://x.example/?a&amp;b"' in drawn
    assert '<time datetime="2023-11-14T22:13:20Z" data-form="{time}">22:13</time>' in drawn
