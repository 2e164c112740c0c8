"""The page's addresses over plain HTTP: what each answers, and to whom."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.sandbox.slack.page.letters import POLICY
from bot.sandbox.slack.workspace import Workspace
from tests.page.hands import say

UNKNOWN = "/nothing is not a valid command. In Slack, messages that start with / are commands."


@pytest.fixture
async def http(slack: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=slack, trust_env=False, timeout=30) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [("/", "/as/U0ALICE/C0INCIDENT"), ("/as/bob", "/as/U0BOB/C0INCIDENT"), ("/as/U0GUEST", "/as/U0GUEST/C0INCIDENT")],
)
async def test_who_names_no_channel_is_led_to_one(http: httpx.AsyncClient, path: str, leads_to: str) -> None:
    answer = await http.get(path)

    assert (answer.status_code, answer.headers["location"]) == (307, leads_to)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/as/nobody", "Nobody called “nobody” can sign in here."),
        ("/as/nobody/incident-42", "Nobody called “nobody” can sign in here."),
        ("/as/gone/incident-42", "Nobody called “gone” can sign in here."),
        ("/as/bob/secret", "bob sees no channel called “secret”."),
        ("/as/bob/incident-42/1.1", "bob sees no message “1.1” in that channel."),
        ("/as/bob/incident-42/1.1/more", "There is no page at “/as/bob/incident-42/1.1/more”."),
        ("/as/<b>/x", "Nobody called “&lt;b&gt;” can sign in here."),
    ],
)
async def test_a_wrong_address_says_what_there_is(http: httpx.AsyncClient, path: str, says: str) -> None:
    answer = await http.get(path)

    assert answer.status_code == 404
    assert says in answer.text
    assert '<a href="/as/U0BOB/C0INCIDENT">#incident-42</a>' in answer.text
    assert answer.headers["content-security-policy"] == POLICY


async def test_every_page_and_fragment_carries_the_policy_and_is_not_kept(http: httpx.AsyncClient) -> None:
    answers = [await http.get(f"/as/alice/incident-42{query}") for query in ("", "?fragment=1")]

    assert {answer.headers["content-security-policy"] for answer in answers} == {POLICY}
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


async def test_a_fragment_is_the_regions_of_the_page_and_nothing_else(
    http: httpx.AsyncClient, workspace: Workspace
) -> None:
    parent = say(workspace, "parent")
    path = f"/as/alice/incident-42/{parent.ts}"

    page, fragment = (await http.get(path)).text, (await http.get(f"{path}?fragment=1")).text

    assert "<html" not in fragment
    assert fragment.count("data-region") == page.count("data-region") == 4
    assert fragment.count('id="channel-') == fragment.count('id="thread-') == 1


@pytest.mark.parametrize("act", ["type", "press", "submit", "close"])
@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
async def test_a_form_of_another_site_is_refused_and_does_nothing(
    http: httpx.AsyncClient, workspace: Workspace, act: str, headers: dict[str, str]
) -> None:
    before = workspace.revision

    answer = await http.post(f"/as/alice/incident-42/{act}", data={"text": "hello"}, headers=headers)

    assert (answer.status_code, workspace.revision) == (403, before)


async def test_a_form_of_the_page_posts_and_leads_back(http: httpx.AsyncClient, workspace: Workspace) -> None:
    own = {"Origin": str(http.base_url).rstrip("/")}

    answer = await http.post("/as/alice/incident-42/type", data={"text": "hello"}, headers=own)

    assert (answer.status_code, answer.headers["location"]) == (303, "/as/U0ALICE/C0INCIDENT")
    assert workspace.messages("C0INCIDENT", viewer="U0BOB")[-1].text == "hello"


@pytest.mark.parametrize(
    ("act", "fields", "error"),
    [
        ("press", {"ts": "1.1", "press": "a/b"}, "alice sees no such message"),
        ("press", {"view": "V1", "press": "a/b"}, "alice has no such modal open"),
        ("submit", {"view": "V1"}, "alice has no such modal open"),
        ("close", {"view": "V1"}, "alice has no such modal open"),
        (
            "type",
            {"text": "/nothing"},
            "/nothing is not a valid command. In Slack, messages that start with / are commands.",
        ),
    ],
)
async def test_the_script_is_told_what_went_wrong(
    http: httpx.AsyncClient, act: str, fields: dict[str, str], error: str
) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}

    answer = await http.post(f"/as/alice/incident-42/{act}", data=fields, headers=headers)

    assert answer.json() == {"ok": False, "error": error}


async def test_an_act_nobody_knows_and_a_person_nobody_knows_are_not_found(http: httpx.AsyncClient) -> None:
    headers = {"Sec-Fetch-Site": "same-origin"}

    assert (await http.post("/as/alice/incident-42/fly", headers=headers)).status_code == 404
    assert (await http.post("/as/nobody/incident-42/type", headers=headers)).status_code == 404


async def test_the_stream_tells_the_revision_at_once_and_after_every_change(
    http: httpx.AsyncClient, workspace: Workspace
) -> None:
    async with http.stream("GET", "/live") as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) == "retry: 250"
        assert await anext(lines) == f"data: {workspace.revision}"
        assert await anext(lines) == ""
        say(workspace, "news")
        assert await anext(lines) == f"data: {workspace.revision}"

        assert stream.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize(
    "name", ["page.css", "page.js", "swap.js", "keep.js", "time.js", "icon.svg", "unread.js", "emoji/x.svg"]
)
async def test_what_the_page_loads_is_served_and_asked_for_again(http: httpx.AsyncClient, name: str) -> None:
    first = await http.get(f"/static/{name}")
    again = await http.get(f"/static/{name}", headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert first.headers["cache-control"] == again.headers["cache-control"] == "no-cache"
