"""Hybrid: several models, their scores blended with weights learnt on validation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.errors import ParamError
from causalrec.core.machine.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress
from causalrec.core.untrusted.documents import ForeignError
from causalrec.core.words import Text
from causalrec.recsys.arrays.array_needs import Need, need, within
from causalrec.recsys.interactions.interaction_matrix import log_popularity
from causalrec.recsys.learning.score_blend import best_weights, candidates, standardised
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.model.fit_cost import LogSize
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.recsys.recommenders.opening import recommender
from causalrec.recsys.team.checkpoint import Checkpoint

__all__ = ["Hybrid"]

#: A lighter model is left out.
_LIGHT = 0.005


class HybridParams(Params):
    """What the hybrid can be told."""

    models: tuple[str, ...] = param((), help="recsys.help_hybrid_models")
    settings: dict[str, dict[str, Any]] = param({}, help="recsys.help_hybrid_settings")


class Hybrid(Recommender):
    """Scores Σ wₘ zₘ: of each model the scores of a user's items, standardised over the items.

    The weights are not negative and have the highest validation NDCG@10 that a search finds
    (linear stacking: Wolpert, 1992; Breiman, 1996); models without weight are dropped. Without
    validation all models weigh the same. The models are those asked for, else some of
    different kinds that are quick at the data's size.
    """

    name: ClassVar[str] = "hybrid"
    family: ClassVar[str] = "blend"
    source: ClassVar[str] = "Wolpert, 1992; Breiman, 1996"
    Params: ClassVar[type[Params]] = HybridParams
    takes_order: ClassVar[bool] = True
    uses_device: ClassVar[bool] = True
    params: HybridParams

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        names = self._names(job)
        width = min(100 * len(names), job.matrix.shape[1])
        needed = 5.0 * len(names) * len(job.valid_users()) * width + 64e6 * len(names)
        require_memory(needed, Text("recsys.work_hybrid", models=len(names)))
        parts = {}
        for place, name in enumerate(names):
            parts[name] = self._part(job, name, place=place, parts=len(names))
        weights = self._weights(job, parts)
        shown = ", ".join(f"{name} {weight:.2f}" for name, weight in weights.items())
        job.notes.append(Text("recsys.note_blend", shown=shown))
        for name in names:
            _checkpoint(job, name).remove()
        arrays = {f"{name}/{key}": a for name in weights for key, a in parts[name]._arrays.items()}
        blend = {f"{name}/{_BLEND}": np.array([w], np.float32) for name, w in weights.items()}
        return arrays | blend

    def _needs(self) -> dict[str, Need]:
        needs: dict[str, Need] = {}
        for name in {key.split("/")[0] for key in self._arrays}:
            if name == self.name:
                raise ForeignError(f"{name}/")
            needs |= within({**self._model(name)._needs(), _BLEND: need(1)}, f"{name}/")
        return needs

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        total = np.zeros((len(users), self.n_items), dtype=np.float32)
        plain = _plain(history)
        for name, weight in self._blend().items():
            part = self._model(name)
            near = part._score(users, history if part.takes_order else plain)
            total += weight * standardised(near)
        return total

    def _blend(self) -> dict[str, np.float32]:
        """The weights of the models that were kept, by name in a fixed order."""
        kept = sorted(key for key in self._arrays if key.endswith(f"/{_BLEND}"))
        return {key.split("/")[0]: self._arrays[key][0] for key in kept}

    def _model(self, name: str) -> Recommender:
        """One of the models, as it was fitted."""
        part = recommender(name, **self.params.settings.get(name, {}))
        part.user_ids, part.item_ids = self.user_ids, self.item_ids
        part.history, part._popularity = self.history, self._popularity
        part.seen_users = self.seen_users
        for key, array in self._arrays.items():
            owner, _, own = key.partition("/")
            if owner == name and own != _BLEND:
                part._arrays[own] = array
        return part

    def _names(self, job: FitJob) -> list[str]:
        """The models to blend.

        Raises:
            ParamError: a hybrid is asked to hold itself, or settings name no model of it.
        """
        strangers = set(self.params.settings) - set(self.params.models)
        names = list(dict.fromkeys(self.params.models))
        if self.name in names or (names and strangers):
            raise ParamError("recsys.hybrid_models", hint="recsys.hybrid_models_hint")
        if names:
            return names
        users, items = job.matrix.shape
        timed = job.data is not None and "time" in job.data.frame.columns
        names = _quick(LogSize(users, items, job.matrix.nnz, times=timed), job.device)
        job.notes.append(
            Text("recsys.note_hybrid_models", names=", ".join(names), users=users, items=items)
        )
        return names

    def _part(self, job: FitJob, name: str, *, place: int, parts: int) -> Recommender:
        """One model, fitted on the job; what it notes is noted."""
        assert job.data is not None
        part = recommender(name, **self.params.settings.get(name, {}))
        own = replace(
            job,
            on_progress=_within(job.on_progress, place, parts),
            checkpoint=_checkpoint(job, name),
            device=job.device if part.uses_device else "cpu",
            order=job.order if part.takes_order else None,
            notes=[],
            curve=[],
            best_epoch=None,
        )
        part._arrays = part._fit(own)
        job.notes.extend(own.notes)
        part.user_ids, part.item_ids = job.data.user_ids, job.data.item_ids
        part._popularity = log_popularity(job.matrix)
        return part

    def _weights(self, job: FitJob, parts: dict[str, Recommender]) -> dict[str, float]:
        """Weights by name, of the models that count."""
        job.tell(0.9, Text("recsys.blending"))
        if not len(job.valid_users()):
            job.notes.append(Text("recsys.note_blend_even"))
            return dict.fromkeys(parts, 1.0 / len(parts))
        assert job.order is not None
        order, plain = job.order, _plain(job.order)

        def scorer(part: Recommender) -> Callable[[np.ndarray], np.ndarray]:
            taken = order if part.takes_order else plain
            return lambda users: part._score(users, sparse.csr_matrix(taken[users]))

        weights, _ = best_weights(job, candidates(job, [scorer(part) for part in parts.values()]))
        weights = np.where(weights < _LIGHT, 0.0, weights)
        return {n: float(w) for n, w in zip(parts, weights / weights.sum(), strict=True) if w > 0}


_BLEND = "blend"


def _quick(log: LogSize, device: str) -> list[str]:
    """Models that are quick at the log's size; those that are at any size come first."""
    kinds = [(kind.quick, kind) for kind in RECOMMENDERS.values() if kind.quick is not None]
    kinds.sort(key=lambda one: one[0].limited)
    return [
        kind.name
        for quick, kind in kinds
        if quick.holds(log, device) and (log.times or not kind.takes_order)
    ]


def _plain(history: sparse.csr_matrix) -> sparse.csr_matrix:
    """The history with ones for its places in time."""
    ones = np.ones(history.nnz, dtype=np.float32)
    return sparse.csr_matrix((ones, history.indices, history.indptr), shape=history.shape)


def _within(on_progress: OnProgress, place: int, parts: int) -> OnProgress:
    """Progress of one of several parts, as a share of the first nine tenths."""

    def report(fraction: float, message: Text | None = None, /, **metrics: float) -> None:
        on_progress(0.9 * (place + fraction) / parts, message, **metrics)

    return report


def _checkpoint(job: FitJob, name: str) -> Checkpoint:
    """The place of one model's checkpoint, beside the whole's."""
    whole = job.checkpoint
    folder: Path | None = None if whole.file is None else whole.file.parent / name
    about = {"whole": whole.key, "model": name}
    return Checkpoint(folder, about, finish=whole.finish, team=job.team)
