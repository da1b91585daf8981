"""What a user will rate, or how likely they click: a model's scores made predictions.

The regression (`Predictor`) is fitted on rows that the model did not learn from, and is saved
with the model.
"""

from __future__ import annotations

import copy
from typing import TypeVar

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError, ParamError
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.values.asked_ids import named
from causalrec.recsys.arrays.topk import chunks
from causalrec.recsys.interactions.interaction_matrix import codes_of
from causalrec.recsys.interactions.recommendation_lists import note
from causalrec.recsys.model.base import Model
from causalrec.recsys.prediction.outcome_model import fitted_predictor
from causalrec.recsys.prediction.predictions import Predictions

AnyModel = TypeVar("AnyModel", bound=Model)

__all__ = [
    "calibrated",
    "outcome_rows",
    "outcome_to_predict",
    "predicted",
    "standard_scores",
]

_MOST_ROWS = 200_000


def outcome_to_predict(data: Dataset) -> str | None:
    """The outcome that can be predicted: a rating, else a click, else a purchase; None without.

    A 0/1 outcome needs rows of both kinds: what was shown and not taken must be in the log.
    """
    wanted = [data.outcome_for(meaning) for meaning in ("rating", "click", "purchase", "watch")]
    for outcome in dict.fromkeys([*wanted, *data.outcomes]):
        if outcome is None or (outcome in data.binary and data.mapping.event is not None):
            continue
        values = data.frame[outcome]
        if values.min() < values.max():
            return outcome
    return None


def outcome_rows(data: Dataset, outcome: str) -> pd.DataFrame:
    """Shown rows with the outcome: user, item (codes) and y."""
    frame = data.frame
    if "exposed" in frame.columns:
        frame = frame[frame["exposed"] > 0]
    rows = frame[["user", "item"]].assign(y=frame[outcome].astype(float))
    return rows.dropna(subset="y").reset_index(drop=True)


def calibrated(
    model: AnyModel, train: Dataset, valid: Dataset | None = None, outcome: str | None = None
) -> AnyModel:
    """The same model, now able to `predict`.

    Args:
        model: fitted on ``train``.
        train: rows that give users' and items' means.
        valid: rows that the regression is fitted on; None: the train rows, which the model
            knows, so that its score counts for more than it should (the note says so).
        outcome: which; by default a rating, else a click, else a purchase.

    Raises:
        DataError: the log has no outcome to predict.
        ParamError: the log has no such outcome.
    """
    chosen = outcome or outcome_to_predict(train)
    if chosen is None:
        raise DataError("recsys.nothing_to_predict", hint="recsys.nothing_to_predict_hint")
    if chosen not in train.outcomes:
        raise ParamError(
            "core.bad_param",
            hint="core.bad_param_hint",
            name="outcome",
            value=repr(chosen),
            why=", ".join(train.outcomes),
        )
    learnt = _recoded(model, train, outcome_rows(train, chosen))
    held = None if valid is None else _recoded(model, valid, outcome_rows(valid, chosen))
    key, fitted = "recsys.predictor_valid", held
    if held is None or held["y"].nunique() < 2:
        key, fitted = "recsys.predictor_train", learnt
    assert fitted is not None
    if len(fitted) > _MOST_ROWS:
        fitted = fitted.iloc[np.linspace(0, len(fitted) - 1, _MOST_ROWS).astype(int)]
    scores = standard_scores(model, fitted["user"].to_numpy(), fitted["item"].to_numpy())
    other = copy.copy(model)
    note = Text(key, n=len(fitted), outcome=chosen)
    other.predictor = fitted_predictor(
        learnt, fitted, scores, outcome=chosen, binary=chosen in train.binary, note=note
    )
    return other


def predicted(model: Model, user_ids: object, item_ids: object) -> Predictions:
    """What `Recommender.predict` gives; a model just fitted is calibrated now, once.

    Raises:
        DataError: the model is not calibrated, or its log has no outcome to predict.
        ParamError: there are not as many users as items.
    """
    if model.predictor is None and model.learnt_from is not None:
        model.predictor = calibrated(model, *model.learnt_from).predictor
    if model.predictor is None:
        raise DataError(
            "recsys.not_calibrated", hint="recsys.not_calibrated_hint", model=model.label
        )
    (user_names, user_codes), (item_names, item_codes) = (
        named(user_ids, model.user_ids),
        named(item_ids, model.item_ids),
    )
    lengths = [len(user_codes), len(item_codes)]
    if lengths[0] != lengths[1] and 1 not in lengths:
        raise ParamError(
            "recsys.pairs_length",
            hint="recsys.pairs_length_hint",
            users=lengths[0],
            items=lengths[1],
        )
    users, items = np.broadcast_arrays(user_codes, item_codes)
    values = model.predictor.of(users, items, standard_scores(model, users, items))
    nameless = np.asarray((user_names == "") | (item_names == ""))
    notes = _strangers((user_names, user_codes), (item_names, item_codes), int(nameless.sum()))
    return Predictions.of(np.where(nameless, np.nan, values), notes)


def _strangers(
    users: tuple[np.ndarray, np.ndarray], items: tuple[np.ndarray, np.ndarray], nameless: int
) -> list[Text]:
    """Who and what was asked for that the model does not know, in words."""
    notes = []
    for key, (names, codes) in (("users", users), ("items", items)):
        strange = list(dict.fromkeys(names[(codes < 0) & (names != "")].tolist()))
        notes += note(f"recsys.predict_unknown_{key}", strange)
    return notes + ([Text("recsys.predict_nameless", n=nameless)] if nameless else [])


def standard_scores(model: Model, users: np.ndarray, items: np.ndarray) -> np.ndarray:
    """Scores of pairs of codes, in spreads above the mean of the user's scores, float64 (n,).

    0 for items that are not known (code -1) and for users whose scores are all alike. A
    popularity penalty changes lists, not predictions.
    """
    model = model.with_popularity_penalty(0.0)
    distinct, inverse = np.unique(users, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    edges = np.searchsorted(inverse[order], np.arange(len(distinct) + 1))
    standard = np.zeros(len(users))
    for part in chunks(len(distinct), model.n_items, bytes_each=16):
        scores = model.score(distinct[part])
        mean = scores.mean(axis=1, dtype=float)
        spread = scores.std(axis=1, dtype=float)
        rows = order[edges[part.start] : edges[part.stop]]
        mine = inverse[rows] - part.start
        apart = scores[mine, items[rows].clip(0)] - mean[mine]
        standard[rows] = np.divide(
            apart, spread[mine], out=np.zeros(len(rows)), where=spread[mine] > 0
        )
    return np.where(items >= 0, standard, 0.0)


def _recoded(model: Model, data: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in the model's codes; -1 for what it does not know."""
    users = codes_of(data.user_ids, model.user_ids)[rows["user"].to_numpy()]
    items = codes_of(data.item_ids, model.item_ids)[rows["item"].to_numpy()]
    recoded = rows.assign(user=users, item=items)
    return recoded[(recoded["user"] >= 0) & (recoded["item"] >= 0)].reset_index(drop=True)
