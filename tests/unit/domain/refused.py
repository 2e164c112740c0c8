"""What somebody is told of a line that is refused."""

import pytest

from bot.domain.command import NotUnderstood, Problem, parse

IDS = "lb-aaaa lbl-bbbb"
BACKEND = f"{IDS} cpm-cccc:1234"
USAGE = "probe-port <load_balancer> <listener> <host>:<port> <probe_port> <reason>"


class Told:
    """A refusal's facts, with their types."""

    def __init__(self, text: str) -> None:
        with pytest.raises(NotUnderstood) as caught:
            parse(text)
        facts = caught.value.facts
        assert isinstance(facts["understood"], dict)
        assert isinstance(facts["problems"], tuple)
        self.understood: dict[str, str] = facts["understood"]
        self.problems: tuple[Problem, ...] = facts["problems"]
        self.corrected = str(facts["corrected"])
        self.everything = str(caught.value)

    @property
    def codes(self) -> list[tuple[str, str]]:
        return [(problem.code.value, problem.field) for problem in self.problems]
