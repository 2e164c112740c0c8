"""A local Slack: the Web API methods, Socket Mode and a page, with Slack's own limits."""
