"""How good predictions of an outcome are, beside the user's and the item's own mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.results.result import Frame, Result
from causalrec.core.seeds import generator
from causalrec.core.statistics.bootstrap import DRAWS, resamples
from causalrec.core.statistics.quantiles import Z95
from causalrec.core.words import Text, Worded, render, word_of, worded
from causalrec.data.splits.split import Split
from causalrec.recsys.evaluation.cases import fingerprint
from causalrec.recsys.evaluation.intervals import LEVEL
from causalrec.recsys.evaluation.metric_table import verdict_of
from causalrec.recsys.interactions.interaction_matrix import codes_of
from causalrec.recsys.metrics.outcomes import auc_parts, bins_of, calibration_error
from causalrec.recsys.model.calibration import outcome_rows, standard_scores
from causalrec.recsys.model.later_log import knowing_later
from causalrec.recsys.model.recommender import Recommender

__all__ = ["PredictionTable", "evaluate_predictions"]

#: Metrics of which less is better.
ERRORS = ("rmse", "mae", "log_loss", "ece")


class PredictionTable(Result):
    """Predictions of held-out outcomes.

    Attributes:
        model, outcome: what predicted what; binary: whether the outcome is 0/1.
        on, protocol, split: part, protocol and a fingerprint of the rows.
        table: metric, value, low, high, baseline (the user's and the item's mean alone),
            difference (value - baseline), difference_low, difference_high, p, level, n (rows).
            Ratings: rmse, mae. 0/1: log_loss, auc, accuracy (at one half), ece.
        curve: bin, predicted, observed, low, high, n: rows in tenths by their prediction.
        n_users: users, over whom the intervals are drawn.
        notes: how the predictor was fitted, and what to know.
    """

    model: str
    outcome: str
    binary: bool
    on: Annotated[str, Worded("recsys.part_")]
    protocol: Annotated[str, Worded("recsys.protocol_")]
    split: str
    table: Frame
    curve: Frame
    n_users: int
    notes: tuple[Text, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a metric."""
        return self.table.copy()

    def row(self, metric: str) -> pd.Series:
        """One figure by its metric."""
        return self.table[self.table["metric"] == metric].iloc[0]

    def summary(self, lang: str = "en") -> str:
        """One sentence: the main error, its interval, and whether it beats the baseline."""
        row = self.table.iloc[0]
        verdict = verdict_of(row["difference_low"], row["difference_high"], row["p"])
        text = Text(
            "recsys.prediction_summary",
            model=worded("recsys.model_", self.model),
            outcome=self.outcome,
            metric=worded("recsys.metric_", str(row["metric"])),
            **{name: float(row[name]) for name in ("value", "low", "high", "baseline")},
            difference=float(row["difference"]),
            difference_low=float(row["difference_low"]),
            difference_high=float(row["difference_high"]),
            n=int(row["n"]),
            users=self.n_users,
            verdict=Text(f"recsys.verdict_{verdict}"),
            protocol=word_of("recsys.protocol_", self.protocol),
        )
        return str(render(text, lang))


def evaluate_predictions(
    model: Recommender, split: Split, on: str = "test", *, seed: int = 0
) -> PredictionTable:
    """Predict the outcome of held-out rows and compare with what came of them.

    On "test" train and validation are the known history. Rows of users and items that the
    model does not know are predicted from what is known of the other. Intervals are drawn over
    users, paired with those of the baseline.

    Args:
        model: calibrated (`Recommender.with_calibration`).
        split: its train part is what the model was fitted on.
        on: "test" or "valid" (on which the predictor was fitted: too good).
        seed: of the bootstrap.

    Raises:
        DataError: the model is not calibrated, or no held-out row has the outcome.
    """
    if model.predictor is None:
        raise DataError(
            "recsys.not_calibrated", hint="recsys.not_calibrated_hint", model=model.label
        )
    made, outcome = model.predictor, model.predictor.outcome
    held = split.test if on == "test" else split.valid
    rows = None if held is None or outcome not in held.outcomes else outcome_rows(held, outcome)
    if held is None or rows is None or rows.empty:
        raise DataError("recsys.nothing_to_predict", hint="recsys.nothing_to_predict_hint")
    users = codes_of(held.user_ids, model.user_ids)[rows["user"].to_numpy()]
    items = codes_of(held.item_ids, model.item_ids)[rows["item"].to_numpy()]
    y = rows["y"].to_numpy()
    scores = standard_scores(_knowing(model, split, on), users, items)
    both = (made.of(users, items, scores), made.of(users, items, None))
    person = np.unique(rows["user"].to_numpy(), return_inverse=True)[1]
    table = _figures(both, y, person, binary=made.binary, seed=seed)
    return PredictionTable(
        model=model.name,
        outcome=outcome,
        binary=made.binary,
        on=on,
        protocol=split.protocol,
        split=fingerprint(split, on),
        table=pd.DataFrame(table),
        curve=pd.DataFrame(_curve(both[0], y, person, seed)),
        n_users=int(person.max()) + 1,
        notes=(made.note,),
    )


