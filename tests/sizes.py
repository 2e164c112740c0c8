"""Hold every Python file to 250 lines and every function to 40."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

FILE_MAX = 250
FUNCTION_MAX = 40
ROOMS = ("bot", "migrations", "tests", "bench")


def oversized(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    lines = len(text.splitlines())
    if lines > FILE_MAX:
        yield f"{path}: {lines} lines, at most {FILE_MAX}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_MAX:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines, at most {FUNCTION_MAX}"


def main() -> int:
    found = [line for room in ROOMS for path in sorted(Path(room).rglob("*.py")) for line in oversized(path)]
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
