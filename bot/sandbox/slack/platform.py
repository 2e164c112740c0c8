"""One Slack: the workspace, the installed app, and everything that stands between them."""

import random
from dataclasses import dataclass, field

from bot.sandbox.slack.app import App
from bot.sandbox.slack.calls import Calls
from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.deliveries import Deliveries
from bot.sandbox.slack.entities import Marker
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.hooks import Hooks
from bot.sandbox.slack.limits import Limits
from bot.sandbox.slack.requests import RequestUrls
from bot.sandbox.slack.sockets import Sockets, Tickets
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How this Slack differs from the usual one.

    ``seed`` feeds everything random. ``rotate`` gives envelopes to connections in turn, otherwise one is drawn.
    ``burst`` is how many messages a channel takes at once; ``tiers`` switches the per-minute limits on.
    ``request_urls`` are where the app takes requests in HTTP mode; none: Socket Mode.
    """

    app: App = field(default_factory=App)
    seed: int = 42
    rotate: bool = True
    burst: int = 20
    tiers: bool = False
    request_urls: tuple[str, ...] = ()


class Platform:
    """What the Web API, the connections and the people share.

    ``origin`` is the address the app last reached us at, such as ``http://127.0.0.1:8080``, or one at which anybody
    did: the URLs the app is given start with it.
    """

    def __init__(self, workspace: Workspace, options: Options) -> None:
        clock: Clock = workspace.clock
        self.rng = random.Random(options.seed)  # noqa: S311 - ids of a sandbox, repeatable on purpose
        self.workspace = workspace
        self.app = options.app
        self.origin = ""
        self.marker = Marker(workspace=workspace)
        self.calls = Calls(clock)
        self.faults = Faults()
        self.limits = Limits(clock, burst=options.burst, tiers=options.tiers)
        self.triggers = Triggers(clock, self.rng)
        self.hooks = Hooks(clock, self.rng)
        self.tickets = Tickets(clock, self.rng)
        self.sockets = Sockets(clock, None if options.rotate else self.rng)
        self.requests = RequestUrls(clock, secret=options.app.signing_secret, urls=options.request_urls)
        self.deliveries = Deliveries(
            sockets=self.sockets, requests=self.requests, clock=clock, faults=self.faults, rng=self.rng
        )
