"""Ensembles of networks: ten learn at once, each with other rows held out; their mean answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from causalrec.causal.learners.learner import Learned, Learner, Lesson
from causalrec.causal.networks.sample import Batch, Draws, Table
from causalrec.causal.networks.stacked import Weights, first_weights, some
from causalrec.causal.networks.training import Judge, Pace, train
from causalrec.causal.rows.arms import Refusal
from causalrec.core.machine.device import resolve_device
from causalrec.core.seeds import generator
from causalrec.core.words import Text

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["NETS", "Ensemble", "EnsembleLearner"]

NETS, FEWEST = 10, 3
"""Networks of a lesson; of each lesson where there are several."""
AT_ONCE = 8_192
"""Rows that are asked at once."""


@dataclass(frozen=True, eq=False)
class Ensemble(Learned):
    """Trained networks; their mean answers.

    Attributes:
        weights: of K networks.
        read: what they expect of covariates (K, m, p) without and with the treatment, (K, m, 2).
        device: where the weights live.
    """

    weights: Weights
    read: Callable[[Weights, Tensor], Tensor]
    device: str

    def outcomes(self, x: np.ndarray) -> np.ndarray:
        parts = [self._some(x[at : at + AT_ONCE]) for at in range(0, len(x), AT_ONCE)]
        return np.concatenate([np.empty((0, 2)), *parts])

    def effect(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(np.diff(self.outcomes(x), axis=1)[:, 0])

    def _some(self, x: np.ndarray) -> np.ndarray:
        import torch

        nets = len(next(iter(self.weights.values()))[0][0])
        rows = torch.tensor(x, dtype=torch.float32, device=self.device).expand(nets, *x.shape)
        with torch.no_grad():
            both = self.read(self.weights, rows).mean(0)
        return np.asarray(both.cpu().numpy(), dtype=float)


class EnsembleLearner(Learner, ABC):
    """Networks of one kind; their layers and what they lose are its own.

    Attributes:
        pace: how they learn.
    """

    lineup: ClassVar[bool] = False  # a minute of a core; who wants it asks for it
    pace: ClassVar[Pace] = Pace()

    @abstractmethod
    def chains(self, columns: int) -> dict[str, tuple[int, ...]]:
        """Widths of the layers for so many covariates."""

    @abstractmethod
    def losing(self, streams: Sequence[np.random.Generator]) -> Judge:
        """What is made small; random numbers come from the streams, one a network."""

    @abstractmethod
    def judged(self, weights: Weights, batch: Batch) -> Tensor:
        """What says on held-out rows which weights are best, (K,)."""

    @abstractmethod
    def both(self, weights: Weights, x: Tensor) -> Tensor:
        """What networks expect of x (K, m, p) without and with the treatment, (K, m, 2)."""

    def fit(self, lesson: Lesson) -> Learned:
        """Learn all networks at once."""
        return self.networks([lesson], range(NETS))[0]

    def fit_all(self, lessons: Sequence[Lesson]) -> list[Learned]:
        """Learn the networks of all lessons at once; of several lessons, fewer of each."""
        nets = max(FEWEST, NETS // max(len(lessons), 1))
        return [*self.networks(lessons, range(nets))] if lessons else []

    def networks(
        self, lessons: Sequence[Lesson], which: Iterable[int], device: str = "auto"
    ) -> list[Ensemble]:
        """Learn some networks of each lesson; each is what it is without the others.

        Args:
            lessons: each with rows of its own, of equal columns.
            which: numbers of the networks; one holds out the fold of its number, counted around.
            device: "auto": CUDA where there is some.

        Raises:
            Refusal: with a fold held out, no row of an arm is left.
        """
        device, which = resolve_device(device), list(which)
        streams = [generator(one.seed, "net", number) for one in lessons for number in which]
        weights = first_weights(self.chains(lessons[0].x.shape[1]), streams, device)
        x, y, treatment = (
            np.concatenate([getattr(one, name) for one in lessons])
            for name in ("x", "outcome", "treatment")
        )
        taught, held = _parts(lessons, which)
        for arm in (0, 1):
            if not (taught & (treatment == arm)).any(1).all():
                raise Refusal(Text("causal.refuse_untaught"))
        smallest = min(len(one.outcome) for one in lessons)
        draws = Draws(
            treatment,
            taught=taught,
            held=held,
            streams=streams,
            size=min(self.pace.batch, smallest),
        )
        table = Table.of(x, y, device)
        train(weights, table, draws, loss=self.losing(streams), judged=self.judged, pace=self.pace)
        nets = len(which)
        return [
            Ensemble(some(weights, at * nets, at * nets + nets), self.both, device)
            for at in range(len(lessons))
        ]


def _parts(lessons: Sequence[Lesson], which: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Of all lessons' rows, one after another, which each network is taught and which are held out.

    Returns:
        Both bool (lessons x networks, rows).
    """
    sizes = [len(one.outcome) for one in lessons]
    held = np.zeros((len(lessons), len(which), sum(sizes)), dtype=bool)
    own = held.copy()
    for at, (one, start) in enumerate(zip(lessons, np.cumsum([0, *sizes]), strict=False)):
        rows = slice(start, start + len(one.outcome))
        folds = np.unique(one.folds)
        held[at, :, rows] = [one.folds == folds[number % len(folds)] for number in which]
        own[at, :, rows] = True
    flat = (-1, held.shape[2])
    return (own & ~held).reshape(flat), held.reshape(flat)
