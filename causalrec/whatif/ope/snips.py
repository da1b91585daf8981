"""Self-normalised inverse propensity scoring."""

from __future__ import annotations

import numpy as np

from causalrec.whatif.ope.estimator import OffPolicyEstimator
from causalrec.whatif.ope.weighted_log import WeightedLog

__all__ = ["SNIPS"]


class SNIPS(OffPolicyEstimator):
    """``V = sum_i w_i r_i / sum_i w_i``, consistent, within the range of the outcomes.

    Its scores are the linearised ratio ``V + w_i (r_i - V) / mean(w)``: their mean is V exactly,
    their variance is the delta method's. Swaminathan and Joachims (2015).
    """

    name = "snips"
    self_normalised = True
    source = "Swaminathan and Joachims (2015)"

    def scores(self, rows: WeightedLog) -> np.ndarray:
        """The linearised ratio, (n,)."""
        mass = float(rows.weight.sum())
        value = float(rows.weight @ rows.outcome) / mass
        return np.asarray(value + rows.weight * (rows.outcome - value) * (rows.n / mass))
