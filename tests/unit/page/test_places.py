import pytest

from bot.sandbox.slack.page import places
from bot.sandbox.slack.page.places import Nowhere
from bot.sandbox.slack.seed import seeded
from bot.sandbox.slack.workspace import Message, Workspace

TS = "1700000000.000100"


@pytest.fixture
def workspace() -> Workspace:
    made = seeded(now=lambda: 1_700_000_000.0)
    made.post(Message(ts=TS, channel="C0INCIDENT", user="U0ALICE", text="hello"))
    return made


@pytest.mark.parametrize(
    ("user", "channel"), [("U0BOB", "C0INCIDENT"), ("bob", "incident-42"), ("U0BOB", "incident-42")]
)
def test_people_and_channels_go_by_id_or_name(workspace: Workspace, user: str, channel: str) -> None:
    place = places.find(workspace, user, channel, TS)

    assert place.path == f"/as/U0BOB/C0INCIDENT/{TS}"
    assert place.act("press") == f"/as/U0BOB/C0INCIDENT/press?thread={TS}"


@pytest.mark.parametrize(
    ("user", "channel", "thread", "part"),
    [
        ("nobody", "incident-42", "", "person"),
        ("gone", "incident-42", "", "person"),
        ("countersign", "incident-42", "", "person"),
        ("bob", "nowhere", "", "channel"),
        ("bob", "secret", "", "channel"),
        ("gustav", "quiet", "", "channel"),
        ("stranger", "quiet", "", "channel"),
        ("bob", "incident-42", "1.1", "message"),
    ],
)
def test_what_is_not_there_or_not_visible_is_nowhere(
    workspace: Workspace, user: str, channel: str, thread: str, part: str
) -> None:
    with pytest.raises(Nowhere) as lost:
        places.find(workspace, user, channel, thread)

    assert lost.value.part == part
    assert lost.value.asked in {user, channel, thread}


def test_an_ephemeral_message_is_no_thread_for_others(workspace: Workspace) -> None:
    workspace.post(
        Message(ts="1700000001.000100", channel="C0INCIDENT", user="U0COUNTER", text="x", ephemeral_to="U0BOB")
    )

    with pytest.raises(Nowhere):
        places.find(workspace, "alice", "incident-42", "1700000001.000100")


def test_people_start_in_the_first_channel_they_are_in(workspace: Workspace) -> None:
    assert places.first_place(workspace).path == "/as/U0ALICE/C0INCIDENT"
    assert places.first_place(workspace, workspace.users["U0GUEST"]).path == "/as/U0GUEST/C0INCIDENT"


def test_a_person_in_no_channel_starts_nowhere(workspace: Workspace) -> None:
    workspace.channels["C0INCIDENT"].members.discard("U0GUEST")

    with pytest.raises(Nowhere) as lost:
        places.first_place(workspace, workspace.users["U0GUEST"])

    assert (lost.value.part, lost.value.asked) == ("start", "gustav")


def test_who_switches_person_stays_where_that_person_can_see(workspace: Workspace) -> None:
    incident = places.find(workspace, "alice", "incident-42")
    secret = places.find(workspace, "alice", "secret")
    bob = workspace.users["U0BOB"]

    assert places.moved(workspace, incident, bob) == "/as/U0BOB/C0INCIDENT"
    assert places.moved(workspace, secret, bob) == "/as/U0BOB/C0INCIDENT"


def test_channels_come_first_then_archived_ones_then_direct_messages(workspace: Workspace) -> None:
    direct = workspace.direct_messages("U0ALICE")

    found = places.channels_of(workspace, workspace.users["U0ALICE"])

    assert [channel.name for channel in found] == ["incident-42", "quiet", "secret", "old", direct.name]
    assert places.title(workspace, direct, workspace.users["U0ALICE"]) == "countersign"
