"""What one unit would have done: the structural model by dowhy, on a copy of the data.

Abduction, action, prediction (Pearl, 2009, section 7.1) with additive noise, so that what a unit
was beyond its causes is known and stays as it was (Bloebaum et al., 2024, "DoWhy-GCM").
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

__all__ = ["Mechanisms"]

BETTER = 0.98
"""Share of the left-out squared error that curves must leave for lines to give way to them."""


class _Model(Protocol):
    """What learns a column from its causes."""

    def fit(self, X: np.ndarray, Y: np.ndarray) -> object: ...

    def predict(self, X: np.ndarray) -> np.ndarray: ...


@dataclass(frozen=True, eq=False)
class Mechanisms:
    """Which columns cause which, of those that a change reaches.

    Attributes:
        causes: of each column that is reached, its causes; causes come before effects.
    """

    causes: Mapping[str, tuple[str, ...]]

    def bent(self, data: pd.DataFrame, rng: np.random.Generator) -> frozenset[str]:
        """The columns that squares and products predict better on rows that were left out.

        Args:
            data: the columns, complete rows.
            rng: halves the rows.
        """
        half = rng.random(len(data)) < 0.5
        columns = set()
        for name, causes in self.causes.items():
            x, y = data[list(causes)].to_numpy(dtype=object), data[name].to_numpy(dtype=float)
            left = [
                _left_out(model, x, y, half)
                for model in (_regressor(curves=c) for c in (False, True))
            ]
            if left[1] < BETTER * left[0]:
                columns.add(name)
        return frozenset(columns)

    def with_changes(
        self, data: pd.DataFrame, unit: pd.DataFrame, changes: Mapping[str, Any],
        bent: frozenset[str],
    ) -> pd.Series:  # fmt: skip
        """The unit's columns had the changes been made, all else being as it was.

        Args:
            data: complete rows to learn from; they are copied.
            unit: the one row.
            changes: values by column.
            bent: the columns that squares and products cause.
        """
        import networkx as nx
        from dowhy import gcm

        gcm.config.disable_progress_bars()
        graph = nx.DiGraph()
        graph.add_edges_from((a, b) for b, causes in self.causes.items() for a in causes)
        model = gcm.InvertibleStructuralCausalModel(graph)
        for name in graph:
            if name in self.causes:
                noise = gcm.AdditiveNoiseModel(_regressor(curves=name in bent))
                model.set_causal_mechanism(name, noise)
            else:
                model.set_causal_mechanism(name, gcm.EmpiricalDistribution())
        columns = list(graph)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            gcm.fit(model, data[columns].copy())
            drawn = gcm.counterfactual_samples(
                model, {name: _always(value) for name, value in changes.items()},
                observed_data=unit[columns].copy(),
            )  # fmt: skip
        return pd.Series(drawn.iloc[0])


def _always(value: object) -> Callable[[object], object]:
    return lambda _: value


def _regressor(*, curves: bool) -> _Model:
    from dowhy import gcm

    model: _Model = (
        gcm.ml.create_polynom_regressor(2) if curves else gcm.ml.create_linear_regressor()
    )
    return model


def _left_out(model: _Model, x: np.ndarray, y: np.ndarray, half: np.ndarray) -> float:
    total = 0.0
    for taught in (half, ~half):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(x[taught], y[taught])
            gap = y[~taught] - np.ravel(model.predict(x[~taught])).astype(float)
        total += float(gap @ gap)
    return total
