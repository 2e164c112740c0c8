"""Every value of a TOML text is found on its line."""

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.policy_file.places import Path, places

WHOLE = (
    '''# a remark with a [table] and a "string
top = 1

[ windows . "night.ly" ]   # spaces and quotes
days = "mon-sun"
from = """
two [lines]
x = 1 \\""" end"""
'quoted key' = '''.lstrip()
    + """'''
# no remark, [no.table]
it's'''''

[[rule]]
name = "one"
when.region = ["a", # why
  "b]",
  [1, 2],
]
stages = [
  { approvers = ["x"], count = 1 },
  { approvers = [ "y",
    "z" ] },
]

[[rule.more]]
at = 1979-05-27 07:32:00

[[rule]]
name = "two"
[rule.when]
region = []
"""
)


def paths(value: object, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from paths(inner, (*path, place))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("windows",), 4),
        (("windows", "night.ly"), 4),
        (("windows", "night.ly", "from"), 6),
        (("windows", "night.ly", "quoted key"), 9),
        (("rule",), 13),
        (("rule", 0), 13),
        (("rule", 0, "name"), 14),
        (("rule", 0, "when"), 15),
        (("rule", 0, "when", "region"), 15),
        (("rule", 0, "when", "region", 1), 16),
        (("rule", 0, "when", "region", 2, 1), 17),
        (("rule", 0, "stages", 0, "count"), 20),
        (("rule", 0, "stages", 1, "approvers", 1), 22),
        (("rule", 0, "more", 0, "at"), 26),
        (("rule", 1), 28),
        (("rule", 1, "name"), 29),
        (("rule", 1, "when"), 30),
        (("rule", 1, "when", "region"), 31),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_value_is_found_on_its_line(path: Path, line: int, newline: str) -> None:
    assert places(WHOLE.replace("\n", newline))[path] == line


def test_a_text_that_is_not_toml_is_no_place_to_look() -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        places("a = ")


KEYS = st.sampled_from(["a", "b", '"a.b"', "'c d'", '"\\u0041]"', "a.b", "b . a", '"="', "'['", '"#"'])
LEAVES = st.sampled_from(
    ["1", "true", '"x"', "'y'", '"a\\"]"', '"#"', "''", '""', '""""""', '"""a""""', "'''b'''''", '"""\n\\"""c"""',
     "1979-05-27 07:32:00", "07:32:00", "0x1", "inf", "'''\n[x]\ny = 1\n'''"]
)  # fmt: skip
GAPS = st.sampled_from(["", " ", "\n", '# ], } "\n', " \n\n"])
PAIRS = st.tuples(KEYS, st.sampled_from(["=", " = "]), LEAVES).map("".join)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(st.tuples(GAPS, inner, GAPS).map("".join), max_size=3).map(lambda them: f"[{','.join(them)}]")
        | st.lists(st.tuples(KEYS, inner).map("=".join), max_size=3).map(lambda them: f"{{ {', '.join(them)} }}")
    ),
    max_leaves=5,
)
LINES = st.one_of(
    st.tuples(KEYS, VALUES).map(" = ".join),
    KEYS.map("[{}]".format),
    KEYS.map("[[ {} ]]".format),
    st.sampled_from(["", "# [[a]]", "\t# '''"]),
)


@settings(max_examples=500)
@given(lines=st.lists(LINES, max_size=8), newline=st.sampled_from(["\n", "\r\n"]))
def test_of_any_toml_exactly_what_tomllib_reads_is_found(lines: list[str], newline: str) -> None:
    text = newline.join(line.replace("\n", newline) for line in lines)
    read: dict[str, object] = {}
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return

    found = places(text)

    assert set(found) == set(paths(read))
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())
