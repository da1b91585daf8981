"""Predicted outcomes, and in words what stands behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np

from causalrec.core.words import Text

__all__ = ["Predictions"]


class Predictions(np.ndarray):
    """float64 (n,), an array like any other.

    Attributes:
        notes: who and what was asked for that the model does not know; () where it knows all.
    """

    notes: tuple[Text, ...]

    @classmethod
    def of(cls, values: np.ndarray, notes: Sequence[Text]) -> Self:
        """Values (n,) with their notes."""
        predictions = np.asarray(values, dtype=np.float64).view(cls)
        predictions.notes = tuple(notes)
        return predictions

    def __array_finalize__(self, source: np.ndarray | None) -> None:
        self.notes = getattr(source, "notes", ())

    def __repr__(self) -> str:
        return "\n".join([repr(np.asarray(self)), *map(str, self.notes)])
