"""A small regression on the user's mean, the item's mean and a model's score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import FailFast, Field, FiniteFloat, TypeAdapter
from scipy.special import expit

from causalrec.core.untrusted.documents import Document
from causalrec.core.words import Text

__all__ = ["Floats", "Predictor", "PredictorDocument", "fitted_predictor"]

_TEXT: TypeAdapter[Text] = TypeAdapter(Text)
_SHRINK = (2.0, 5.0, 10.0, 25.0)
_RIDGE = 1.0
_STEPS = 30
_SWEEPS = 10


Floats = Annotated[list[FiniteFloat], FailFast()]


class PredictorDocument(Document):
    """The plain part of a `Predictor`."""

    outcome: str
    binary: bool
    mean: FiniteFloat
    low: FiniteFloat
    high: FiniteFloat
    weights: Annotated[Floats, Field(min_length=4, max_length=4)]
    baseline: Annotated[Floats, Field(min_length=3, max_length=3)]
    note: Text


@dataclass(frozen=True, eq=False)
class Predictor:
    """What makes an outcome of a user, an item and a score.

    Attributes:
        outcome: name of the outcome.
        binary: whether it is 0/1 (then predictions are probabilities).
        mean: mean of the outcome; low, high: its range.
        users, items: how far each one's mean lies from it, float64 (n_users,), (n_items,): in
            the outcome's unit, of a 0/1 outcome in log odds; shrunk, 0 where nothing is known.
        weights: of 1, user, item and standardised score, (4,).
        baseline: of 1, user and item: the same without the model, (3,).
        note: which rows it was fitted on.
    """

    outcome: str
    binary: bool
    mean: float
    low: float
    high: float
    users: np.ndarray
    items: np.ndarray
    weights: np.ndarray
    baseline: np.ndarray
    note: Text

    def of(self, users: np.ndarray, items: np.ndarray, scores: np.ndarray | None) -> np.ndarray:
        """Predictions (n,) for codes (-1: not known) and standardised scores; None: without."""
        columns = _columns((self.users, self.items), users, items, scores)
        line = columns @ (self.baseline if scores is None else self.weights)
        if self.binary:
            return np.asarray(expit(line))
        return np.asarray(np.clip(line, self.low, self.high))

    def document(self) -> dict[str, Any]:
        """The plain part, as JSON."""
        plain = {name: getattr(self, name) for name in ("outcome", "binary", "mean", "low", "high")}
        lists = {name: getattr(self, name).tolist() for name in ("weights", "baseline")}
        return {**plain, **lists, "note": _TEXT.dump_python(self.note, mode="json")}

    def arrays(self) -> dict[str, np.ndarray]:
        """The long part."""
        return {"predictor.users": self.users, "predictor.items": self.items}

    @classmethod
    def revived(
        cls, document: PredictorDocument, users: np.ndarray, items: np.ndarray
    ) -> Predictor:
        """From what `document` and `arrays` gave."""
        plain = {name: getattr(document, name) for name in type(document).model_fields}
        long = {name: np.asarray(plain[name]) for name in ("weights", "baseline")}
        return cls(**{**plain, **long}, users=users, items=items)


def fitted_predictor(
    learnt: pd.DataFrame,
    fitted: pd.DataFrame,
    scores: np.ndarray,
    *,
    outcome: str,
    binary: bool,
    note: Text,
) -> Predictor:
    """The regression, with the shrinkage of the means that suits the rows best.

    Args:
        learnt: user, item (codes) and y: rows that give the means.
        fitted: the same: rows that the regression is fitted on.
        scores: standardised scores of the ``fitted`` rows, (n,).
        outcome: what is predicted.
        binary: whether it is 0/1.
        note: on the rows.
    """
    y = fitted["y"].to_numpy()
    users, items = fitted["user"].to_numpy(), fitted["item"].to_numpy()
    size = (int(max(learnt["user"].max(), users.max())) + 1, int(learnt["item"].max()) + 1)
    size = (size[0], max(size[1], int(items.max()) + 1))
    best: tuple[float, tuple[np.ndarray, np.ndarray], np.ndarray] | None = None
    for shrink in _SHRINK:
        means = _means(learnt, size, shrink, binary)
        columns = _columns(means, users, items, None)
        weights = _regression(columns, y, binary)
        loss = _loss(columns @ weights, y, binary)
        if best is None or loss < best[0]:
            best = (loss, means, weights)
    assert best is not None
    _, means, baseline = best
    weights = _regression(_columns(means, users, items, scores), y, binary)
    all_y = np.concatenate([learnt["y"].to_numpy(), y])
    ends = (float(all_y.mean()), float(all_y.min()), float(all_y.max()))
    return Predictor(outcome, binary, *ends, means[0], means[1], weights, baseline, note)


def _means(
    rows: pd.DataFrame, size: tuple[int, int], shrink: float, binary: bool
) -> tuple[np.ndarray, np.ndarray]:
    """How far users' and items' means lie from the mean, each given the other, shrunk.

    Ridge regression on user and item by turns (Koren, 2008); of a 0/1 outcome the log odds of
    shares to which ``shrink`` rows of the average share are added.
    """
    user, item, y = (rows[name].to_numpy() for name in ("user", "item", "y"))
    mean = float(y.mean())
    counts = [np.bincount(code, minlength=n) for code, n in zip((user, item), size, strict=True)]
    if binary:
        sums = [np.bincount(c, y, n) for c, n in zip((user, item), size, strict=True)]
        shares = [(s + shrink * mean) / (n + shrink) for s, n in zip(sums, counts, strict=True)]
        odds = [np.log(s / (1.0 - s)) - np.log(mean / (1.0 - mean)) for s in shares]
        return odds[0], odds[1]
    by_user, by_item = np.zeros(size[0]), np.zeros(size[1])
    for _ in range(_SWEEPS):
        rest = np.bincount(item, y - mean - by_user[user], size[1])
        by_item = rest / (counts[1] + shrink)
        rest = np.bincount(user, y - mean - by_item[item], size[0])
        by_user = rest / (counts[0] + shrink)
    return by_user, by_item


def _columns(
    means: tuple[np.ndarray, np.ndarray],
    users: np.ndarray,
    items: np.ndarray,
    scores: np.ndarray | None,
) -> np.ndarray:
    """1, the user's and the item's mean and, where given, the score: (n, 3) or (n, 4)."""
    columns = [np.ones(len(users))]
    for mean, code in zip(means, (users, items), strict=True):
        met = (code >= 0) & (code < len(mean))
        columns.append(np.where(met, mean[np.where(met, code, 0)], 0.0))
    return np.stack(columns if scores is None else [*columns, scores], axis=1)


def _regression(columns: np.ndarray, y: np.ndarray, binary: bool) -> np.ndarray:
    """Ridge (least squares or logistic, by Newton's steps), intercept free: (d,)."""
    ridge = np.diag([0.0, *[_RIDGE] * (columns.shape[1] - 1)])
    if not binary:
        return np.asarray(np.linalg.solve(columns.T @ columns + ridge, columns.T @ y))
    weights = np.zeros(columns.shape[1])
    weights[0] = np.log(y.mean() / (1.0 - y.mean()))
    for _ in range(_STEPS):
        share = expit(columns @ weights)
        slope = columns.T @ (share - y) + ridge @ weights
        curve = (columns * (share * (1.0 - share))[:, None]).T @ columns + ridge
        step = np.linalg.solve(curve + 1e-9 * np.eye(len(ridge)), slope)
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    return weights


def _loss(line: np.ndarray, y: np.ndarray, binary: bool) -> float:
    if not binary:
        return float(((line - y) ** 2).mean())
    return float((np.logaddexp(0.0, line) - y * line).mean())
