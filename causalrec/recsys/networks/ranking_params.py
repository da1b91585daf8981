"""What models that learn by ranking the catalogue can be told, and what a log's size chooses."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.recsys.learning.training_loop import FitJob

__all__ = [
    "RankingParams",
    "chosen_loss",
    "chosen_temperature",
    "loss_bytes",
    "settled",
    "steps_for",
]

_LOSSES = ("auto", "softmax", "sampled", "bpr")
#: Beyond so many scores an epoch, the softmax goes over drawn items in place of all.
_FULL = 4e9
_STEPS = 6
_DECAY, _DECAY_AT = 0.1, 80_000


class RankingParams(Params):
    """What models that learn by ranking the catalogue can be told."""

    factors: int = param(64, help="recsys.help_factors", ge=1, le=1_024)
    layers: int = param(2, help="recsys.help_layers", ge=0, le=8)
    loss: str = param("auto", help="recsys.help_loss", choices=_LOSSES)
    temperature: float = param(0.0, help="recsys.help_temperature", ge=0.0, le=10.0)
    epochs: int = param(100, help="recsys.help_epochs", ge=1, le=2_000)
    learning_rate: float = param(0.02, help="recsys.help_learning_rate", ge=1e-5, le=1.0)
    regularization: float = param(
        0.0, help="recsys.help_weight_decay_sized", ge=0.0, le=100.0, search=(1e-2, 1.0)
    )
    batch_size: int = param(0, help="recsys.help_batch_size_sized", ge=0, le=1_048_576)
    negatives: int = param(512, help="recsys.help_negatives", ge=1, le=65_536, advanced=True)
    patience: int = param(5, help="recsys.help_patience", ge=1, le=1_000, advanced=True)


R = TypeVar("R", bound=RankingParams)


def chosen_loss(job: FitJob, asked: str) -> str:
    """The loss that "auto" stands for; a note says which and why."""
    if asked != "auto":
        return asked
    users, items = job.matrix.shape
    chosen = "softmax" if float(users) * items <= _FULL else "sampled"
    job.notes.append(Text(f"recsys.note_loss_{chosen}", users=users, items=items))
    return chosen


def steps_for(n_interactions: int, n_items: int) -> dict[str, float]:
    """Batch, weight decay and temperature for a log of some size: what 0 stands for.

    A batch is the power of two nearest to a sixth of the log, so that a pass is about six steps
    whatever the size: each step goes through the whole graph, and a softmax over all items
    needs few. The decay falls with the root of the log, from 0.1 at 80,000 interactions (and
    below) to 0.03 at 800,000. Chosen on the validation parts of MovieLens 100K and 1M; the
    sparse logs (Last.fm, Amazon Beauty) hardly tell decays of 0.03 to 0.3 apart.

    Returns:
        batch_size (from 1,024 to 1,048,576), regularization, temperature.
    """
    power = np.clip(np.log2(max(n_interactions, 1) / _STEPS).round(), 10, 20)
    decay = _DECAY * np.sqrt(_DECAY_AT / max(n_interactions, _DECAY_AT))
    return {
        "batch_size": int(2**power),
        "regularization": float(decay),
        "temperature": chosen_temperature(0.0, n_items),
    }


def settled(job: FitJob, params: R) -> R:
    """Parameters with what was left to the log's size chosen."""
    return job.settle(params, **steps_for(job.matrix.nnz, job.matrix.shape[1]))


def loss_bytes(job: FitJob, params: RankingParams, loss: str) -> float:
    """Memory that a step's loss takes beside the vectors, bytes."""
    if loss == "softmax":
        return 2e8  # a piece of the scores, see `full_softmax`
    batch = float(min(params.batch_size, job.matrix.nnz))
    others = params.negatives if loss == "sampled" else 16
    return 20.0 * batch * (others + 2 * params.factors) + 8.0 * float(job.matrix.nnz)


def chosen_temperature(asked: float, n_items: int) -> float:
    """Temperature of the cosines; 0 stands for 1.5 / log(items), from 0.1 to 0.5.

    A cosine of 1 over temperature has to stand out from the sum over the whole catalogue, so
    its inverse grows with the logarithm of the catalogue's size (⅔ of it did best on the
    validation parts of logs of 1,700, 5,000 and 12,000 items).
    """
    if asked:
        return asked
    return float(np.clip(1.5 / np.log(max(n_items, 2)), 0.1, 0.5))
