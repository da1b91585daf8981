"""When training ends, and whether what it ended with has learnt anything."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import sparse

from causalrec.core.words import Text
from causalrec.recsys.interactions.interaction_matrix import log_popularity

if TYPE_CHECKING:
    from causalrec.recsys.team.checkpoint import Standing

__all__ = ["FEWEST_STEPS", "collapse_notes", "epochs_of_patience"]

FEWEST_STEPS = 50
"""Steps that patience lasts at least: on a small log an epoch may be one or two of them."""
_ABOVE = 1.05
"""Up to so many times the popular items' figure, a model is told to be no better than they."""
_FEWEST_USERS = 20
_EPOCHS = 3
"""Epochs from which a fall after the first one is no accident of the second."""


def epochs_of_patience(patience: int, learner: object) -> int:
    """Epochs to wait for a better one: ``patience``, and at least 50 gradient steps.

    A learner that is slower to start says so (``fewest_steps``); one whose epoch is a whole
    solve (no ``steps_an_epoch``) counts epochs alone.
    """
    steps = getattr(learner, "steps_an_epoch", None)
    fewest = getattr(learner, "fewest_steps", FEWEST_STEPS)
    return patience if steps is None else max(patience, math.ceil(fewest / max(steps, 1)))


class Judged(Protocol):
    """What is fitted, and how good held-out rows say that scores are."""

    matrix: sparse.csr_matrix

    def valid_users(self) -> np.ndarray:
        """Codes of the users with held-out rows, (n,)."""

    def valid_ndcg(self, scores: Callable[[np.ndarray], np.ndarray]) -> float:
        """NDCG of these users, given ``codes (n,) -> scores (n, n_items)``."""


def collapse_notes(job: Judged, now: Standing) -> list[Text]:
    """What a person must know of a model that hardly learnt.

    It is told where the best validation NDCG is no better than recommending what is popular
    (up to 1.05 times that), and where it fell from the first epoch on.
    """
    if len(job.valid_users()) < _FEWEST_USERS:
        return []
    popularity = log_popularity(job.matrix)
    floor = job.valid_ndcg(lambda users: np.tile(popularity, (len(users), 1)))
    notes = []
    if now.top <= _ABOVE * floor:
        notes.append(Text("recsys.note_only_popular", value=now.top, floor=floor))
    if now.best_epoch == 1 and now.epoch > _EPOCHS:
        notes.append(Text("recsys.note_never_rose", value=now.top, epochs=now.epoch))
    return notes
