"""A recommender's score of each impression, learnt from earlier rows only."""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import Protocol

import numpy as np

from causalrec.core.errors import DataError, ParamError
from causalrec.data.dataset.dataset import Dataset

__all__ = ["Scorer", "model_scores"]

CHUNK = 512


class Scorer(Protocol):
    """What a model must do to have its score in a table: recommenders do."""

    def fit(self, data: Dataset, /) -> object:
        """Learn from a log."""

    def score(self, users: np.ndarray, /) -> np.ndarray:
        """Scores of every item, (len(users), n_items)."""


def model_scores(data: Dataset, model: Scorer, blocks: int = 5) -> np.ndarray:
    """Score of each row's item for its user by a copy of the model fitted on earlier rows, (n,).

    The log is cut in time; the rows of a part are scored by a copy that learnt from all parts
    before it. The first part, and a part before which nothing wanted was seen, has NaN.

    Raises:
        ParamError: the model cannot fit and score.
    """
    if not (hasattr(model, "fit") and hasattr(model, "score")):
        raise ParamError(
            "core.bad_param",
            hint="core.bad_param_hint",
            name="model",
            value=type(model).__name__,
            why="fit, score",
        )
    times = data.frame["time"].to_numpy().astype("int64")
    edges = np.unique(np.quantile(times, np.linspace(0, 1, blocks + 1)[1:-1]))
    scores = np.full(len(times), np.nan)
    for start, end in zip(edges, [*edges[1:], np.inf], strict=True):
        rows = np.flatnonzero((times >= start) & (times < end))
        past = data.with_frame(data.frame[times < start])
        learner = copy.deepcopy(model)
        try:
            learner.fit(past)
        except DataError:
            continue
        scores[rows] = _score(learner, data, rows)
    return scores


def _score(model: Scorer, data: Dataset, rows: np.ndarray) -> np.ndarray:
    users = data.frame["user"].to_numpy()[rows]
    items = data.frame["item"].to_numpy()[rows]
    present, place = np.unique(users, return_inverse=True)
    scores = np.empty(len(rows))
    order = np.argsort(place, kind="stable")
    edges = np.searchsorted(place[order], np.arange(0, len(present) + CHUNK, CHUNK))
    for at, (low, high) in enumerate(pairwise(edges)):
        mine = order[low:high]
        table = model.score(present[at * CHUNK : (at + 1) * CHUNK])
        scores[mine] = table[place[mine] - at * CHUNK, items[mine]]
    return scores
