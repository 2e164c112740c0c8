"""What the product's sources say about texts, read from their syntax trees."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import bot
from bot.domain.errors import Refusal

BOT = Path(bot.__file__).parent
ENTRY = "bot.__main__"  # importing it runs the command line


@cache
def trees() -> dict[str, ast.Module]:
    """Return the syntax tree of every module but the sandbox's, by path."""
    paths = [path for path in sorted(BOT.rglob("*.py")) if "sandbox" not in path.parts]
    return {str(path.relative_to(BOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def calls() -> Iterator[ast.Call]:
    for tree in trees().values():
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


@cache
def constants() -> frozenset[str]:
    """Return every text that stands in the code as it is."""
    nodes = (node for tree in trees().values() for node in ast.walk(tree))
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def name_of(call: ast.Call) -> str:
    """Return what is called: ``say`` of ``words.say(…)``."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def keywords(call: ast.Call) -> frozenset[str] | None:
    """Return the names that ``call`` passes, None where it unpacks a mapping."""
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(name for name in names if name)


def placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


@cache
def refusals() -> tuple[type[Refusal], ...]:
    """Return every refusal of the product, wherever it is defined."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if module.name != ENTRY:
            importlib.import_module(module.name)
    said = {kind for kind in _below(Refusal) if hasattr(kind, "code")}  # others are kinds of kinds
    return tuple(sorted(said, key=lambda kind: kind.code))


def _below(kind: type[Refusal]) -> set[type[Refusal]]:
    found = {sub for sub in kind.__subclasses__() if sub.__module__.startswith("bot.")}
    return found.union(*map(_below, found))


def documented_facts(kind: type[Refusal]) -> frozenset[str]:
    """Return the facts that the refusal's docstring names behind ``Facts:``."""
    _, _, facts = (kind.__doc__ or "").partition("Facts:")
    return frozenset(re.findall(r"``(\w+)``", facts))
