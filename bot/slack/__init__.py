"""The edge people touch: the only room that knows Slack."""
