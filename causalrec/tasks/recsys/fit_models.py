"""The fit of a training run: weights, a floor for groups, checkpoints, cost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from causalrec.core.errors import ParamError
from causalrec.core.progress import OnProgress, within
from causalrec.core.results.resources import Usage
from causalrec.core.words import Text
from causalrec.data.splits.split import Split
from causalrec.recsys.team.checkpoint import CheckpointFolder
from causalrec.recsys.team.team import current_team

if TYPE_CHECKING:
    from causalrec.recsys.fairness.group_floor import FloorReport
    from causalrec.recsys.model.recommender import Recommender

__all__ = ["Asked", "Fitted", "fitted"]


class Asked(Protocol):
    """What of a run's parameters a fit needs."""

    @property
    def model(self) -> str: ...
    @property
    def params(self) -> dict[str, Any]: ...
    @property
    def seed(self) -> int: ...
    @property
    def device(self) -> str: ...
    @property
    def weighting(self) -> str: ...
    @property
    def clip(self) -> float | None: ...
    @property
    def popularity_penalty(self) -> float: ...
    @property
    def group_by(self) -> str | None: ...
    @property
    def group_floor(self) -> float | None: ...
    @property
    def group_rounds(self) -> int: ...
    @property
    def finish(self) -> bool: ...


@dataclass(frozen=True)
class Fitted:
    """What came of it.

    Attributes:
        model: the model kept.
        plain: the model without a floor, where there was one to reach.
        floor: how near the floor came (its price is still to be told).
        usage: cost of all fits together.
        notes: how rows were weighted.
    """

    model: Recommender
    plain: Recommender | None
    floor: FloorReport | None
    usage: Usage | None
    notes: tuple[Text, ...] = ()


def fitted(asked: Asked, split: Split, folder: Path | None, on_progress: OnProgress) -> Fitted:
    """Fit as asked, going on from what stands in ``folder``."""
    work = _Work(asked, split, folder, on_progress)
    if asked.group_by is None or asked.group_floor is None:
        model = work.fit(None, 0)
        return Fitted(model, None, None, work.usage(), work.notes)
    from causalrec.recsys.fairness.group_floor import Floor, fit_with_floor
    from causalrec.recsys.fairness.groups import groups_of

    groups = groups_of(split.train, asked.group_by)
    floor = Floor(groups, asked.group_floor, work.rounds())
    model, plain, report = fit_with_floor(work.fit, split, floor)
    return Fitted(model, plain, report, work.usage(), work.notes)


class _Work:
    """Fits by round; a round that was done before a stop is read back."""

    def __init__(
        self, asked: Asked, split: Split, folder: Path | None, on_progress: OnProgress
    ) -> None:
        self.asked, self.split, self.folder = asked, split, folder
        self.on_progress = on_progress
        self.usages: list[Usage] = []
        self.weights, self.notes = _weights(split, asked)

    def rounds(self) -> int:
        """How many rounds beside the first; where the run is finished, those that were done."""
        if not self.asked.finish or self.folder is None or current_team().size > 1:
            return self.asked.group_rounds
        return max(len(list(self.folder.glob("model-*"))) - 1, 0)

    def fit(self, weights: np.ndarray | None, number: int) -> Recommender:
        from causalrec.recsys.recommenders.opening import load_recommender, recommender

        # In a team every process would have to see the same rounds at the same moment.
        alone = self.folder is not None and current_team().size == 1
        kept = self.folder / f"model-{number}" if self.folder and alone else None
        if kept is not None and (kept / "model.json").exists():
            model = load_recommender(kept)
        else:
            model = recommender(self.asked.model, **self.asked.params)
            model.fit(
                self.split.train,
                self.split.valid,
                _product(self.weights, weights),
                seed=self.asked.seed,
                device=self.asked.device,
                on_progress=self._span(number),
                checkpoint=self._checkpoint(number),
            )
            if kept is not None and self.asked.group_by is not None:
                model.save(kept)
        if model.report is not None and model.report.usage is not None:
            self.usages.append(model.report.usage)
        return model.with_popularity_penalty(self.asked.popularity_penalty)

    def _checkpoint(self, number: int) -> CheckpointFolder | None:
        if self.folder is None:
            return None
        return CheckpointFolder(self.folder / f"round-{number}", finish=self.asked.finish)

    def _span(self, number: int) -> OnProgress:
        if self.asked.group_by is None:
            return self.on_progress
        rounds = self.asked.group_rounds + 1
        span = within(self.on_progress, number / rounds, (number + 1) / rounds)
        span(0.0, Text("train.floor_round", number=number + 1, rounds=rounds))
        return span

    def usage(self) -> Usage | None:
        """The cost of all fits: sums, and the highest peak."""
        if not self.usages:
            return None
        sums = {
            name: sum(getattr(one, name) for one in self.usages)
            for name in ("seconds", "cpu_seconds", "energy_wh")
        }
        last = self.usages[-1]
        gpu = [one.gpu_seconds for one in self.usages if one.gpu_seconds is not None]
        tops = [one.gpu_peak_mb for one in self.usages if one.gpu_peak_mb is not None]
        return last.model_copy(
            update={
                **sums,
                "peak_mb": max(one.peak_mb for one in self.usages),
                "gpu_seconds": sum(gpu) if gpu else None,
                "gpu_peak_mb": max(tops) if tops else None,
            }
        )


def _weights(split: Split, asked: Asked) -> tuple[np.ndarray | None, tuple[Text, ...]]:
    """Weights of the rows of train, None where all count alike, and how they came about.

    Raises:
        ParamError: groups are weighed, and none are named.
    """
    if asked.weighting == "none":
        return None, ()
    from causalrec.recsys.interactions.row_weights import row_weights

    if asked.weighting == "groups" and asked.group_by is None:
        raise ParamError("train.no_group_by", hint="train.no_group_by_hint")
    weights = row_weights(split.train, asked.weighting, clip=asked.clip, groups=asked.group_by)
    return weights.values, (weights.note,)


def _product(weights: np.ndarray | None, factors: np.ndarray | None) -> np.ndarray | None:
    if weights is None or factors is None:
        return factors if weights is None else weights
    return np.asarray(weights * factors)
