"""A channel that takes nothing: who counts on a change is told directly, and its thread catches up when it opens."""

from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from bot.domain.change import Change, Ending, Move, State
from bot.slack.trouble import CLOSED_MOST, CLOSED_TRIES
from bot.store import outbox
from bot.store.outbox import Purpose
from bot.store.tables import posts
from tests.rooms.slack.posting import Postman
from tests.rooms.slack.stand_in import ALICE, BOB, INCIDENT
from tests.rooms.store.ledgers import rows
from tests.unit.slack.making import NOW

Doing = Callable[[Postman], Awaitable[None]]
WHY = ["not_in_channel", "channel_not_found", "is_archived", "restricted_action", "is_inactive"]


async def close(postman: Postman) -> None:
    """Make the channel private and put the bot out: it can't post there, nor edit what it posted."""
    members = postman.slack.workspace.channels[INCIDENT].members - {postman.slack.workspace.bot_user}
    await postman.slack.do("channels", id=INCIDENT, members=sorted(members), is_private=True)


async def open_again(postman: Postman) -> None:
    members = postman.slack.workspace.channels[INCIDENT].members | {postman.slack.workspace.bot_user}
    await postman.slack.do("channels", id=INCIDENT, members=sorted(members))


async def archive(postman: Postman, *, archived: bool) -> None:
    await postman.slack.do("channels", id=INCIDENT, is_archived=archived)


async def stood(postman: Postman) -> Change:
    """Return a change whose card stands."""
    change = await postman.opened()
    await postman.deliver()
    return change


async def waiting_posts(postman: Postman) -> int:
    async with postman.ledger.reading() as book:
        return await outbox.waiting(book)


async def tries(postman: Postman, times: int = 4) -> None:
    for _ in range(times):
        await postman.deliver(after=CLOSED_MOST)


@pytest.mark.parametrize(
    ("shut", "reopen"),
    [
        pytest.param(close, open_again, id="the bot was removed"),
        pytest.param(partial(archive, archived=True), partial(archive, archived=False), id="it was archived"),
    ],
)
async def test_a_result_is_told_directly_once_and_stands_in_the_thread_when_the_channel_opens(
    postman: Postman, shut: Doing, reopen: Doing
) -> None:
    change = await stood(postman)
    await shut(postman)
    await postman.moved(change, Move.REJECT)
    await tries(postman)
    closed = postman.slack.thread(await postman.card())
    await reopen(postman)
    await tries(postman)

    [result] = postman.slack.thread(await postman.card())
    assert closed == []
    assert "rejected CR-1" in result.text
    for person in (ALICE, BOB):
        [told] = postman.slack.direct(person)
        assert told.startswith(result.text)
        assert "Invite me there, or unarchive it" in told
    assert "*Rejected*" in postman.slack.top()[0].text


async def test_an_approval_is_told_directly_to_both_and_then_how_it_ended(postman: Postman) -> None:
    change = await stood(postman)
    await close(postman)
    approved = await postman.moved(change, Move.APPROVE)
    await tries(postman)
    await postman.moved(approved, Move.CANCEL, by=ALICE, body={"approver": BOB})
    await tries(postman)

    for person in (ALICE, BOB):
        first, second = postman.slack.direct(person)
        assert "👍 *Approved* by" in first
        assert "cancelled CR-1 before it ran" in second


async def test_that_facts_moved_is_told_directly_with_until_when_it_waits(postman: Postman) -> None:
    change = await stood(postman)
    await close(postman)
    again = await postman.handed_back(await postman.ran(change))
    await tries(postman)

    assert (again.state, again.decided_by) == (State.PENDING, None)
    for person in (ALICE, BOB):
        [told] = postman.slack.direct(person)
        assert "what you approved is no longer so, and nothing was run" in told
        assert f"⏳ *Waiting for a second person* until <!date^{int(NOW) + 3600}" in told


async def test_that_a_run_began_is_told_nobody_directly(postman: Postman) -> None:
    change = await stood(postman)
    approved = await postman.moved(change, Move.APPROVE)
    await postman.deliver()
    await close(postman)
    await postman.moved(approved, Move.START)
    await tries(postman)

    assert postman.slack.direct(ALICE) == postman.slack.direct(BOB) == []


async def test_an_outcome_that_becomes_known_later_is_told_again(postman: Postman) -> None:
    change = await stood(postman)
    await close(postman)
    unknown = await postman.ended(await postman.ran(change), Move.LOSE_TRACK, Ending.UNSETTLED)
    await tries(postman)
    await postman.ended(unknown, Move.SUCCEED, Ending.VERIFIED_BY_READING)
    await tries(postman)

    for person in (ALICE, BOB):
        first, second = postman.slack.direct(person)
        assert "Outcome unknown" in first
        assert "verified: probe port is now" in second


