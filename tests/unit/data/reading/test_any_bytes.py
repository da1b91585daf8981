"""Whatever the bytes are, reading answers with a table or with a sentence and a next step."""

import io
import json
import os

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from causalrec.core.errors import CausalRecError
from causalrec.data.reading.files import import_file, read_frame
from causalrec.data.reading.read_dataset import read_dataset
from causalrec.data.reading.sources import open_source

quick = settings(
    max_examples=int(os.environ.get("CAUSALREC_EXAMPLES", "40")),
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
signs = st.sampled_from(
    [*",;\t|\n\r\"' \x00\ufeff\u2028", "NA", "1e5", "007", "1,5", "é", "用", "{", "["]
)
cells = st.text(max_size=6) | signs | st.integers().map(str) | st.floats().map(str)
tables = st.lists(st.lists(cells, min_size=1, max_size=4), min_size=1, max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
objects = st.lists(st.dictionaries(st.sampled_from(["user", "item", "t", ""]), values), max_size=6)


@st.composite
def texts(draw):
    """Tables as delimited text in some encoding, sometimes with a byte turned over."""
    cut = draw(st.sampled_from([",", ";", "\t", "|", "::"]))
    lines = [cut.join(row) for row in draw(tables)]
    text = draw(st.sampled_from(["user,item,n\n", "", "sep=;\n"])) + "\n".join(lines)
    encoding = draw(st.sampled_from(["utf-8", "utf-16", "cp1251", "gb18030", "shift_jis"]))
    return draw(turned(text.encode(encoding, errors="replace")))


@st.composite
def lines(draw):
    """Objects as JSON lines or as one array."""
    made = draw(objects)
    text = json.dumps(made) if draw(st.booleans()) else "\n".join(map(json.dumps, made))
    return draw(turned(text.encode()))


@st.composite
def parquets(draw):
    """A small Parquet file with a byte turned over."""
    out = io.BytesIO()
    pd.DataFrame({"user": [1, None], "item": ["a", "b"], "t": [1.5, 2.0]}).to_parquet(out)
    return draw(turned(out.getvalue()))


def turned(content):
    """The bytes, or the bytes with one changed, or a beginning of them."""
    place = st.integers(0, max(len(content) - 1, 0))
    changed = st.tuples(place, st.integers(0, 255)).map(
        lambda at: content[: at[0]] + bytes([at[1]]) + content[at[0] + 1 :]
    )
    return st.just(content) | changed | place.map(lambda end: content[:end])


def held(path, content):
    """Nothing but the promised errors comes, each with a hint."""
    path.write_bytes(content)
    asked = (
        lambda: import_file(path, path.with_suffix(".out")).head(3),
        lambda: read_frame(path),
        lambda: read_dataset(path),
        lambda: _opened(path),
    )
    for one in asked:
        assert _hint(one)
    assert not [p for p in path.parent.iterdir() if p.name.startswith(".")]


def _hint(work):
    try:
        work()
    except CausalRecError as error:
        return error.hint
    return "read"


def _opened(path):
    with open_source(path) as source:
        for _ in source.chunks():
            pass


@pytest.mark.parametrize("made", [texts(), lines(), parquets(), st.binary(max_size=80)])
def test_any_bytes(tmp_path, made):
    @quick
    @given(made)
    def check(content):
        held(tmp_path / "log", content)

    check()
