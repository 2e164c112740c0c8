"""What docs/policy.md shows of the files beside it."""

from bot import texts
from bot.policy_file import read_policy
from bot.policy_file.cases import read_cases
from bot.policy_file.trial import outcome_of
from tests.unit.policy_file.files import ACME

PAGE = ACME.parent / "policy.md"


def shown() -> dict[str, str]:
    """Return what stands between the marks of each name."""
    policy = (ACME / "acme.toml").read_text(encoding="utf-8")
    return {"acme.toml": f"```toml\n{policy}```\n", "acme.cases.toml": f"{_table()}\n"}


def _table() -> str:
    policy = read_policy(ACME / "acme.toml", expires_minutes=60)
    rows = [("case", "rule", "comes out as", "approvals", "missing", "can approve now"), ("---",) * 6]
    for case in read_cases(ACME / "acme.cases.toml", policy):
        came = outcome_of(policy, case)
        counts = (str(came.approvals), str(came.missing)) if came.approvals else ("", "")
        word = texts.say("en", f"policy_outcome/{came.outcome}")
        rows.append((case.name, came.rule, word, *counts, ", ".join(sorted(came.can_approve))))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def with_shown(page: str) -> str:
    """Return ``page`` with what it shows brought up to date."""
    for name, text in shown().items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, _, rest = page.partition(begin)
        page = before + begin + text + end + rest.partition(end)[2]
    return page


def main() -> None:
    PAGE.write_text(with_shown(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
