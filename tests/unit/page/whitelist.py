"""What the page may write for foreign text, read back with the standard library's own parser."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img", "input"})
LINK = ("http://", "https://", "mailto:")
# Every tag text may bring, and what each of its attributes must begin with.
TEXT_TAGS: dict[str, dict[str, tuple[str, ...]]] = {
    "b": {},
    "i": {},
    "s": {},
    "code": {},
    "pre": {},
    "blockquote": {},
    "br": {},
    "p": {},
    "ul": {},
    "ol": {},
    "li": {},
    "a": {"href": LINK, "target": ("_blank",), "rel": ("noopener noreferrer nofollow",)},
    "span": {"class": ("mention",)},
    "time": {"datetime": ("1", "2", "3", "4", "5"), "data-form": ("",)},
    "img": {"class": ("emoji",), "src": ("/static/emoji/",), "alt": ("",), "title": (":",)},
}


@dataclass
class Read(HTMLParser):
    """Everything found in one piece of HTML: its tags with attributes, its words, and what breaks the rules."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: str = ""
    open: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"comment {data!r}")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(f"declaration {decl!r}")

    def unknown_decl(self, data: str) -> None:
        self.wrong.append(f"declaration {data!r}")

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"instruction {data!r}")


def read(html: str) -> Read:
    """Return what a browser would find in ``html``."""
    found = Read()
    found.feed(html)
    found.close()
    found.wrong += [f"<{tag}> stays open" for tag in found.open]
    return found


def breaches(html: str) -> list[str]:
    """Return everything in ``html`` that no text may bring onto the page."""
    found = read(html)
    return found.wrong + [
        f"<{tag} {name}={value!r}>"
        for tag, attributes in found.tags
        for name, value in (attributes or {"": ""}).items()
        if tag not in TEXT_TAGS or (name and not value.lower().startswith(TEXT_TAGS[tag].get(name, ("\0",))))
    ]
