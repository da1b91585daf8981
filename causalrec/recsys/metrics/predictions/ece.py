"""Expected calibration error: how far predicted probabilities lie from observed shares."""

from __future__ import annotations

import numpy as np

from causalrec.core.seeds import generator
from causalrec.core.statistics.bootstrap import DRAWS, resamples
from causalrec.recsys.metrics.predictions.prediction_metric import (
    HeldOutcomes,
    PairedFigure,
    PairedMetric,
)

__all__ = ["CalibrationError", "bins_of", "calibration_error"]

_BINS = 10


class CalibrationError(PairedMetric):
    """|mean prediction - mean outcome| over ten bins of rows of like size."""

    name = "ece"
    source = "Naeini et al., 2015; Nguyen and O'Connor, 2015 for like sizes"
    binary = True

    @classmethod
    def paired(cls, outcomes: HeldOutcomes) -> PairedFigure:
        """Calibration errors of model and baseline, their spread over resampled users."""
        values = [calibration_error(predicted, outcomes.y) for predicted in outcomes.both]
        rows = outcomes.by_person(np.ones(len(outcomes.y)))
        drawn = []
        for predicted in outcomes.both:
            apart, bins = predicted - outcomes.y, bins_of(predicted)
            gap = np.stack([outcomes.by_person(apart * bin_) for bin_ in bins], axis=1)
            errors = [
                np.abs(counts @ gap).sum(axis=1) / (counts @ rows)
                for counts in resamples(len(gap), DRAWS, generator(outcomes.seed, cls.name))
            ]
            drawn.append(np.concatenate(errors))
        own, change = float(drawn[0].std()), float((drawn[0] - drawn[1]).std())
        return PairedFigure(values[0], values[1], own, change)


def bins_of(predicted: np.ndarray) -> list[np.ndarray]:
    """Rows in ten bins of like size by their prediction, bool (n,) each; equal ones together."""
    edges = np.unique(np.quantile(predicted, np.arange(1, _BINS) / _BINS))
    place = np.searchsorted(edges, predicted, side="right")
    return [place == bin_ for bin_ in np.unique(place)]


def calibration_error(predicted: np.ndarray, y: np.ndarray) -> float:
    """Expected calibration error: |mean prediction - mean outcome| over bins, by their rows.

    Ten bins of like size (Naeini et al., 2015; Nguyen and O'Connor, 2015 for like sizes).
    """
    return float(sum(abs((predicted - y)[part].sum()) for part in bins_of(predicted)) / len(y))
