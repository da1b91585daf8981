"""Tables of every kind that is installed: in as pandas frames, out as they came."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import causalrec as cr
from causalrec.core.errors import ParamError
from causalrec.data.values.frames import as_pandas, frame_like


def _polars(lazy: bool) -> Callable[[pa.Table], Any]:
    def made(table: pa.Table) -> Any:
        import polars as pl

        frame = pl.from_arrow(table)
        return frame.lazy() if lazy else frame

    return made


KINDS: dict[str, Callable[[pa.Table], Any]] = {
    "pyarrow": lambda table: table,
    "duckdb": duckdb.from_arrow,
    "pandas": lambda table: table.to_pandas(),
}
if find_spec("polars"):
    KINDS |= {"polars": _polars(lazy=False), "polars lazy": _polars(lazy=True)}


@pytest.fixture(params=sorted(KINDS))
def made(request: pytest.FixtureRequest) -> Callable[[pa.Table], Any]:
    return KINDS[request.param]


def log(n: int = 400, seed: int = 0) -> pa.Table:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "user_id": rng.integers(0, 30, n).astype(str),
            "item_id": rng.integers(0, 12, n),
            "time": pd.to_datetime("2026-01-01") + pd.to_timedelta(np.arange(n), unit="h"),
            "click": rng.integers(0, 2, n),
            "propensity": np.full(n, 0.25),
        }
    )
    return pa.Table.from_pandas(frame, preserve_index=False)


def test_values_stay_what_they_are(made: Callable[[pa.Table], Any]) -> None:
    frame = as_pandas(made(log()))
    assert frame["item_id"].dtype.kind == "i"
    assert frame["time"].dtype.kind == "M"
    assert frame["propensity"].eq(0.25).all()
    assert list(frame.columns) == log().column_names
    assert frame["user_id"].tolist() == log()["user_id"].to_pylist()


def test_a_dataset_is_the_same_from_every_kind(made: Callable[[pa.Table], Any]) -> None:
    mapping = cr.ColumnMapping(
        user="user_id", item="item_id", time="time", outcome="click", propensity="propensity"
    )
    items = pa.table({"item_id": list(range(12)), "title": [f"t{i}" for i in range(12)]})
    plain = cr.Dataset.from_frame(log().to_pandas(), mapping, items=items.to_pandas())
    mine = cr.Dataset.from_frame(made(log()), mapping, items=made(items))
    assert mine.fingerprint == plain.fingerprint
    assert mine.items is not None
    assert mine.items["title"].tolist() == plain.items["title"].tolist()
    read = cr.read_dataset(made(log()), mapping, items=made(items))
    assert (read.fingerprint, read.name) == (plain.fingerprint, "data")
    guessed = cr.read_dataset(made(log()))
    assert (guessed.mapping.user, guessed.mapping.item) == ("user_id", "item_id")


def test_parts_exposures_and_effects(made: Callable[[pa.Table], Any]) -> None:
    mapping = cr.ColumnMapping(user="user_id", item="item_id", outcome="click")
    split = cr.Split.given(made(log(seed=1)), made(log(seed=2)), mapping=mapping)
    assert (len(split.train), len(split.test)) == (400, 400)
    shown = cr.ExposureLog.from_frame(
        made(log()), item="item_id", outcome="click", propensity="propensity"
    )
    assert (shown.n, shown.has("propensity")) == (400, True)
    rng = np.random.default_rng(3)
    x, t = rng.normal(size=500), rng.integers(0, 2, 500)
    table = pa.table({"x": x, "t": t, "y": 2.0 * t + x + rng.normal(size=500)})
    effect = cr.estimate(made(table), ["x"], treatment="t", outcome="y", estimator="ols")
    assert effect.low < 2.0 < effect.high


def test_out_in_the_kind_that_came_in(made: Callable[[pa.Table], Any]) -> None:
    came = made(log())
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]}, index=[7, 8])
    out = frame_like(frame, came)
    kind = type(came).__name__
    assert type(out).__name__ == ("DataFrame" if kind == "LazyFrame" else kind)
    back = as_pandas(out)
    assert back["a"].tolist() == [1, 2]
    assert back["b"].iloc[0] == "x"
    assert pd.isna(back["b"].iloc[1])
    assert list(back.columns) == ["a", "b"]


def test_numbers_that_pandas_would_change() -> None:
    large = 2**60 + 1
    table = duckdb.sql(
        f"""SELECT * FROM (VALUES
            ({large}::BIGINT, 1.25::DECIMAL(9, 2), 3::HUGEINT, DATE '2026-01-02', 5),
            (NULL, 2.50, 4, NULL, NULL)) AS t(id, price, total, day, few)"""
    )
    frame = as_pandas(table)
    assert frame["id"].iloc[0] == str(large), "an id with holes beside it stays exact"
    assert frame["price"].tolist() == [1.25, 2.5]
    assert frame["total"].tolist() == [3, 4]
    assert frame["day"].dtype.kind == "M"
    assert frame["few"].iloc[0] == 5
    assert as_pandas(pa.table({"i": [large]}))["i"].iloc[0] == large


def test_a_pandas_frame_is_taken_as_it_is() -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs["unit"] = "user"
    assert as_pandas(frame) is frame
    assert frame_like(frame, frame) is frame


@pytest.mark.parametrize("wrong", [7, "text", [1, 2], {"a": [1]}, None])
def test_what_is_no_table_is_refused(wrong: Any) -> None:
    with pytest.raises(ParamError, match="is no table"):
        as_pandas(wrong)
    with pytest.raises(ParamError):
        frame_like(pd.DataFrame(), wrong)
