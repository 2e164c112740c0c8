"""One reader's screen as HTML: the whole page, or only the regions that change while somebody looks."""

from bot.sandbox.slack.page import places
from bot.sandbox.slack.page.drawing import Answer, Drawing, templates, tints
from bot.sandbox.slack.page.pen import Pen
from bot.sandbox.slack.page.places import Nowhere, Place
from bot.sandbox.slack.workspace import Channel, User, Workspace

NEWEST = 100  # messages of a channel that are drawn


def page(workspace: Workspace, place: Place, answer: Answer | None = None) -> str:
    """Return the whole document; ``answer`` is shown near where the person acted."""
    return templates().get_template("page.html").render(_facts(workspace, place, answer or Answer()))


def regions(workspace: Workspace, place: Place) -> str:
    """Return only the regions that change, each an element with the id it has in the whole document."""
    return templates().get_template("regions.html").render(_facts(workspace, place, Answer()))


def nowhere(workspace: Workspace, lost: Nowhere) -> str:
    """Return the page for an address that leads nowhere: what was asked for, and what there is."""
    people = [
        (person, [(each, places.title(workspace, each, person)) for each in places.channels_of(workspace, person)])
        for person in places.cast(workspace)
    ]
    return templates().get_template("nowhere.html").render(lost=lost, people=people)


def _facts(workspace: Workspace, place: Place, answer: Answer) -> dict[str, object]:
    channel, viewer, thread = place.channel, place.viewer, place.thread
    pen = Pen(names=places.names(workspace))
    colours = tints(workspace.users)
    drawing = Drawing(place=place, people=workspace.users, tints=colours, pen=pen, answer=answer)
    messages = workspace.messages(channel.id, viewer=viewer.id)
    replies = workspace.thread(channel.id, thread.ts, viewer=viewer.id) if thread else []
    views = workspace.views_of(viewer.id)
    return {
        "workspace": workspace,
        "place": place,
        "answer": answer,
        "tints": colours,
        "title": places.title(workspace, channel, viewer),
        "channels": [
            (each, places.title(workspace, each, viewer), _latest(workspace, each, viewer))
            for each in places.channels_of(workspace, viewer)
        ],
        "people": [(person, places.moved(workspace, place, person)) for person in places.cast(workspace)],
        "earlier": max(0, len(messages) - NEWEST),
        "messages": [drawing.message(each, pane="channel") for each in messages[-NEWEST:]],
        "replies": [drawing.message(each, pane="thread") for each in ([thread, *replies] if thread else [])],
        "modals": [drawing.modal(views[-1], len(views))] if views else [],
    }


def _latest(workspace: Workspace, channel: Channel, viewer: User) -> str:
    """Return the ts of the newest message of ``channel`` that ``viewer`` sees at its top level."""
    return max((message.ts for message in workspace.messages(channel.id, viewer=viewer.id)), default="")
