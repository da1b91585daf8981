"""Two periods or segments of a table as numbers, block by block of a mechanism's node."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.causal.attribution.mechanisms import Mechanism
from causalrec.causal.estimation.estimation_problem import Refusal
from causalrec.causal.rows.column_values import look, words_of
from causalrec.core.words import Text

__all__ = ["Period", "periods"]

FEWEST = 30
"""Rows of a period beyond those that its mechanisms' coefficients use up."""
MOST_DROPPED = 0.05
"""Share of rows that may lack a value, as in `estimate`."""
MOST_LEVELS = 20
"""Of a category: each has a mean of its own."""


@dataclass(frozen=True, eq=False)
class Period:
    """Rows of one period.

    Attributes:
        blocks: a node's columns, by node, float (n, c): one of a number, indicators of a category.
        unit: number of each row's unit, counted over both periods, int (n,); None: independent.
    """

    blocks: dict[str, np.ndarray]
    unit: np.ndarray | None

    def __len__(self) -> int:
        return len(next(iter(self.blocks.values())))

    def given(self, mechanism: Mechanism) -> np.ndarray:
        """Ones and what a node follows from, (n, 1 + r)."""
        ones = np.ones((len(self), 1))
        return np.concatenate([ones, *(self.blocks[node] for node in mechanism.given)], axis=1)


def periods(
    frames: Sequence[pd.DataFrame],
    mechanisms: Iterable[Mechanism],
    cluster: str | None,
    *,
    least: tuple[int, int] = (FEWEST, FEWEST),
) -> tuple[tuple[Period, Period], list[Text]]:
    """Both periods as numbers, and what there is to know of them.

    Args:
        frames: before and after.
        mechanisms: of the metric.
        cluster: column of the unit; None: rows are independent.
        least: rows of each beyond the coefficients; a period of one row needs no more.

    Raises:
        Refusal: values are unknown, categories have too many levels, rows are few.
    """
    steps = list(mechanisms)
    both = pd.concat([frame[[step.column for step in steps]] for frame in frames])
    columns = {step.node: look(both[step.column].reset_index(drop=True)) for step in steps}
    whole = np.logical_and.reduce([column.known for column in columns.values()])
    lost = len(whole) - int(whole.sum())
    flags = []
    if lost:
        facts = {"n": lost, "share": lost / len(whole)}
        if facts["share"] > MOST_DROPPED:
            raise Refusal(Text("causal.change_unknown", **facts))
        flags.append(Text("causal.change_dropped", **facts))
    blocks = {}
    for step in steps:
        column = columns[step.node]
        if not column.numeric:
            column = words_of(both[step.column].reset_index(drop=True))
        blocks[step.node] = _block(step.column, column.data[whole], column.numeric)
    units = _units(frames, cluster)
    first = np.arange(len(whole)) < len(frames[0])
    sides = [first[whole], ~first[whole]]
    parts = [
        Period(
            {node: block[side] for node, block in blocks.items()},
            None if units is None else units[whole][side],
        )
        for side in sides
    ]
    wide = sum(block.shape[1] for block in blocks.values())
    for side, few in zip(sides, least, strict=True):
        needed = few if few == 1 else few + wide
        if int(side.sum()) < needed:
            raise Refusal(Text("causal.change_few", least=needed))
    return (parts[0], parts[1]), flags


def _block(name: str, values: np.ndarray, numeric: bool) -> np.ndarray:
    """The numbers of a column, (n, c).

    Raises:
        Refusal: a category has too many levels.
    """
    if numeric:
        return np.asarray(values, dtype=float)[:, None]
    codes, levels = pd.factorize(values, sort=True)
    if len(levels) > MOST_LEVELS:
        raise Refusal(Text("causal.change_levels", name=name, n=len(levels), most=MOST_LEVELS))
    return np.asarray(codes[:, None] == np.arange(1, max(len(levels), 2)), dtype=float)


def _units(frames: Sequence[pd.DataFrame], cluster: str | None) -> np.ndarray | None:
    if cluster is None:
        return None
    codes, unique = pd.factorize(pd.concat([frame[cluster] for frame in frames]).astype(object))
    alone = codes < 0
    codes[alone] = len(unique) + np.arange(int(alone.sum()))
    return np.asarray(codes)
