"""Turn a matrix of ratings into a table that can be imported."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pandas as pd

from causalrec.core.errors import StorageError
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.data.preparation.rating_matrix import matrix_rows, read_matrix
from causalrec.runs.record.task import Task
from causalrec.workspace import Workspace

__all__ = ["Matrix", "MatrixParams", "MatrixRows"]


class MatrixParams(Params):
    """Which matrix, and where to write its rows."""

    matrix: str = param(help="data.matrix_matrix")
    out: str = param(help="data.matrix_out")
    propensities: str | None = param(None, help="data.matrix_propensities")
    missing: float = param(0.0, help="data.matrix_missing")


class MatrixRows(Result):
    """The table that was written: its path, and how many rows, users and items it has."""

    out: str
    rows: int
    users: int
    items: int

    def to_frame(self) -> pd.DataFrame:
        """One row."""
        return pd.DataFrame([self.model_dump()])

    def summary(self, lang: str = "en") -> str:
        """What was written where."""
        return Text("data.matrix_summary", **self.model_dump()).to(lang)


class Matrix(Task[MatrixParams, MatrixRows]):
    """Write user, item, rating rows of a matrix (users by items) as CSV."""

    name: ClassVar[str] = "matrix"
    Params: ClassVar[type[Params]] = MatrixParams
    Result: ClassVar[type[Result]] = MatrixRows

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> MatrixRows:
        asked = self.params
        matrix = read_matrix(Path(asked.matrix))
        shown = read_matrix(Path(asked.propensities)) if asked.propensities else None
        rows = matrix_rows(matrix, shown, missing=asked.missing)
        try:
            rows.to_csv(asked.out, index=False)
        except OSError as error:
            raise StorageError(
                "data.cannot_save", hint="data.cannot_save_hint", why=error.strerror or str(error)
            ) from error
        users, items = matrix.shape
        return MatrixRows(out=asked.out, rows=len(rows), users=users, items=items)