def _knowing(model: Recommender, split: Split, on: str) -> Recommender:
    """The model with all that is known before the part."""
    if on != "test" or split.valid is None:
        return model
    return knowing_later(model, split.valid)


def _figures(
    both: tuple[np.ndarray, np.ndarray],
    y: np.ndarray,
    person: np.ndarray,
    *,
    binary: bool,
    seed: int,
) -> list[dict[str, Any]]:
    """Rows of all metrics; model and baseline on the same rows."""
    n_users = int(person.max()) + 1

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(person, values, n_users)

    size = total(np.ones(len(y)))
    losses: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "rmse": lambda p: (p - y) ** 2,
        "mae": lambda p: np.abs(p - y),
    }
    if binary:
        losses = {
            "log_loss": lambda p: _log_loss(p, y),
            "accuracy": lambda p: (p > 0.5) == (y > 0.5),
        }
    sums = np.stack([total(loss(p)) for loss in losses.values() for p in both] + [size], axis=1)
    drawn = np.concatenate(
        [counts @ sums for counts in resamples(n_users, DRAWS, generator(seed, "predict"))]
    ).astype(float)
    rows = []
    for i, name in enumerate(losses):
        shape = np.sqrt if name == "rmse" else np.asarray
        values = [shape(sums[:, 2 * i + j].sum() / len(y)) for j in (0, 1)]
        spread = [shape(drawn[:, 2 * i + j] / drawn[:, -1]) for j in (0, 1)]
        rows.append(_row(name, values, (spread[0].std(), (spread[0] - spread[1]).std()), len(y)))
    if binary and 0 < y.sum() < len(y):
        rows.insert(1, _auc_row(both, y, person))
        rows.append(_ece_row(both, y, person, seed))
    return rows


def _auc_row(
    both: tuple[np.ndarray, np.ndarray], y: np.ndarray, person: np.ndarray
) -> dict[str, Any]:
    """AUC over all rows; its spread sums each user's influence (Obuchowski, 1997)."""
    values, pulls = [], []
    for p in both:
        auc, pull = auc_parts(p, y)
        values.append(auc)
        pulls.append(np.bincount(person, pull))
    n = len(pulls[0])
    factor = np.sqrt(n / max(n - 1, 1))
    errors = [float(np.sqrt((one**2).sum())) * factor for one in (pulls[0], pulls[0] - pulls[1])]
    return _row("auc", values, (errors[0], errors[1]), len(y))


def _ece_row(
    both: tuple[np.ndarray, np.ndarray], y: np.ndarray, person: np.ndarray, seed: int
) -> dict[str, Any]:
    values = [calibration_error(p, y) for p in both]
    drawn = []
    for p in both:
        gap = np.stack([np.bincount(person, (p - y) * inside) for inside in bins_of(p)], axis=1)
        found = [
            np.abs(counts @ gap).sum(axis=1) / (counts @ np.bincount(person))
            for counts in resamples(len(gap), DRAWS, generator(seed, "ece"))
        ]
        drawn.append(np.concatenate(found))
    return _row("ece", values, (drawn[0].std(), (drawn[0] - drawn[1]).std()), len(y))


def _row(metric: str, values: list[Any], errors: tuple[float, float], n: int) -> dict[str, Any]:
    from scipy.special import ndtr

    value, baseline = (float(one) for one in values)
    change = value - baseline
    p = float(2.0 * ndtr(-abs(change) / errors[1])) if errors[1] > 0 else 1.0
    return {
        "metric": metric,
        "value": value,
        "low": value - Z95 * errors[0],
        "high": value + Z95 * errors[0],
        "baseline": baseline,
        "difference": change,
        "difference_low": change - Z95 * errors[1],
        "difference_high": change + Z95 * errors[1],
        "p": p,
        "level": LEVEL,
        "n": n,
    }


def _curve(p: np.ndarray, y: np.ndarray, person: np.ndarray, seed: int) -> list[dict[str, Any]]:
    """Predicted and observed means of tenths of the rows, with intervals over users."""
    inside = bins_of(p)
    sums = np.stack(
        [np.bincount(person, part * values) for part in inside for values in (y, np.ones(len(y)))],
        axis=1,
    )
    counts = np.concatenate(
        [c @ sums for c in resamples(len(sums), DRAWS, generator(seed, "curve"))]
    ).astype(float)
    rows = []
    for i, part in enumerate(inside):
        top, bottom = counts[:, 2 * i], counts[:, 2 * i + 1]
        error = np.divide(top, bottom, out=np.zeros(len(top)), where=bottom > 0).std()
        observed = float(y[part].mean())
        means = {"predicted": float(p[part].mean()), "observed": observed}
        ends = {"low": observed - Z95 * error, "high": observed + Z95 * error}
        rows.append({"bin": i, **means, **ends, "n": int(part.sum())})
    return rows


def _log_loss(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    inside = p.clip(1e-12, 1.0 - 1e-12)
    return np.asarray(-(y * np.log(inside) + (1.0 - y) * np.log1p(-inside)))
