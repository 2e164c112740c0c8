"""What people touch, put together: reception, thread, and the line or the port that Slack comes through."""

from dataclasses import dataclass
from functools import partial

from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Settings
from bot.engine.changes import Changes
from bot.engine.deciding import Decisions
from bot.engine.emergencies import Emergencies
from bot.engine.explaining import Explaining
from bot.engine.freezing import Freezing
from bot.engine.granting import Granting
from bot.engine.ports import Clock
from bot.engine.previewing import Previewing
from bot.engine.record import Record
from bot.engine.reviewing import Reviewing
from bot.engine.ruling import Ruling
from bot.engine.standing import Standing
from bot.redaction import TYPED, Redaction
from bot.slack.app import Line, build_app
from bot.slack.buttons import Buttons
from bot.slack.clicks import Clicks
from bot.slack.client import web_client
from bot.slack.commands import Commands
from bot.slack.confirmation import Confirmation
from bot.slack.desks import Desks
from bot.slack.directory import SlackDirectory, Sources
from bot.slack.forms import Forms
from bot.slack.freezes import Freezes
from bot.slack.grants import Grants
from bot.slack.groups import Groups
from bot.slack.http import Port
from bot.slack.installation import Installation
from bot.slack.patrol import Patrol
from bot.slack.people import People
from bot.slack.personal import Personal
from bot.slack.previews import Previews
from bot.slack.questions import Questions
from bot.slack.reception import Reception
from bot.slack.referring import Referring
from bot.slack.thread import Thread
from bot.slack.token_watch import TokenWatch
from bot.slack.tokens import accepted
from bot.slack.wording import Wording
from bot.store.ledger import Ledger
from bot.variable import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What people touch, ready to run."""

    reception: Reception
    thread: Thread
    token: TokenWatch
    patrol: Patrol
    line: Line | Port


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What people's commands and clicks go through to the engine."""

    changes: Changes
    decisions: Decisions
    emergencies: Emergencies
    ruling: Ruling


async def open_edge(
    settings: Settings,
    ledger: Ledger,
    doors: Doors,
    directory: SlackDirectory,
    clock: Clock,
    standing: Standing,
    http: Address | None,
) -> Edge:
    """Return the edge as soon as Slack answers: over Socket Mode, or with its requests coming to ``http``.

    Raises:
        TokenRefused: Slack refuses the bot token or the app token.
    """
    client = web_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    known = await accepted(client.auth_test, clock, variable="SLACK_BOT_TOKEN")
    home = Installation.of(known)
    people = People(client, home, language=settings.language, now=clock.now)
    directory.opened(Sources(client=client, people=people, groups=Groups(client, home, clock)))
    reception = Reception(ledger, clock, people.language_of, Redaction(settings.secrets(), shapes=TYPED).value)
    posting = web_client(client.token, settings.slack_api_url, waits=False)
    patrol = Patrol(ledger, posting, clock)
    desks = _desks(settings, ledger, doors, clock, reception, people, client, patrol)
    referring = Referring(doors.changes, patrol)
    commands = Commands(doors.changes, doors.emergencies, reception, people, client, referring, desks,
                        command=settings.command)  # fmt: skip
    clicks, forms = Clicks(ledger, people), Forms(reception, client)
    confirmation = Confirmation(doors.changes, doors.decisions, reception, clicks, forms)
    buttons = Buttons(doors.changes, doors.decisions, reception, clicks, forms, confirmation, client)
    token = TokenWatch(posting.auth_test, clock, ledger.bell)
    personal = Personal(ledger, posting, clock, reception.response_url, reception.has_url, directory.members)
    thread = Thread(ledger, posting, clock, Wording(settings.language), command=settings.command, token=token,
                    personal=personal, place=standing)  # fmt: skip
    identity = AuthorizeResult.from_auth_test_response(bot_token=client.token, auth_test_response=known)
    app = build_app(identity, commands, buttons, confirmation, api_url=settings.slack_api_url, command=settings.command)
    line = await _line(app, client, settings, clock) if http is None else _port(app, settings, clock, http)
    return Edge(reception=reception, thread=thread, token=token, patrol=patrol, line=line)


def _desks(
    settings: Settings,
    ledger: Ledger,
    doors: Doors,
    clock: Clock,
    reception: Reception,
    people: People,
    client: AsyncWebClient,
    patrol: Patrol,
) -> Desks:
    ruling, words, command = doors.ruling, Wording(settings.language), settings.command
    record = Record(ledger, clock, ruling, auditors=settings.auditors or ())
    explaining, reviewing = Explaining(ledger, clock, ruling), Reviewing(ledger, clock, ruling)
    previewing, referring = Previewing(doors.changes, explaining), Referring(doors.changes, patrol)
    return Desks(
        questions=Questions(reception, people, record, explaining, patrol, reviewing, command=command),
        freezes=Freezes(reception, people, Freezing(ledger, clock, ruling), words, command=command),
        grants=Grants(reception, Granting(ledger, clock, ruling), words),
        previews=Previews(reception, people, client, previewing, referring, command=command),
    )


async def _line(app: AsyncApp, client: AsyncWebClient, settings: Settings, clock: Clock) -> Line:
    app_token = _clear(settings.slack_app_token)
    opening = partial(client.apps_connections_open, app_token=app_token)  # the line itself would try for ever, unheard
    await accepted(opening, clock, variable="SLACK_APP_TOKEN")
    return Line(app, app_token)


def _port(app: AsyncApp, settings: Settings, clock: Clock, http: Address) -> Port:
    return Port(app, _clear(settings.slack_signing_secret), http, now=clock.now)


def _clear(secret: SecretStr | None) -> str:
    """Return a secret that the mode needs: ``Settings.from_env`` made sure that it is there."""
    return secret.get_secret_value() if secret else ""
