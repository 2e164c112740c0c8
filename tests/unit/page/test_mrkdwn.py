import pytest

from bot.sandbox.slack.page.mrkdwn import mrkdwn, plain
from bot.sandbox.slack.page.names import Names
from tests.unit.page.whitelist import read

NAMES = Names(people={"U1": "alice", "U2": "<b>ob"}, channels={"C1": "incident-42"}, groups={"S2": "leads"})
REL = 'target="_blank" rel="noopener noreferrer nofollow"'


def html(text: str) -> str:
    return str(mrkdwn(text, NAMES))


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("*bold* _italic_ ~struck~ `code`", "<b>bold</b> <i>italic</i> <s>struck</s> <code>code</code>"),
        ("*bold _and italic_ ~and struck~*", "<b>bold <i>and italic</i> <s>and struck</s></b>"),
        ("(*bold*), '_italic_'", "(<b>bold</b>), &#39;<i>italic</i>&#39;"),
        ("a_snake_case 2*3*4 ~/x~y", "a_snake_case 2*3*4 ~/x~y"),
        ("* not bold * and ** nor this", "* not bold * and ** nor this"),
        ("*no\nlines*", "*no<br>lines*"),
        ("`*code* stays _code_`", "<code>*code* stays _code_</code>"),
        ("one\ntwo\n\nfour", "one<br>two<br><br>four"),
        ("> quoted *b*\n> more\nafter", "<blockquote>quoted <b>b</b><br>more</blockquote>after"),
        ("&gt; quoted as Slack stores it", "<blockquote>quoted as Slack stores it</blockquote>"),
        ("before ```\npre *x*\n  y\n``` after", "before <pre>pre *x*\n  y</pre> after"),
        ("``` unclosed *b*", "``` unclosed <b>b</b>"),
    ],
)
def test_marks_are_read(text: str, drawn: str) -> None:
    assert html(text) == drawn


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("&lt;b&gt; &amp;lt; &amp;amp;", "&lt;b&gt; &amp;lt; &amp;amp;"),
        ("AT&T \"quoted\" 'too'", "AT&amp;T &#34;quoted&#34; &#39;too&#39;"),
        ("<javascript:alert(1)|click>", "&lt;javascript:alert(1)|click&gt;"),
        ("<data:text/html,x|click>", "&lt;data:text/html,x|click&gt;"),
        ("<@lower> <#x> <!nobody> <>", "&lt;@lower&gt; &lt;#x&gt; &lt;!nobody&gt; &lt;&gt;"),
        ("{} {0} {names} %s", "{} {0} {names} %s"),
    ],
)
def test_everything_else_stays_text(text: str, drawn: str) -> None:
    assert html(text) == drawn


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("<https://x.example/a?b=1&amp;c=2>", "https://x.example/a?b=1&amp;c=2"),
        ("<https://x.example|the *page* &lt;1&gt;>", "the *page* &lt;1&gt;"),
        ("<mailto:a@x.example>", "a@x.example"),
        ("<HTTP://X.example|y>", "y"),
    ],
)
def test_links_lead_to_http_and_mail_and_show_their_label(text: str, drawn: str) -> None:
    (tag, attributes), *more = read(html(text)).tags

    assert (tag, more) == ("a", [])
    assert attributes["href"].lower() in text.lower().replace("&amp;", "&")
    assert html(text).endswith(f" {REL}>{drawn}</a>")


def test_an_address_cannot_leave_its_attribute() -> None:
    found = read(html('<https://x.example/"onclick="x|y>'))

    assert [(tag, sorted(attributes)) for tag, attributes in found.tags] == [("a", ["href", "rel", "target"])]
    assert found.tags[0][1]["href"] == 'https://x.example/"onclick="x'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@U1>", "@alice"),
        ("<@U2>", "@<b>ob"),
        ("<@U9>", "@U9"),
        ("<@U9|zoe>", "@zoe"),
        ("<#C1>", "#incident-42"),
        ("<#C9|elsewhere>", "#elsewhere"),
        ("<#C9|>", "#C9"),
        ("<!here> <!channel> <!everyone>", "@here @channel @everyone"),
        ("<!subteam^S1|@approvers>", "@approvers"),
        ("<!subteam^S1>", "@S1"),
        ("<!subteam^S2>", "@leads"),
    ],
)
def test_ids_read_as_names(text: str, words: str) -> None:
    found = read(html(text))

    assert found.words == words
    assert {(tag, attributes["class"]) for tag, attributes in found.tags} == {("span", "mention")}


def test_a_date_is_a_time_with_its_pattern_and_its_fallback() -> None:
    drawn = html("until <!date^1700000000^{date_short_pretty} at {time}|14 Nov 22:13 UTC>")

    assert drawn == (
        'until <time datetime="2023-11-14T22:13:20Z" data-form="{date_short_pretty} at {time}">14 Nov 22:13 UTC</time>'
    )


def test_a_date_without_fallback_reads_as_utc() -> None:
    assert read(html("<!date^1700000000^{time}>")).words == "2023-11-14 22:13 UTC"


@pytest.mark.parametrize("moment", ["-1", "x", "", "999999999999"])
def test_a_date_that_is_none_stays_text(moment: str) -> None:
    assert read(html(f"<!date^{moment}^{{time}}|soon>")).tags == []


def test_entities_inside_code_read_as_their_words() -> None:
    assert html("`<https://x.example|page> <@U1>` ```<https://y.example>```") == (
        "<code>page @alice</code> <pre>https://y.example</pre>"
    )


def test_known_emoji_become_pictures_and_others_stay_text() -> None:
    found = read(html(":white_check_mark: ✅ :rocket: :nothing_known: 10:30:45"))

    assert [attributes["src"] for _, attributes in found.tags] == ["/static/emoji/white_check_mark.svg"] * 2
    assert found.tags[0][1]["alt"] == "✅"
    assert found.words == "  🚀 :nothing_known: 10:30:45"


def test_plain_text_has_no_marks() -> None:
    assert str(plain("*not bold* <https://x.example|y> &lt;b&gt;\n:x:", pictures=False)) == (
        "*not bold* &lt;https://x.example|y&gt; &lt;b&gt;<br>:x:"
    )


def test_plain_text_has_pictures_when_it_asks_for_them() -> None:
    assert read(str(plain("*done* :x:", pictures=True))).tags[0][1]["alt"] == "❌"


@pytest.mark.parametrize("mark", ["*", "_x", "<", "<@", ":", "*a ", "&lt;", "~b~", "<https://x|"])
def test_the_longest_text_of_marks_nobody_closes_stays_text(mark: str) -> None:
    text = mark * (40_000 // len(mark))

    assert read(html(text)).words == text.replace("&lt;", "<")
