"""Networks with one representation of the covariates and one head for each arm.

The frame of TARNet, CFR and their kin (Shalit, Johansson and Sontag, 2017): a body turns covariates
into a representation, a head an arm turns that into an outcome. Kinds differ in what they lose
beside the error of the outcome. Ten networks learn at once, each with other rows held out, and
their mean is the answer.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from causalrec.causal.learners.learner import Learned, Learner, Lesson
from causalrec.causal.networks.sample import Batch, Draws, Table
from causalrec.causal.networks.stacked import Weights, chain, first_weights, some
from causalrec.causal.networks.training import Pace, train
from causalrec.causal.rows.arms import Refusal
from causalrec.core.machine.device import resolve_device
from causalrec.core.seeds import generator
from causalrec.core.words import Text

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["DeepLearner", "Ensemble", "Reading", "outcome_of", "represented"]

NETS, FEWEST = 10, 3
"""Networks of a lesson; of each lesson where there are several."""
AT_ONCE = 8_192
"""Rows that are asked at once."""
HEADS = ("without", "with")


def represented(weights: Weights, x: Tensor) -> Tensor:
    """What the body makes of covariates (K, n, p): (K, n, d)."""
    return chain(weights, "body", x, bent=True)


def outcome_of(weights: Weights, arm: int, inside: Tensor) -> Tensor:
    """Expected outcome in an arm given the representation (K, n, d): (K, n)."""
    return chain(weights, HEADS[arm], inside)[..., 0]


@dataclass(frozen=True, eq=False)
class Reading:
    """What networks make of a batch.

    Attributes:
        inside: representation, (K, a + b, d).
        expected: outcome of each row in its own arm, (K, a + b).
    """

    inside: Tensor
    expected: Tensor


@dataclass(frozen=True, eq=False)
class Ensemble(Learned):
    """Trained networks; their mean answers."""

    weights: Weights
    device: str

    def outcomes(self, x: np.ndarray) -> np.ndarray:
        parts = [self._some(x[at : at + AT_ONCE]) for at in range(0, len(x), AT_ONCE)]
        return np.concatenate([np.empty((0, 2)), *parts])

    def effect(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(np.diff(self.outcomes(x), axis=1)[:, 0])

    def _some(self, x: np.ndarray) -> np.ndarray:
        import torch

        nets = len(self.weights["body"][0][0])
        rows = torch.tensor(x, dtype=torch.float32, device=self.device).expand(nets, *x.shape)
        with torch.no_grad():
            inside = represented(self.weights, rows)
            both = [outcome_of(self.weights, arm, inside).mean(0) for arm in (0, 1)]
        return np.asarray(torch.stack(both, dim=1).cpu().numpy(), dtype=float)


class DeepLearner(Learner, ABC):
    """One kind of network; what it loses beside the outcome's error is its own.

    Attributes:
        width: of the representation; depth: layers of the body and of a head.
        strength: of what it loses beside the outcome's error.
        pace: how it learns.
    """

    lineup: ClassVar[bool] = False  # a minute of a core; who wants it asks for it
    width: ClassVar[int] = 64
    depth: ClassVar[int] = 3
    strength: ClassVar[float] = 1.0
    pace: ClassVar[Pace] = Pace()

    def chains(self, columns: int) -> dict[str, tuple[int, ...]]:
        """Widths of the layers for so many covariates."""
        width, half = self.width, self.width // 2
        head = (width, *[half] * (self.depth - 1), 1)
        return {"body": (columns, *[width] * self.depth), HEADS[0]: head, HEADS[1]: head}

    def beside(self, weights: Weights, batch: Batch, reading: Reading) -> Tensor | None:
        """What each network loses beside the outcome's error, (K,); None: nothing."""
        return None

    def read(self, weights: Weights, batch: Batch) -> Reading:
        """Representation and expected outcomes of a batch."""
        import torch

        inside = represented(weights, batch.x)
        arms = batch.by_arm(inside)
        control = outcome_of(weights, 0, arms.control)
        treated = outcome_of(weights, 1, arms.treated)
        return Reading(inside, torch.cat([control, treated], dim=1))

    def loss(self, weights: Weights, batch: Batch) -> Tensor:
        """What is made small: the outcome's error, and what the kind loses beside it, (K,)."""
        reading = self.read(weights, batch)
        error = batch.mean((batch.y - reading.expected) ** 2)
        beside = self.beside(weights, batch, reading)
        return error if beside is None else error + self.strength * beside

    def judged(self, weights: Weights, batch: Batch) -> Tensor:
        """The outcome's error on held-out rows, (K,)."""
        return batch.mean((batch.y - self.read(weights, batch).expected) ** 2)

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
        train(weights, table, draws, loss=self.loss, judged=self.judged, pace=self.pace)
        nets = len(which)
        return [
            Ensemble(some(weights, at * nets, at * nets + nets), device)
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
