"""The Web API methods, by Slack's families; importing this registers them."""

from bot.sandbox.slack.methods import chat, conversations, history, marks, people, platform, usergroups, views
from bot.sandbox.slack.registry import METHODS

__all__ = ["METHODS", "chat", "conversations", "history", "marks", "people", "platform", "usergroups", "views"]
