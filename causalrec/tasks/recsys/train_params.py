"""What a training run is asked for."""

from __future__ import annotations

from typing import Any

from causalrec.core.params import Params, param
from causalrec.data.splits.split import PROTOCOLS
from causalrec.recsys.interactions.row_weights import WEIGHTINGS
from causalrec.recsys.recommenders import RECOMMENDERS

__all__ = ["TrainParams"]


class TrainParams(Params):
    """What to train on what."""

    dataset: str = param("", help="train.help_dataset")
    model: str = param(RECOMMENDERS.default, help="train.help_model", choices=tuple(RECOMMENDERS))
    params: dict[str, Any] = param({}, help="train.help_params")
    name: str | None = param(None, help="train.help_name")
    protocol: str = param("auto", help="train.help_protocol", choices=PROTOCOLS)
    k: tuple[int, ...] = param((10, 20), help="train.help_k")
    seed: int = param(0, help="train.help_seed", ge=0, le=2**31 - 1)
    device: str = param("auto", help="train.help_device", choices=("auto", "cpu", "cuda"))
    fold: int = param(0, help="train.help_fold", ge=0, le=99, advanced=True)
    folds: int = param(5, help="train.help_folds", ge=2, le=100, advanced=True)
    weighting: str = param("none", help="train.help_weighting", choices=WEIGHTINGS, advanced=True)
    clip: float | None = param(10.0, help="train.help_clip", ge=1.0, le=1e6, advanced=True)
    popularity_penalty: float = param(
        0.0, help="train.help_popularity_penalty", ge=0.0, le=5.0, advanced=True
    )
    group_by: str | None = param(None, help="train.help_group_by", advanced=True)
    group_floor: float | None = param(
        None, help="train.help_group_floor", ge=0.0, le=1.0, advanced=True
    )
    group_rounds: int = param(3, help="train.help_group_rounds", ge=1, le=10, advanced=True)
    resume: str | None = param(None, help="train.help_resume", advanced=True)
    finish: bool = param(False, help="train.help_finish", advanced=True)
