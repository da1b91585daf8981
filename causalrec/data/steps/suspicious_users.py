"""Drop users that do not behave like people."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from causalrec.core.params import param
from causalrec.core.words import Text
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step, left

__all__ = ["DropSuspiciousUsers"]


class DropSuspiciousUsers(Step):
    """Drop users with many times the usual number of rows."""

    name: ClassVar[str] = "suspicious_users"
    changes: ClassVar[tuple[str, ...]] = ("rows",)
    needs: ClassVar[tuple[str, ...]] = ("user",)
    answers: ClassVar[tuple[str, ...]] = ("suspicious_users",)
    times_usual: float = param(20.0, ge=2, le=1000, help="data.step_suspicious_users_times")
    at_least: int = param(100, ge=1, le=1_000_000, help="data.step_suspicious_users_at_least")

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        assert draft.mapping.user is not None
        codes, _ = draft.ids(draft.mapping.user)
        bad = heavy_users(codes, self.times_usual, self.at_least)
        good = ~np.isin(codes, bad)
        kept = left(draft.keep(pd.Series(good)))
        return kept, Text("data.effect_users_dropped", n=len(bad))


def heavy_users(codes: np.ndarray, times_usual: float = 20.0, at_least: int = 100) -> np.ndarray:
    """Codes of users with more than `times_usual` times the median number of rows.

    Args:
        codes: int, shape (n,), -1 where missing.
        times_usual: multiple of the median.
        at_least: fewest rows of a suspicious user.
    """
    counts = np.bincount(codes[codes >= 0])
    present = counts[counts > 0]
    if not len(present):
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(counts > max(times_usual * float(np.median(present)), at_least))
