"""The whole file."""

import pathlib
import tomllib

from bot.domain.policy import Policy
from bot.policy_file.conditions import Names
from bot.policy_file.emergency import read_emergency
from bot.policy_file.freezes import read_freezes
from bot.policy_file.grants import read_grants
from bot.policy_file.groups import read_groups, read_who
from bot.policy_file.places import places
from bot.policy_file.problems import BadPolicy, Fault, Findings, Problem, not_toml
from bot.policy_file.rules import RULE_KEYS, read_rules
from bot.policy_file.table import Table
from bot.policy_file.windows import read_windows

EXPIRES_MIN, EXPIRES_MAX = 1, 10_080  # minutes; a week
AUDIT_KEYS = {"auditors": '["leads"]'}
DEFAULT_KEYS = {"expires_minutes": "60", "needs_health_check": "true"}
TOP_KEYS = {
    **DEFAULT_KEYS,  # where they stood before there was a table for them; files that have them there go on working
    "defaults": "{ expires_minutes = 60 }",
    "groups": '{ leads = { people = ["U0ANNA"] } }',
    "audit": '{ auditors = ["leads"] }',
    "grants": '{ by = ["U0ANNA"], channels = ["#inc-*"] }',
    "windows": '{ nightly = { days = "mon-sun", from = "01:00", to = "05:00", zone = "UTC" } }',
    "freeze": '{ may_lift = ["leads"] }',
    "emergency": '{ people = ["U0ANNA"] }',
    "rule": '[{ name = "everything", approvers = ["anyone"] }]',
}


def read_policy(path: pathlib.Path, *, expires_minutes: int) -> Policy:
    """Return the policy in the file at ``path``; ``expires_minutes`` (1-10080) holds where it doesn't say.

    Raises:
        BadPolicy: with everything that is wrong in it.
        OSError: it can't be read.
    """
    return policy_from(text_of(path), path.parent, expires_minutes=expires_minutes)


def text_of(path: pathlib.Path) -> str:
    """Return the text of the file at ``path``.

    Raises:
        BadPolicy: it is not UTF-8.
        OSError: it can't be read.
    """
    written = path.read_bytes()
    try:
        return written.decode("utf-8")
    except UnicodeDecodeError as error:
        line = written.count(b"\n", 0, error.start) + 1
        raise BadPolicy([Problem(line, Fault.NOT_UTF8, {"byte": error.start})]) from error


def policy_from(text: str, folder: pathlib.Path, *, expires_minutes: int) -> Policy:
    """Return the policy that ``text`` says; its calendars are in ``folder``.

    Raises:
        BadPolicy: with everything that is wrong in it.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise not_toml(error, text) from error
    findings = Findings(places(text))
    top = Table(values, (), findings, TOP_KEYS)
    defaults = top.table("defaults", DEFAULT_KEYS)
    for key in set(top.have(*DEFAULT_KEYS)) & set(defaults.have(*DEFAULT_KEYS)):
        top.wrong((key,), Fault.SAID_TWICE, key=key)
    minutes = top.whole("expires_minutes", expires_minutes, least=EXPIRES_MIN, most=EXPIRES_MAX)
    minutes = defaults.whole("expires_minutes", minutes, least=EXPIRES_MIN, most=EXPIRES_MAX)
    needs = top.flag("needs_health_check", default=True)
    needs = defaults.flag("needs_health_check", default=needs)
    groups, windows = read_groups(top), read_windows(top, folder)
    names = Names(groups=groups, windows=frozenset(windows))
    rules, freezes = read_rules(top.tables("rule", RULE_KEYS), names, minutes), read_freezes(top, names)
    auditors = read_who(top.table("audit", AUDIT_KEYS), "auditors", names.people)
    emergency = read_emergency(top, names)
    grants = read_grants(top, names)
    findings.settle()
    return Policy(
        expires_after=minutes * 60.0,
        needs_health_check=needs,
        rules=rules,
        groups=groups,
        windows=windows,
        auditors=auditors,
        freezes=freezes,
        emergency=emergency,
        grants=grants,
    )
