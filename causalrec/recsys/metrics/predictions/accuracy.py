"""Accuracy of predictions at one half."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.predictions.prediction_metric import MeanLoss

__all__ = ["PredictedAccuracy"]


class PredictedAccuracy(MeanLoss):
    """Share of rows whose outcome is the more probable one."""

    name = "accuracy"
    binary = True
    good = 1

    @classmethod
    def loss(cls, predicted: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Whether each row is on the right side of one half, (n,)."""
        return np.asarray((predicted > 0.5) == (y > 0.5))
