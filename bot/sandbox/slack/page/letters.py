"""HTTP answers of the page and the guards around them."""

from collections.abc import Mapping
from os import PathLike, stat_result

from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# Only this server's own files and endpoints; no inline script or style, so a slip in escaping can't run anything.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with it browsers send "Origin: null" with a form, and the form would be refused.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Enclosures(StaticFiles):
    """The page's own files; a browser asks each time whether its copy is still the current one."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return a file with its headers, or that the copy is current."""
        answer = super().file_response(full_path, stat_result, scope, status_code)
        answer.headers.update({"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})
        return answer


def letter(html: str, *, status: int = 200) -> HTMLResponse:
    """Return ``html`` with the page's guards; a lone surrogate, which UTF-8 can't carry, is sent as ``?``."""
    return HTMLResponse(html.encode(errors="replace"), status_code=status, headers=HEADERS)


def own(headers: Mapping[str, str], address: str) -> bool:
    """Whether a POST comes from a page of this server.

    ``address`` is scheme and host as the request names them. Browsers send at least one of the two headers; what sends
    neither is no browser and belongs to the control API.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is None and site is None:
        return False
    return origin in {None, address} and site in {None, "same-origin"}
