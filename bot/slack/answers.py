"""Answers to what was typed: what was wrong with a command, and how it works. Pure."""

from bot.domain.command import (
    FREEZE_LINES,
    GRANT_LINES,
    NotUnderstood,
    Problem,
    ProblemCode,
    Review,
    broken,
    example,
    previewed,
)
from bot.domain.operation import OPERATIONS
from bot.slack.wording import Mrkdwn, Wording, code


def not_understood(no: NotUnderstood, words: Wording, *, command: str) -> Mrkdwn:
    """Return everything about a wrong command at once: problems, what was understood, and a line to copy."""
    problems: tuple[Problem, ...] = no.facts["problems"]  # type: ignore[assignment]  # as NotUnderstood says
    understood: dict[str, str] = no.facts["understood"]  # type: ignore[assignment]  # as NotUnderstood says
    lines = [words.say("command/nothing_done"), *(_problem(one, words) for one in problems)]
    if understood:
        pairs = ", ".join(f"{words.say(f'field/{name}')} {code(value)}" for name, value in understood.items())
        lines.append(words.say("command/understood", pairs=Mrkdwn(pairs)))
    if all(one.code is not ProblemCode.DECIDE_ON_CARD for one in problems):  # no line does what a button does
        lines.append(words.say("command/corrected", line=code(f"{command} {no.facts['corrected']}")))
    return Mrkdwn("\n".join(lines))


def _problem(problem: Problem, words: Wording) -> Mrkdwn:
    allowed = [code(one) for one in problem.allowed]
    facts = {
        "field": words.say(f"field/{problem.field}") if problem.field else "",
        "value": code(problem.value) if problem.value else words.say("value/none"),
        "allowed": Mrkdwn(", ".join(allowed)),
        "least": Mrkdwn(problem.allowed[0]) if problem.allowed else "",
        "most": Mrkdwn(problem.allowed[-1]) if problem.allowed else "",
    }
    return words.say("command/problem", problem=words.say(f"problem/{problem.code}", **facts))


def help_text(words: Wording, *, command: str) -> Mrkdwn:
    """Return how the command works, with a line to copy for each operation."""
    lines = [words.say("help/intro")]
    usage = ""
    for verb, operation in OPERATIONS.items():
        usage = example(operation.description)
        lines.append(words.say(f"help/verb/{verb}", line=code(f"{command} {usage}")))
    lines.append(words.say("help/later", at=code("--at 02:00"), window=code("--window nightly")))
    lines.append(words.say("help/preview", line=code(f"{command} {previewed(usage)}")))
    lines.append(words.say("help/emergency", line=code(f"{command} {broken(usage, emergency=True)}")))
    lines.append(words.say("help/review", line=code(f"{command} {Review.line('CR-7')}")))
    grant, grants, revoke = (code(f"{command} {one}") for one in GRANT_LINES)
    lines.append(words.say("help/grant", line=grant, others=Mrkdwn(f"{grants} {revoke}")))
    lines.append(words.say("help/why", line=code(f"{command} why CR-7")))
    lines.append(words.say("help/pending", line=code(f"{command} pending")))
    lines.append(words.say("help/rules", line=Mrkdwn(f"{code(f'{command} whoami')} {code(f'{command} policy')}")))
    freezes = Mrkdwn(" ".join(code(f"{command} {one}") for one in FREEZE_LINES))
    lines.append(words.say("help/freeze", line=freezes))
    lines.append(words.say("help/audit", line=code(f"{command} audit CR-7")))
    return Mrkdwn("\n".join([*lines, words.say("help/also", command=command)]))
