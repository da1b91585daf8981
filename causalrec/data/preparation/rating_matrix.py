"""A matrix of ratings (users by items) as a table of user, item, rating."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.machine.device import require_memory
from causalrec.core.words import Text

__all__ = ["matrix_rows", "read_matrix"]


def read_matrix(path: Path) -> np.ndarray:
    """A text matrix, cells divided by spaces, tabs or commas: float64, shape (n_users, n_items).

    Raises:
        DataError: the file is missing, empty, holds words, or its lines differ in length.
        MemoryBudgetError: it takes more than the memory budget.
    """
    try:
        require_memory(6.0 * path.stat().st_size, Text("data.reading_work", name=path.name))
        text = path.read_text(encoding="utf-8")
        rows = [line.replace(",", " ").split() for line in text.splitlines() if line.strip()]
        matrix = np.array(rows, dtype=np.float64)
    except OSError as error:
        raise DataError("data.no_file", hint="data.no_file_hint", name=path.name) from error
    except ValueError as error:
        raise DataError("data.no_matrix", hint="data.no_matrix_hint", name=path.name) from error
    if matrix.ndim != 2 or not matrix.size:
        raise DataError("data.no_matrix", hint="data.no_matrix_hint", name=path.name)
    return matrix


def matrix_rows(
    matrix: np.ndarray, propensities: np.ndarray | None = None, *, missing: float = 0.0
) -> pd.DataFrame:
    """One row a cell that is not `missing`: user and item (counted from 0), rating.

    Args:
        matrix: ratings, shape (n_users, n_items).
        propensities: P(cell is observed), same shape; becomes a column.
        missing: the cell that says "no rating"; NaN cells never are ratings.

    Raises:
        DataError: the shapes differ.
    """
    user, item = np.nonzero((matrix != missing) & ~np.isnan(matrix))
    ratings = pd.DataFrame({"user": user, "item": item, "rating": matrix[user, item]})
    if propensities is not None:
        if propensities.shape != matrix.shape:
            raise DataError(
                "data.matrix_shapes",
                hint="data.matrix_shapes_hint",
                first=str(matrix.shape),
                second=str(propensities.shape),
            )
        ratings["propensity"] = propensities[user, item]
    return ratings
