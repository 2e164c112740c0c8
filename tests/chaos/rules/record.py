"""Rules over the chain of hashes: nothing is left out of it, and every head in Slack is in it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256

from tests.chaos.history import History, Linked, Violation

HEAD = re.compile(r"`([0-9a-f]{64})`")


def line(event: Linked) -> str:
    """Return what is hashed, written anew from docs/audit.md."""
    whole, _, digits = format(Decimal(repr(event.at)), "f").partition(".")
    at = f"{datetime.fromtimestamp(int(whole), UTC):%Y-%m-%dT%H:%M:%S}.{digits or '0'}Z"
    change = "null" if event.change is None else str(event.change)
    return (
        f'{{"actor":{json.dumps(event.actor)},"at":"{at}","change":{change},"facts":{event.facts},"id":{event.id},'
        f'"kind":{json.dumps(event.kind)},"number":{event.number},"previous":"{event.previous}"}}'
    )


def unbroken(history: History) -> Iterator[Violation]:
    """Every event has a hash of itself and of the one before it, whoever wrote it and whoever died meanwhile."""
    before: Linked | None = None
    for number, event in enumerate(history.record, start=1):
        if event.number != number:
            told = f"event {event.id} has the number {event.number} instead of {number}"
        elif before is not None and event.previous != before.hash:
            told = f"event {event.id} doesn't follow event {before.id}"
        elif sha256(line(event).encode()).hexdigest() != event.hash:
            told = f"event {event.id} is not what was hashed"
        else:
            before = event
            continue
        yield Violation(rule="unbroken", change="", evidence=told)
        return


def heads_are_in_it(history: History) -> Iterator[Violation]:
    """Every hash that a result shows is that of an event."""
    known = {event.hash for event in history.record}
    for card in history.cards:
        for reply in card.replies:
            for head in HEAD.findall(reply.text) if reply.purpose == "result" else ():
                if head not in known:
                    yield Violation(
                        rule="heads_are_in_it", change=card.change, evidence=f"no event has the hash {head}"
                    )
