"""Log loss: how surprising outcomes are under their predicted probabilities."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.predictions.prediction_metric import MeanLoss

__all__ = ["LogLoss"]


class LogLoss(MeanLoss):
    """Mean of -log of the probability given to what came."""

    name = "log_loss"
    binary = True

    @classmethod
    def loss(cls, predicted: np.ndarray, y: np.ndarray) -> np.ndarray:
        """-log of the probability of each outcome, (n,), kept off 0 and 1."""
        inside = predicted.clip(1e-12, 1.0 - 1e-12)
        return np.asarray(-(y * np.log(inside) + (1.0 - y) * np.log1p(-inside)))
