"""How good predictions of an outcome are, beside the user's and the item's own mean."""

from __future__ import annotations

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
from causalrec.recsys.metrics import PREDICTION_METRICS
from causalrec.recsys.metrics.predictions.ece import bins_of
from causalrec.recsys.metrics.predictions.prediction_metric import (
    HeldOutcomes,
    MeanLoss,
    PairedFigure,
)
from causalrec.recsys.model.calibration import outcome_rows, standard_scores
from causalrec.recsys.model.later_log import knowing_later
from causalrec.recsys.model.recommender import Recommender

__all__ = ["PredictionTable", "evaluate_predictions"]


class PredictionTable(Result):
    """Predictions of held-out outcomes.

    Attributes:
        model, outcome: what predicted what; binary: whether the outcome is 0/1.
        on, protocol, split: part, protocol and a fingerprint of the rows.
        table: metric, value, low, high, baseline (the user's and the item's mean alone),
            difference (value - baseline), difference_low, difference_high, p, level, n (rows),
            for each of `PREDICTION_METRICS` that is of such an outcome.
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
            metric=PREDICTION_METRICS[str(row["metric"])].word(),
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
    predictor, outcome = model.predictor, model.predictor.outcome
    held = split.test if on == "test" else split.valid
    rows = None if held is None or outcome not in held.outcomes else outcome_rows(held, outcome)
    if held is None or rows is None or rows.empty:
        raise DataError("recsys.nothing_to_predict", hint="recsys.nothing_to_predict_hint")
    users = codes_of(held.user_ids, model.user_ids)[rows["user"].to_numpy()]
    items = codes_of(held.item_ids, model.item_ids)[rows["item"].to_numpy()]
    scores = standard_scores(_knowing(model, split, on), users, items)
    outcomes = HeldOutcomes(
        y=rows["y"].to_numpy(),
        person=np.unique(rows["user"].to_numpy(), return_inverse=True)[1],
        model=predictor.of(users, items, scores),
        baseline=predictor.of(users, items, None),
        seed=seed,
    )
    return PredictionTable(
        model=model.name,
        outcome=outcome,
        binary=predictor.binary,
        on=on,
        protocol=split.protocol,
        split=fingerprint(split, on),
        table=pd.DataFrame(_figures(outcomes, binary=predictor.binary)),
        curve=pd.DataFrame(_curve(outcomes)),
        n_users=int(outcomes.person.max()) + 1,
        notes=(predictor.note,),
    )


def _knowing(model: Recommender, split: Split, on: str) -> Recommender:
    """The model with all that is known before the part."""
    if on != "test" or split.valid is None:
        return model
    return knowing_later(model, split.valid)


def _figures(outcomes: HeldOutcomes, *, binary: bool) -> list[dict[str, Any]]:
    """Rows of all metrics; model and baseline on the same rows."""
    names = PREDICTION_METRICS.where(binary=binary)
    means = [name for name in names if issubclass(PREDICTION_METRICS[name], MeanLoss)]
    figures = _means(outcomes, means)
    if 0 < outcomes.y.sum() < len(outcomes.y):
        others = [name for name in names if name not in means]
        figures |= {name: PREDICTION_METRICS[name].paired(outcomes) for name in others}
    return [_row(name, figures[name], len(outcomes.y)) for name in names if name in figures]


def _means(outcomes: HeldOutcomes, names: list[str]) -> dict[str, PairedFigure]:
    """Metrics that are means over rows, drawn over the same users at once."""
    metrics = [PREDICTION_METRICS[name] for name in names]
    y, n = outcomes.y, len(outcomes.y)
    losses = [metric.loss(p, y) for metric in metrics for p in outcomes.both]
    sums = np.stack([outcomes.by_person(loss) for loss in (*losses, np.ones(n))], axis=1)
    stream = generator(outcomes.seed, "predict")
    drawn = np.concatenate([counts @ sums for counts in resamples(len(sums), DRAWS, stream)])
    totals, drawn = np.array([column.sum() for column in sums.T]), drawn.astype(float)
    figures = {}
    for i, metric in enumerate(metrics):
        both = slice(2 * i, 2 * i + 2)
        model, baseline = metric.of_mean(totals[both] / n)
        spread = metric.of_mean(drawn[:, both] / drawn[:, -1:])
        own, change = spread[:, 0].std(), (spread[:, 0] - spread[:, 1]).std()
        figures[metric.name] = PairedFigure(float(model), float(baseline), own, change)
    return figures


def _row(metric: str, figure: PairedFigure, n: int) -> dict[str, Any]:
    from scipy.special import ndtr

    change = figure.model - figure.baseline
    error = figure.change_error
    p = float(2.0 * ndtr(-abs(change) / error)) if error > 0 else 1.0
    return {
        "metric": metric,
        "value": figure.model,
        "low": figure.model - Z95 * figure.error,
        "high": figure.model + Z95 * figure.error,
        "baseline": figure.baseline,
        "difference": change,
        "difference_low": change - Z95 * error,
        "difference_high": change + Z95 * error,
        "p": p,
        "level": LEVEL,
        "n": n,
    }


def _curve(outcomes: HeldOutcomes) -> list[dict[str, Any]]:
    """Predicted and observed means of tenths of the rows, with intervals over users."""
    p, y = outcomes.model, outcomes.y
    bins = bins_of(p)
    sums = np.stack(
        [outcomes.by_person(bin_ * values) for bin_ in bins for values in (y, np.ones(len(y)))],
        axis=1,
    )
    stream = generator(outcomes.seed, "curve")
    drawn = np.concatenate([counts @ sums for counts in resamples(len(sums), DRAWS, stream)])
    drawn = drawn.astype(float)
    rows = []
    for i, bin_ in enumerate(bins):
        top, bottom = drawn[:, 2 * i], drawn[:, 2 * i + 1]
        error = np.divide(top, bottom, out=np.zeros(len(top)), where=bottom > 0).std()
        observed = float(y[bin_].mean())
        means = {"predicted": float(p[bin_].mean()), "observed": observed}
        ends = {"low": observed - Z95 * error, "high": observed + Z95 * error}
        rows.append({"bin": i, **means, **ends, "n": int(bin_.sum())})
    return rows
