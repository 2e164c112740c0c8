from bot.sandbox.slack.page import places, screen
from bot.sandbox.slack.page.places import Nowhere
from bot.sandbox.slack.seed import seeded
from bot.sandbox.slack.workspace import Message, Workspace
from tests.unit.page.whitelist import read


def full(count: int) -> Workspace:
    workspace = seeded(now=lambda: 1_700_000_000.0)
    for number in range(count):
        workspace.post(Message(ts=workspace.new_ts(), channel="C0INCIDENT", user="U0BOB", text=f"line {number}."))
    return workspace


def test_a_channel_shows_its_newest_hundred_messages_and_says_how_many_it_leaves_out() -> None:
    workspace = full(103)

    page = screen.page(workspace, places.find(workspace, "alice", "incident-42"))

    assert "3 earlier messages are not shown." in page
    assert "line 2." not in page
    assert "line 3." in page
    assert "line 102." in page


def test_a_page_is_whole_html_and_every_id_in_it_is_there_once() -> None:
    workspace = full(3)
    parent = workspace.messages("C0INCIDENT", viewer="U0BOB")[0]
    workspace.post(
        Message(ts=workspace.new_ts(), channel="C0INCIDENT", user="U0BOB", text="reply", thread_ts=parent.ts)
    )

    html = screen.page(workspace, places.find(workspace, "alice", "incident-42", parent.ts))

    ids = [attributes["id"] for _, attributes in read(html).tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {f"channel-{parent.ts}", f"thread-{parent.ts}", "text", "modals"} <= set(ids)


def test_nowhere_lists_what_each_person_sees() -> None:
    workspace = full(0)

    words = " ".join(read(screen.nowhere(workspace, Nowhere(part="channel", asked="x", viewer="bob"))).words.split())

    assert "bob sees no channel called “x”." in words
    assert "as alice: #incident-42, #quiet, #secret, #old as bob: #incident-42, #quiet, #old" in words
    assert "as gustav: #incident-42 as stranger: #incident-42" in words
