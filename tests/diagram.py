"""Draw the life of a change for the README, from the one table of moves."""

from pathlib import Path

from bot.domain.change import MOVES, State

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- moves: made by tests/diagram.py -->\n", "<!-- end of moves -->\n"


def diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {State.PENDING}"]
    for state, moves in MOVES.items():
        lines += [f"    {state} --> {after}: {move.replace('_', ' ')}" for move, after in moves.items()]
        if not moves:
            lines.append(f"    {state} --> [*]")
    return "\n".join([*lines, "```", ""])


def main() -> None:
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(before + BEGIN + diagram() + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
