"""One HTTP request as its signature sees it, and the parameters it carries as text."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class Unreadable(ValueError):
    """The query or the body isn't what its content type says, or names a parameter twice; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """The request; ``host`` is its Host header, ``headers`` have lower-case names, ``query`` is as it was sent."""

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """Return the content type without its parameters, lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def hosts(self, canonical: str) -> tuple[str, ...]:
        """Return the hosts that a signature may be made over: ours with and without port, and the live API's."""
        return self.host, self.host.rpartition(":")[0] or self.host, canonical

    def form(self) -> dict[str, str]:
        """Return the parameters of a GET query or a POST body; a POST's query is ignored (fact sheet, section 1.1).

        Raises:
            Unreadable: see there.
        """
        if self.method == "POST" and self.media_type != FORM:
            message = f"Content-Type: {self.media_type or 'none'}"
            raise Unreadable(message)
        try:
            text = self.body.decode("ascii") if self.method == "POST" else self.query
            pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
        except ValueError as error:
            raise Unreadable(str(error)) from error
        found = dict(pairs)
        if len(found) < len(pairs):
            message = (
                f"more than once: {', '.join(sorted({k for k, _ in pairs if [n for n, _ in pairs].count(k) > 1}))}"
            )
            raise Unreadable(message)
        return found


async def receive(request: Request) -> Incoming:
    """Read a whole request."""
    return Incoming(
        method=request.method,
        host=request.headers.get("host", ""),
        path=request.url.path,
        query=request.scope["query_string"].decode("latin-1"),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.body(),
    )
