"""Every no of the simulated API, and how each face words it; the rows stand in ``errors.toml``."""

import tomllib
from importlib.resources import files
from typing import Any

_ROWS: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
    files("bot.sandbox.cloud").joinpath("errors.toml").read_text(encoding="utf-8")
)
MISSING_PARAMETER = "MissingParameter"
UNKNOWN_PARAMETER = "UnknownParameter"
INVALID_REQUEST = "InvalidRequest"
NO_SUCH_VERSION = "NoSuchVersion"
UNSUPPORTED_REGION = "UnsupportedRegion"
REQUEST_TOO_LARGE = "RequestSizeLimitExceeded"
INVALID_AUTHORIZATION = "AuthFailure.InvalidAuthorization"
OTHER_V2, OTHER_V3 = 5100, "FailedOperation"  # what carries a code that has no row


class Problem(Exception):
    """The API says no.

    ``code`` is a module or common code as an int, sign included (fact sheet, sections 6.2, 6.3), or a 3.0 code as
    text (section 9.6). ``detail`` says which parameter or object is meant; ``message`` replaces the code's own text.
    """

    def __init__(self, code: int | str, detail: str = "", *, message: str | None = None) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.message = message

    def text(self, language: str) -> str:
        """Return the sentence in ``language`` (``zh`` or ``en``)."""
        if self.message is not None:
            return self.message
        row = _row(self.code)
        return ": ".join(part for part in (row.get(language, ""), self.detail) if part)


def v2_failure(problem: Problem, *, module_code_in: str, language: str = "zh") -> dict[str, Any]:
    """Return the failed v2 envelope for ``problem`` (fact sheet, section 6.1).

    ``module_code_in`` says where a module code goes (Q19): ``message`` puts a common code into ``code`` and
    ``(module code)`` at the start of the message, ``code`` puts the module code itself into ``code``.
    """
    text, code = problem.text(language), problem.code
    if isinstance(code, str):
        return _envelope(OTHER_V2, text, code)
    row = _ROWS["module"].get(str(code))
    if row is None:
        return _envelope(code, text, _ROWS["common"].get(str(code), {}).get("identifier", ""))
    if module_code_in == "code":
        return _envelope(code, text, row["identifier"])
    return _envelope(row["v2"], f"({code}){text}", row["identifier"])


def v3_failure(problem: Problem, *, language: str) -> dict[str, str]:
    """Return the ``Error`` object of API 3.0 for ``problem`` (fact sheet, section 9.2)."""
    code = problem.code if isinstance(problem.code, str) else str(_row(problem.code).get("v3", OTHER_V3))
    return {"Code": code, "Message": problem.text(language)}


def _envelope(code: int, message: str, code_desc: str) -> dict[str, Any]:
    return {"code": code, "message": message, "codeDesc": code_desc}


def _row(code: int | str) -> dict[str, Any]:
    tables = ("v3",) if isinstance(code, str) else ("module", "common")
    return next((_ROWS[table][str(code)] for table in tables if str(code) in _ROWS[table]), {})
