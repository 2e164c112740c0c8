"""chat.*: posting, changing and deleting messages (Slack fact sheet, section 9)."""

from typing import Any

from bot.sandbox.slack.app import Refused
from bot.sandbox.slack.compose import Content, compose, metadata
from bot.sandbox.slack.methods.places import found, visible, writable
from bot.sandbox.slack.records import message_record
from bot.sandbox.slack.registry import Call, TooFast, method
from bot.sandbox.slack.replies import rewrite
from bot.sandbox.slack.workspace import Channel, Message

UPDATE_TEXT_MOST = 4000
CONTENT_ERRORS = ("no_text", "invalid_blocks_format", "invalid_blocks")
METADATA_ERRORS = ("invalid_metadata_format", "metadata_too_large")
PLACE_ERRORS = ("channel_not_found", "is_archived", "not_in_channel")


@method(
    "chat.postMessage",
    tier="t5",
    scopes=("chat:write",),
    required=("channel",),
    optional=(
        "text", "blocks", "thread_ts", "reply_broadcast", "metadata", "parse", "link_names", "unfurl_links",
        "unfurl_media",
    ),
    errors=(*CONTENT_ERRORS, *METADATA_ERRORS, *PLACE_ERRORS, "msg_blocks_too_long", "cannot_reply_to_message"),
)  # fmt: skip
def post_message(call: Call) -> dict[str, Any]:
    """Post as the bot; a user's id as ``channel`` opens the DM with them."""
    channel = _destination(call)
    seconds = call.platform.limits.message(channel.id)
    if seconds:
        raise TooFast(seconds)
    content = _content(call)
    given = call.structure("metadata", error="invalid_metadata_format")
    posted = _put(
        call,
        channel,
        content,
        metadata=metadata(given) if given else None,
        broadcast=call.flag("reply_broadcast") and bool(call.text("thread_ts")),
    )
    answer = {"channel": channel.id, "ts": posted.ts, "message": message_record(call.platform, posted)}
    return answer | _warned(content)


@method(
    "chat.postEphemeral",
    tier="t4",
    scopes=("chat:write",),
    required=("channel", "user"),
    optional=("text", "blocks", "thread_ts", "parse", "link_names"),
    errors=(*CONTENT_ERRORS, *PLACE_ERRORS, "user_not_in_channel", "msg_too_long", "cannot_reply_to_message"),
)
def post_ephemeral(call: Call) -> dict[str, Any]:
    """Post what only one member of the channel sees."""
    channel = writable(call, call.text("channel"))
    if call.text("user") not in channel.members:
        raise Refused(error="user_not_in_channel")
    posted = _put(call, channel, _content(call, too_long="msg_too_long"), ephemeral_to=call.text("user"))
    return {"message_ts": posted.ts}


@method(
    "chat.update",
    tier="t3",
    scopes=("chat:write",),
    required=("channel", "ts"),
    optional=("text", "blocks", "metadata", "parse", "link_names"),
    errors=(
        *CONTENT_ERRORS, *METADATA_ERRORS, "channel_not_found", "message_not_found", "cant_update_message",
        "is_inactive", "msg_too_long",
    ),
)  # fmt: skip
def update(call: Call) -> dict[str, Any]:
    """Change an own message; blocks and metadata that aren't given stay, empty ones go."""
    message = _own(call, "cant_update_message")
    if call.platform.workspace.channels[message.channel].is_archived:
        raise Refused(error="is_inactive")
    if len(call.text("text")) > UPDATE_TEXT_MOST:
        raise Refused(error="msg_too_long")
    given = call.structure("metadata", error="invalid_metadata_format")
    replaced = metadata(given) if given else None
    content = _content(call, too_long="msg_too_long")
    blocks = message.blocks if call.args.get("blocks") is None else content.blocks
    rewrite(call.platform, message, Content(text=content.text, blocks=blocks))
    if given is not None:
        message.metadata = replaced
    record = message_record(call.platform, message)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": record}


@method(
    "chat.delete",
    tier="t3",
    scopes=("chat:write",),
    required=("channel", "ts"),
    errors=("channel_not_found", "message_not_found", "cant_delete_message"),
)
def delete(call: Call) -> dict[str, Any]:
    """Delete an own message."""
    message = _own(call, "cant_delete_message")
    call.platform.workspace.remove(message)
    return {"channel": message.channel, "ts": message.ts}


@method(
    "chat.getPermalink",
    tier="t5",
    required=("channel", "message_ts"),
    errors=("channel_not_found", "message_not_found"),
)
def get_permalink(call: Call) -> dict[str, Any]:
    """Return the address of a message in Slack's own form."""
    message = found(visible(call.platform, call.text("channel")), call.text("message_ts"))
    domain = call.platform.workspace.team.domain
    link = f"https://{domain}.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
    return {"channel": message.channel, "permalink": link}


def _destination(call: Call) -> Channel:
    name, workspace = call.text("channel"), call.platform.workspace
    person = workspace.users.get(name)
    if person is not None:
        if person.deleted or person.is_bot:
            raise Refused(error="channel_not_found")
        return workspace.direct_messages(person.id)
    named = workspace.find_channel(name)
    return writable(call, named.id if named else name, public_scope="chat:write.public")


def _content(call: Call, *, too_long: str = "msg_blocks_too_long") -> Content:
    blocks = call.structure("blocks", error="invalid_blocks_format")
    body = {
        "text": call.text("text"),
        "blocks": blocks,
        "parse": call.text("parse"),
        "link_names": call.flag("link_names"),
    }
    try:
        return compose(body, marker=call.platform.marker, rng=call.platform.rng)
    except Refused as refusal:
        if refusal.error == "msg_blocks_too_long":
            raise Refused(error=too_long) from None
        raise


def _put(call: Call, channel: Channel, content: Content, **more: Any) -> Message:  # noqa: ANN401 - Message's own fields
    thread = call.text("thread_ts") or None
    if thread is not None:
        parent = channel.find(thread)
        if parent is None or parent.ephemeral_to is not None:
            raise Refused(error="cannot_reply_to_message")
        thread = parent.thread_ts or parent.ts
    workspace = call.platform.workspace
    return workspace.post(
        Message(
            ts=workspace.new_ts(),
            channel=channel.id,
            user=workspace.bot_user,
            text=content.text,
            blocks=content.blocks,
            thread_ts=thread,
            by_app=True,
            **more,
        )
    )


def _own(call: Call, error: str) -> Message:
    message = found(visible(call.platform, call.text("channel")), call.text("ts"))
    if not message.by_app:
        raise Refused(error=error)
    return message


def _warned(content: Content) -> dict[str, Any]:
    if not content.warnings:
        return {}
    return {"warning": ",".join(content.warnings), "response_metadata": {"warnings": list(content.warnings)}}
