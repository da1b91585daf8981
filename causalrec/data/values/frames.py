"""Tables of any kind as pandas frames, and pandas frames as tables of another kind.

narwhals tells what a table is: pandas, polars, pyarrow, a DuckDB relation, or what else it knows.
Every kind but pandas goes by way of Arrow, so that whole numbers stay whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.core.errors import ParamError

if TYPE_CHECKING:
    import narwhals as nw
    import pyarrow as pa
    from narwhals.typing import IntoFrame

__all__ = ["as_pandas", "frame_like"]

_EXACT = 2**53
"""Above, a float64 cannot hold every whole number."""


def as_pandas(table: IntoFrame) -> pd.DataFrame:
    """A table as a pandas frame; a pandas frame as it is.

    Numbers with decimals become float64, dates datetime64. Whole numbers with holes become
    float64, or text where that would change one (an id).

    Args:
        table: a pandas, polars or pyarrow table, a DuckDB relation, a lazy frame of polars.

    Raises:
        ParamError: it is no table.
    """
    if isinstance(table, pd.DataFrame):
        return table
    import narwhals as nw

    known = _known(table)
    eager = known.collect("pyarrow") if isinstance(known, nw.LazyFrame) else known
    arrow = eager.to_arrow()
    for place, name in enumerate(arrow.column_names):
        arrow = arrow.set_column(place, name, _plain(arrow.column(place)))
    frame: pd.DataFrame = arrow.to_pandas(ignore_metadata=True, date_as_object=False)
    return frame


def frame_like(frame: pd.DataFrame, like: IntoFrame) -> IntoFrame:
    """A pandas frame as a table of the same kind as another.

    A lazy frame of polars gives an eager one, a DuckDB relation one of DuckDB's own connection.

    Args:
        frame: the rows; their index is left out.
        like: a table of the kind that is wanted.

    Raises:
        ParamError: `like` is no table.
    """
    import pyarrow as pa

    if isinstance(like, pd.DataFrame):
        return frame
    kind = _known(like).implementation
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
    if kind.is_duckdb():
        import duckdb

        return duckdb.from_arrow(table)
    import narwhals as nw

    made: IntoFrame = nw.from_arrow(table, backend=kind).to_native()
    return made


def _known(table: object) -> nw.DataFrame[Any] | nw.LazyFrame[Any]:
    """What narwhals makes of a table.

    Raises:
        ParamError: it knows it for none.
    """
    import narwhals as nw

    try:
        return nw.from_native(table)
    except TypeError as error:
        kind = type(table).__name__
        raise ParamError("data.no_frame", hint="data.no_frame_hint", kind=kind) from error


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of types that pandas keeps as numbers, times or text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_decimal(kind) and kind.scale > 0:
        return column.cast(pa.float64(), safe=False)
    whole = pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    if not whole or not (column.null_count or pa.types.is_decimal(kind)):
        return column
    ends = [end for end in pc.min_max(column).as_py().values() if end is not None]
    if all(abs(end) <= _EXACT for end in ends):
        return column.cast(pa.float64()) if column.null_count else column.cast(pa.int64())
    return column.cast(pa.string())
