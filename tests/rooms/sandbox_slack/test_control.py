"""The control API itself: what it shows, what it changes, and whom it answers."""

import asyncio

import pytest

from tests.rooms.sandbox_slack.stand_in import INCIDENT, QUIET, SECRET, Slack


async def test_the_state_is_what_that_person_sees(slack: Slack) -> None:
    async def places(user: str) -> set[str]:
        return {channel["id"] for channel in (await slack.look(f"state?user={user}"))["channels"]}

    assert await places("alice") == {INCIDENT, QUIET, SECRET, "C0ARCHIVE"}
    assert await places("U0CARLA") == {INCIDENT, QUIET, "C0ARCHIVE"}
    assert await places("gustav") == {INCIDENT}
    assert await places("stranger") == {INCIDENT}
    assert await places("gone") == set()


async def test_the_state_without_a_person_is_everything(slack: Slack) -> None:
    await slack.api("chat.postEphemeral", channel=INCIDENT, user="U0BOB", text="psst")

    state = await slack.look("state")

    assert state["team"] == {"id": "T0SANDBOX", "name": "Sandbox", "domain": "sandbox"}
    assert {channel["id"] for channel in state["channels"]} == {INCIDENT, QUIET, SECRET, "C0ARCHIVE"}
    assert [message["text"] for message in state["channels"][0]["messages"]] == ["psst"]
    assert len(state["users"]) == 7


async def test_one_can_wait_for_the_next_change(slack: Slack) -> None:
    revision = (await slack.look("state"))["revision"]

    waiting = asyncio.create_task(slack.look(f"state?user=bob&since={revision}"))
    await slack.post("news")

    state = await waiting
    assert state["revision"] > revision
    assert state["channels"][0]["messages"][0]["text"] == "news"


async def test_people_and_channels_can_be_created_and_changed(slack: Slack) -> None:
    created = await slack.do("users", id="U0DORA", name="dora", locale="zh-CN")
    changed = await slack.do("users", id="bob", is_restricted=True)
    channel = await slack.do("channels", id="C0OPS", name="ops", members=["dora", "countersign"])

    typed = await slack.do("type", user="dora", channel="ops", text="hello")

    assert (created["real_name"], created["team_id"]) == ("U0DORA", "T0SANDBOX")
    assert (changed["id"], changed["is_restricted"]) == ("U0BOB", True)
    assert channel["members"] == ["U0COUNTER", "U0DORA"]
    assert typed["ok"] is True


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("type", {"user": "alice"}, "'channel' must be a string"),
        ("submit", {"user": "alice", "view": "V1", "values": {"a": "b"}}, "'values' must be an object"),
        ("clock", {"advance": "soon"}, "'advance' must be a number"),
        ("clock", {"advance": -1}, "must not be negative"),
        ("users", {"name": "x"}, "'id' must be a string"),
        ("users", {"id": "bob", "colour": "red"}, "'colour' isn't one of"),
        ("users", {"id": "bob", "deleted": "yes"}, "'deleted' must be of type bool"),
        ("channels", {"id": "ops", "members": ["nobody"]}, "nobody called 'nobody'"),
        ("type", ["alice"], "send a JSON object"),
    ],
)
async def test_a_wish_that_cannot_be_understood_is_told_why(slack: Slack, path: str, body: object, says: str) -> None:
    answer = await slack.http.post(f"{slack.url}/sandbox/{path}", json=body)

    assert answer.status_code == 400
    assert says in answer.json()["error"]


@pytest.mark.parametrize("query", ["state?user=nobody", "state?since=later", "sockets?at_least=-1"])
async def test_a_look_that_makes_no_sense_is_refused(slack: Slack, query: str) -> None:
    assert (await slack.http.get(f"{slack.url}/sandbox/{query}")).status_code == 400


async def test_a_foreign_page_can_neither_post_nor_come_by_a_name_of_its_own(slack: Slack) -> None:
    simple = await slack.http.post(f"{slack.url}/sandbox/clock", content='{"advance": 1}')
    rebound = await slack.http.get(f"{slack.url}/sandbox/state", headers={"Host": "evil.example"})

    assert simple.status_code == 400
    assert rebound.status_code == 400
    assert (await slack.look("clock"))["now"] == 1_700_000_000.0


async def test_a_waiting_client_that_leaves_is_let_go(slack: Slack) -> None:
    waiting = asyncio.create_task(slack.look("sockets?at_least=1"))
    await slack.look("clock")
    waiting.cancel()

    # Were the wait still on, the server could not stop and this test would not end.
    assert (await slack.look("sockets"))["open"] == []
