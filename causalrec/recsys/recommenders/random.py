"""A list drawn by chance for each user: what no model may fall below."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.params import Params
from causalrec.recsys.arrays.array_needs import Need, need
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.model.recommender import Recommender

__all__ = ["Random"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


class RandomParams(Params):
    """Chance has nothing to set but the seed of the fit."""


class Random(Recommender):
    """Uniform scores in [0, 1), fixed by the seed, the user and the item.

    A user who is known is drawn for by code; anybody else by what they took, so that equal
    histories get equal lists. The numbers are a hash (SplitMix64: Steele, Lea and Flood,
    2014), so that nothing is stored and any user can be scored alone.
    """

    name: ClassVar[str] = "random"
    family: ClassVar[str] = "simple"
    source: ClassVar[str] = "Steele, Lea and Flood, 2014 (the hash)"
    Params: ClassVar[type[Params]] = RandomParams
    personal: ClassVar[bool] = False

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        return {"seed": np.array([job.seed], dtype=np.int64)}

    def _needs(self) -> dict[str, Need]:
        return {"seed": need(1, kind="i")}

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        seed = _mixed(self._arrays["seed"].astype(np.uint64) + _GOLDEN)
        items = _mixed(np.arange(1, self.n_items + 1, dtype=np.uint64) * _GOLDEN + seed)
        # Adding up does not depend on the order of a history; it wraps around.
        total = np.concatenate([[np.uint64(0)], np.cumsum(items[history.indices])])
        taken = total[history.indptr[1:]] - total[history.indptr[:-1]]
        who = np.where(users < 0, taken, _mixed(users.astype(np.uint64) + seed))
        drawn = _mixed(_mixed(who)[:, None] + items[None, :])
        return (drawn >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24)


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """SplitMix64's finaliser: uint64 in, uint64 out, every bit depends on every bit."""
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))
