"""Text on its way into a message: what Slack escapes, keeps and links (Slack fact sheet, section 12)."""

import pytest

from bot.sandbox.slack.entities import Marker
from bot.sandbox.slack.seed import seeded
from tests.rooms.sandbox_slack.stand_in import INCIDENT, Slack, plain, section

MARKER = Marker(workspace=seeded(now=lambda: 0.0))


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("a & b < c > d", "a &amp; b &lt; c &gt; d"),
        ("&lt;kept&gt; &copy;", "&lt;kept&gt; &amp;copy;"),
        ("<@U0ALICE> <#C0QUIET|quiet> <!channel>", "<@U0ALICE> <#C0QUIET|quiet> <!channel>"),
        ("<!subteam^S0APPROVE> <!date^1700000000^{time}|then>", "<!subteam^S0APPROVE> <!date^1700000000^{time}|then>"),
        ("<!nonsense> <script>", "&lt;!nonsense&gt; &lt;script&gt;"),
        ("<https://a.example|label>", "<https://a.example|label>"),
        ("see https://a.example/?x=1&y=2.", "see <https://a.example/?x=1&amp;y=2>."),
        ("`https://a.example` #quiet @here", "`https://a.example` #quiet @here"),
    ],
)
def test_entities_stay_and_the_rest_is_escaped_and_linked(given: str, stored: str) -> None:
    assert MARKER.mark(given, links=True, names=False) == stored


def test_plain_text_has_no_entities() -> None:
    assert MARKER.escape("<@U0ALICE> & &amp;") == "&lt;@U0ALICE&gt; &amp; &amp;"


def test_what_a_person_types_cannot_forge_an_entity_but_may_name_someone() -> None:
    typed = MARKER.typed("<!channel> @bob #quiet #secret @nobody x@bob")

    assert typed == "&lt;!channel&gt; <@U0BOB> <#C0QUIET|quiet> <#C0SECRET|> @nobody x@bob"


async def test_marked_text_is_parsed_for_names_unless_it_says_verbatim(slack: Slack) -> None:
    loose = section("@here #quiet https://a.example")
    strict = {"type": "section", "text": {"type": "mrkdwn", "text": "@here https://a.example", "verbatim": True}}
    header = {"type": "header", "text": plain("a <b>")}

    answer = await slack.api("chat.postMessage", channel=INCIDENT, blocks=[loose, strict, header])

    texts = [block["text"]["text"] for block in answer["message"]["blocks"]]
    assert texts == [
        "<!here> <#C0QUIET|quiet> <https://a.example>",
        "@here https://a.example",
        "a &lt;b&gt;",
    ]


async def test_top_level_text_is_parsed_for_names_only_on_request(slack: Slack) -> None:
    answers = [
        await slack.api("chat.postMessage", channel=INCIDENT, text="@here https://a.example", **more)
        for more in ({}, {"parse": "none"}, {"parse": "full"}, {"link_names": True})
    ]

    assert [answer["message"]["text"] for answer in answers] == [
        "@here <https://a.example>",
        "@here https://a.example",
        "<!here> <https://a.example>",
        "<!here> <https://a.example>",
    ]