async def test_a_result_is_told_even_where_nobody_knows_whether_the_card_stands(postman: Postman) -> None:
    await postman.slack.fault("drop_after", method="chat.postMessage")
    change = await stood(postman)
    await close(postman)
    running = await postman.ran(change)  # approved on the card, which stands
    await postman.ended(running, Move.FAIL, Ending.TASK_FAILED)
    await tries(postman)
    await open_again(postman)
    await tries(postman)

    [told] = postman.slack.direct(ALICE)
    assert "The cloud's task failed" in told
    assert len(postman.slack.top()) == 1
    assert len(postman.slack.thread(await postman.card())) == 1


@pytest.mark.parametrize("lost", ["drop_after", "drop_before"], ids=["it stands", "it never arrived"])
async def test_a_card_that_may_stand_in_a_closed_channel_is_taken_back_and_shows_it_when_the_channel_opens(
    postman: Postman, lost: str
) -> None:
    await postman.slack.fault(lost, method="chat.postMessage")
    await stood(postman)
    await close(postman)
    await tries(postman)
    async with postman.ledger.reading() as book:
        change = await book.change(1)
    row = await postman.row()
    await open_again(postman)
    await tries(postman)

    [told] = postman.slack.direct(ALICE)
    assert "I can't see whether the card of CR-1 stands" in told
    assert "So I took it back, and nothing was changed." in told
    assert (change.state, row["given_up"]) == (State.CANCELLED, None)
    cards = [(card.text, card.blocks) for card in postman.slack.top()]
    assert len(cards) == (1 if lost == "drop_after" else 0)
    assert all("*Cancelled*" in text and "approve" not in str(blocks) for text, blocks in cards)
    assert await waiting_posts(postman) == 0


async def test_a_card_that_slack_put_off_never_stood_and_is_given_up_where_the_channel_closes(
    postman: Postman,
) -> None:
    await postman.slack.fault("rate_limited", retry_after=1, method="chat.postMessage")
    await stood(postman)
    await archive(postman, archived=True)
    await tries(postman)

    [told] = postman.slack.direct(ALICE)
    assert "so nobody could decide CR-1: I took it back" in told
    assert (await postman.row())["given_up"] == "is_archived"


async def test_a_card_that_a_look_did_not_find_is_given_up_where_the_channel_closes(postman: Postman) -> None:
    await postman.slack.fault("drop_before", method="chat.postMessage")
    await stood(postman)
    await archive(postman, archived=True)  # what stands in it can be read still
    await tries(postman)

    [told] = postman.slack.direct(ALICE)
    assert "so nobody could decide CR-1: I took it back" in told
    assert (await postman.row())["given_up"] == "is_archived"


async def test_a_channel_that_stays_closed_is_asked_ever_more_slowly_and_given_up_after_a_day(
    postman: Postman,
) -> None:
    change = await stood(postman)
    await close(postman)
    await postman.moved(change, Move.REJECT)
    for _ in range(360):  # an hour
        await postman.deliver(after=10.0)
    slow = len(await postman.slack.calls("chat.update"))
    async with postman.ledger.writing() as book:
        await book.connection.execute(posts.update().values(attempts=CLOSED_TRIES))
    await tries(postman)

    assert slow <= 3600 / CLOSED_MOST + 9
    assert CLOSED_TRIES * CLOSED_MOST >= 86400
    assert (await postman.row())["given_up"] == "channel_not_found"
    assert len(postman.slack.direct(ALICE)) == 1


@pytest.mark.parametrize("why", WHY)
async def test_a_refusal_that_can_end_is_waited_out(postman: Postman, why: str) -> None:
    change = await stood(postman)
    await postman.moved(change, Move.REJECT)
    await postman.slack.fault("api_error", error=why, method="chat.postMessage")

    await postman.deliver()
    refused = await postman.row(Purpose.RESULT)
    await tries(postman)

    assert (refused["given_up"], refused["attempts"]) == (None, 1)
    assert len(postman.slack.thread(await postman.card())) == 1


async def test_somebody_who_left_keeps_nobody_else_from_being_told(postman: Postman) -> None:
    change = await stood(postman)
    await close(postman)
    await postman.slack.do("users", id=ALICE, deleted=True)
    await postman.moved(change, Move.REJECT)
    await tries(postman)

    [told] = [row for row in await rows(postman.ledger, posts) if row["user"] == ALICE]
    assert told["given_up"] == "user_disabled"
    assert len(postman.slack.direct(BOB)) == 1
