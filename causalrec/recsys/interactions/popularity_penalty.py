"""Less popular items ranked higher: what popularity adds to a score is taken off again."""

from __future__ import annotations

import numpy as np

from causalrec.core.errors import check_range

__all__ = ["checked_penalty", "penalised"]

_MOST = 5.0


def penalised(scores: np.ndarray, log_popularity: np.ndarray, penalty: float) -> np.ndarray:
    """Scores less a share of the items' log popularity, both on the scale of the user's scores.

    score - β s z: s is the spread of the user's scores over the items, z the items' log
    popularity standardised, so that β means the same for every model; at β = 1 the popularity
    model itself ranks nothing above anything. Taking popularity off at the time of ranking
    follows Zhang et al. (2021, PDA) and Wei et al. (2021, MACR).

    Args:
        scores: float (n, n_items).
        log_popularity: log(1 + users) of each item, (n_items,).
        penalty: β, 0 for none.

    Returns:
        float32 (n, n_items).
    """
    spread = float(log_popularity.std()) if len(log_popularity) else 0.0
    if not penalty or not spread:
        return scores
    relative = (log_popularity - log_popularity.mean()) / spread
    scale = scores.std(axis=1, keepdims=True, dtype=np.float64)
    return np.asarray(scores - penalty * scale * relative, dtype=np.float32)


def checked_penalty(penalty: float) -> float:
    """A penalty between 0 and 5.

    Raises:
        ParamError: it is not.
    """
    check_range("popularity_penalty", penalty, 0.0, _MOST)
    return float(penalty)
