"""The work of a fit, made of what a person gave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from causalrec.core.errors import DataError, MemoryBudgetError
from causalrec.core.machine.device import resolve_device
from causalrec.core.progress import silent
from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.interactions.interaction_matrix import as_ids, of_dataset, positives, weighted
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.model.base import Model
from causalrec.recsys.team.checkpoint import Checkpoint, CheckpointFolder
from causalrec.recsys.team.team import current_team

__all__ = ["checkpoint_of", "device_of", "fit_on_device", "job_of"]


def device_of(model: Model, asked: str) -> str:
    """Where a model is fitted that was asked to be on "auto", "cpu" or "cuda".

    Raises:
        ParamError: the device is not on this machine.
    """
    return resolve_device(asked) if model.uses_device else "cpu"


def job_of(
    model: Model,
    data: Dataset,
    valid: Dataset | None = None,
    weights: ArrayLike | None = None,
    *,
    seed: int,
    device: str,
) -> FitJob:
    """The work of fitting a model.

    Args:
        model: what is fitted.
        data: the log.
        valid: held-out rows.
        weights: of the log's rows, (n,).
        seed: as asked for.
        device: where it computes (`device_of`).

    Raises:
        DataError: the log has no users or nothing positive.
        ParamError: weights cannot be used.
    """
    matrix = positives(data) if weights is None else weighted(data, weights)
    if matrix.nnz == 0:
        raise DataError("recsys.no_positives", hint="recsys.no_positives_hint", name=data.name)
    ids = (as_ids(data.user_ids), as_ids(data.item_ids))
    return FitJob(
        matrix=matrix,
        valid=None if valid is None else of_dataset(valid, ids),
        seed=seed,
        device=device,
        on_progress=silent,
        data=data,
        order=positives(data, ordered=True) if model.takes_order else None,
        team=current_team(),
    )


def checkpoint_of(
    model: Model, job: FitJob, where: str | Path | CheckpointFolder | None
) -> Checkpoint:
    """Where the job's standing is kept; it only serves the same model on the same data."""
    kept = where if isinstance(where, CheckpointFolder | None) else CheckpointFolder(Path(where))
    assert job.data is not None
    about = {
        "model": model.name,
        "params": model.params.model_dump(mode="json"),
        "data": str(job.data.fingerprint),
        "weight": float(job.matrix.data.sum(dtype=float)),
        "held": None if job.valid is None else int(job.valid.nnz),
        "seed": job.seed,
    }
    if kept is None:
        return Checkpoint(None, about, team=job.team)
    return Checkpoint(kept.path, about, finish=kept.finish, team=job.team)


def fit_on_device(
    fit: Callable[[FitJob], dict[str, np.ndarray]], job: FitJob
) -> dict[str, np.ndarray]:
    """What a fit gives; a device without memory left becomes an error with a next step.

    Raises:
        MemoryBudgetError: the device has no memory left.
    """
    if job.device == "cpu":
        return fit(job)
    import torch

    try:
        return fit(job)
    except torch.OutOfMemoryError as error:
        raise MemoryBudgetError(
            "recsys.device_memory", hint="recsys.device_memory_hint", device=job.device
        ) from error
