import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_readme_draws_exactly_the_table_of_moves() -> None:
    spec = importlib.util.spec_from_file_location("diagram", ROOT / "tests" / "diagram.py")
    assert spec is not None
    assert spec.loader is not None
    drawing = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(drawing)

    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert drawing.BEGIN + drawing.diagram() + drawing.END in text


def test_the_readme_opens_with_the_two_commands_and_shows_pictures_that_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = [part.partition(")")[0] for part in text.split("](docs/images/")[1:]]

    assert text.index("make demo") < text.index("make test") < text.index("## ")
    assert pictures
    assert [one for one in pictures if not (ROOT / "docs" / "images" / one).is_file()] == []
