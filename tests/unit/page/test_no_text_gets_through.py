import string

from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack.page.mrkdwn import mrkdwn, plain
from bot.sandbox.slack.page.names import Names
from bot.sandbox.slack.page.rich_text import rich_text
from tests.unit.page.whitelist import breaches, read

PIECES = (
    *"*_~`<>&|\"'=/:;^{}()!@#\n\0 \t\u2028",
    "```",
    "&lt;",
    "&gt;",
    "&amp;",
    "&#60;",
    "<@U1>",
    "<#C1|",
    "<!date^1700000000^",
    "<!here>",
    "<https://x.example/",
    "<mailto:a",
    "<javascript:alert(1)|",
    "</b>",
    "<script>",
    "<img src=x onerror=y>",
    "<!--",
    "-->",
    "<![CDATA[",
    "<?x",
    " onclick=",
    " style=",
    ":x:",
    ":white_check_mark:",
    "✅",
    "⚠️",
    "&gt; ",
    "> ",
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4) | st.text(string.ascii_letters, max_size=3)).map("".join)
NAMES = st.builds(Names, people=st.dictionaries(st.just("U1"), TEXTS), channels=st.dictionaries(st.just("C1"), TEXTS))
STYLES = st.fixed_dictionaries({name: st.booleans() for name in ("bold", "italic", "strike", "code")})
RICH = st.one_of(
    st.builds(lambda text, style: {"type": "text", "text": text, "style": style}, TEXTS, STYLES),
    st.builds(lambda url, text: {"type": "link", "url": url, "text": text}, TEXTS, TEXTS),
    st.builds(lambda url: {"type": "link", "url": f"https://{url}"}, TEXTS),
    st.builds(lambda user: {"type": "user", "user_id": user}, TEXTS),
    st.builds(lambda channel: {"type": "channel", "channel_id": channel}, TEXTS),
    st.builds(lambda who: {"type": "broadcast", "range": who}, TEXTS),
    st.builds(lambda name: {"type": "emoji", "name": name}, TEXTS),
    st.builds(
        lambda at, form, text: {"type": "date", "timestamp": at, "format": form, "fallback": text},
        st.integers(),
        TEXTS,
        TEXTS,
    ),
    st.builds(lambda kind, text: {"type": kind, "text": text}, TEXTS, TEXTS),
)


@given(TEXTS, NAMES)
def test_no_mrkdwn_yields_anything_outside_the_whitelist(text: str, names: Names) -> None:
    assert breaches(str(mrkdwn(text, names))) == []


@given(TEXTS, st.booleans())
def test_no_plain_text_yields_more_than_line_breaks_and_pictures(text: str, pictures: bool) -> None:
    drawn = str(plain(text, pictures=pictures))

    assert breaches(drawn) == []
    assert {tag for tag, _ in read(drawn).tags} <= {"br", "img"} if pictures else {"br"}


@given(st.lists(RICH), st.sampled_from(["section", "quote", "preformatted"]), NAMES)
def test_no_rich_text_yields_anything_outside_the_whitelist(
    elements: list[dict[str, object]], part: str, names: Names
) -> None:
    drawn = rich_text([{"type": f"rich_text_{part}", "elements": elements}], names)

    assert breaches(str(drawn)) == []
