"""Weights of a log's rows: inverse propensities, known or estimated, and shares of groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import DTypeLike

from causalrec.core.errors import DataError, ParamError
from causalrec.core.results.display import Displayed
from causalrec.core.statistics.samples import kish
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.interactions.group_shares import group_labels, least_shares, target_shares

__all__ = ["WEIGHTINGS", "RowWeights", "cut_level", "row_weights"]

WEIGHTINGS = ("none", "propensity", "popularity", "groups")

POPULARITY_POWER = 0.5
"""Estimated exposure of an item: (users who took it / the most of any)^0.5 (Saito et al., 2020)."""

POSITION_POWER = 1.0
"""Estimated exposure of a place in a list: (1 / position)^1 (Joachims et al., 2017)."""

_LEAST_PROPENSITY = 1e-6
_NAMED = 5
_MOST_CLIP = 1e12


@dataclass(frozen=True, eq=False, repr=False)
class RowWeights(Displayed):
    """One weight a row; `Recommender.fit` takes it as ``weights``.

    Attributes:
        values: float64 (n,), mean 1 over the positive rows.
        note: how they came about.
        effective: how many rows of equal weight the positive rows are worth (Kish, 1965).
        clipped: share of the positive rows whose weight was cut.
    """

    values: np.ndarray
    note: Text
    effective: float
    clipped: float = 0.0

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.values, dtype=dtype, copy=copy)

    def __len__(self) -> int:
        return len(self.values)

    def to_frame(self) -> pd.DataFrame:
        """One row a row of the log: weight."""
        return pd.DataFrame({"weight": self.values})

    def summary(self, lang: str = "en") -> str:
        """How the weights came about."""
        return self.note.to(lang)


def row_weights(
    data: Dataset,
    how: str = "none",
    *,
    clip: float | None = 10.0,
    self_normalise: bool = True,
    groups: str | np.ndarray | None = None,
    least: float | Mapping[str, float] | None = None,
) -> RowWeights:
    """Weights of a log's rows, (n,).

    "propensity": 1 / P(seen) from the log's propensity column; where there is none, from the
    position it was shown at, else from its popularity (Schnabel et al., 2016). "popularity":
    always from popularity, P(seen) = (users of the item / the most of any)^0.5 (Saito et al.,
    2020). "groups": each group of users or items gets at least a given share of the loss, or
    the largest that the clip allows.

    Args:
        data: the log.
        how: one of `WEIGHTINGS`.
        clip: no row counts more than this many times the average of the positive rows, taken
            after the cut; None: no limit.
        self_normalise: scale to mean 1 over the positive rows (else 1 / P(seen) as it is).
        groups: for "groups": a column of the users', the items' or the log's table, or a
            label a row, (n,).
        least: the share of each group: one number for all (by default half an equal share),
            or ``{group: share}``.

    Raises:
        ParamError: there is no such way, the clip is below 1, or the shares cannot be met.
        DataError: nothing is positive, or the groups are not known.
    """
    if how not in WEIGHTINGS or not (clip is None or _at_least_one(clip)):
        raise ParamError(
            "core.bad_param",
            hint="core.bad_param_hint",
            name="weighting, clip",
            value=f"{how}, {clip}",
            why=f"{', '.join(WEIGHTINGS)}; 1 ≤ clip ≤ {_MOST_CLIP:.0e}",
        )
    positive = np.asarray(data.positive_mask(), dtype=bool)
    if not positive.any():
        raise DataError("recsys.no_positives", hint="recsys.no_positives_hint", name=data.name)
    if how == "groups":
        return _of_groups(
            data, positive, groups, least=least, clip=np.inf if clip is None else clip
        )
    if how == "none":
        return RowWeights(np.ones(len(data)), Text("recsys.weights_none"), float(positive.sum()))
    raw, source = _inverse(data, positive, "popularity" if how == "popularity" else "")
    finite = np.isfinite(raw)
    mine = raw[finite & positive]
    most = np.inf if clip is None or not len(mine) else cut_level(mine, clip)
    cut, raw = raw > most, np.minimum(raw, most)
    # Where nothing is known of a row it counts as the average one does.
    raw = np.where(finite, raw, np.minimum(mine, most).mean() if len(mine) else 1.0)
    values = raw / raw[positive].mean() if self_normalise else raw
    return _described(
        values, positive, Text(f"recsys.weights_{source}"), float(cut[positive].mean())
    )


def _at_least_one(clip: object) -> bool:
    return isinstance(clip, (int, float, np.number)) and bool(1.0 <= clip <= _MOST_CLIP)


def cut_level(weights: np.ndarray, clip: float) -> float:
    """The largest level c such that weights cut at c are at most ``clip`` times their average.

    A cut lowers the average, too: with the j largest at c and the others as they are,
    c = clip (sum of the others) / (n - clip j). The fewest cuts for which no other lies above
    c are the ones made.

    Args:
        weights: positive, (n,).
        clip: at least 1.

    Returns:
        Infinity where nothing need be cut.
    """
    n = len(weights)
    falling = np.sort(weights)[::-1]
    cuts = np.arange(n)
    others = np.cumsum(falling[::-1])[::-1]
    left = n - clip * cuts
    level = np.divide(clip * others, left, out=np.full(n, np.inf), where=left > 0)
    fits = (left > 0) & (level >= falling * (1.0 - 1e-12))
    first = int(np.argmax(fits))
    return float(level[first]) if first and fits.any() else np.inf


def _inverse(data: Dataset, positive: np.ndarray, source: str) -> tuple[np.ndarray, str]:
    """1 / P(seen) of each row, NaN where it is not known, and where it is from."""
    frame = data.frame
    if not source:
        source = next((c for c in ("propensity", "position") if c in frame.columns), "popularity")
    if source == "propensity":
        seen = frame["propensity"].to_numpy(dtype=float)
    elif source == "position":
        first = frame["position"].min()
        seen = (1.0 / (frame["position"].to_numpy(dtype=float) - first + 1.0)) ** POSITION_POWER
    else:
        items = frame["item"].to_numpy()
        counts = np.bincount(items[positive], minlength=data.n_items).clip(1)
        seen = (counts[items] / counts.max()) ** POPULARITY_POWER
    finite = np.isfinite(seen)
    inverse = 1.0 / np.where(finite, seen, 1.0).clip(_LEAST_PROPENSITY)
    return np.where(finite, inverse, np.nan), source


def _of_groups(
    data: Dataset,
    positive: np.ndarray,
    groups: str | np.ndarray | None,
    *,
    least: float | Mapping[str, float] | None,
    clip: float | None,
) -> RowWeights:
    """Weights by group: at least some shares, and no row more than ``clip`` times."""
    labels = group_labels(data, groups)
    names, code = np.unique(labels.astype(str), return_inverse=True)
    shares = np.bincount(code[positive], minlength=len(names)) / positive.sum()
    wanted = least_shares(names, shares, least)
    asked = wanted if clip is None else np.minimum(wanted, clip * shares)
    cut = (asked < wanted)[code]
    targets = target_shares(shares, asked)
    factor = np.divide(targets, shares, out=np.ones(len(names)), where=shares > 0)
    raised = [
        f"{name} {before:.1%} → {after:.1%}"
        for name, before, after in zip(names, shares, targets, strict=True)
        if after > before + 1e-9
    ]
    note = Text("recsys.weights_groups_met")
    if raised:
        note = Text("recsys.weights_groups", raised=_some(raised))
    return _described(factor[code], positive, note, float(cut[positive].mean()))


def _described(values: np.ndarray, positive: np.ndarray, note: Text, clipped: float) -> RowWeights:
    mine = values[positive]
    effective = kish(mine)
    text = Text(
        "recsys.weights_told",
        how=note,
        least=float(mine.min()),
        most=float(mine.max()),
        effective=effective,
        n=int(positive.sum()),
        clipped=clipped,
    )
    return RowWeights(values, text, effective, clipped)


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    return Text("core.and_more", shown=shown, n=more) if more > 0 else shown
