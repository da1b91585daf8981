"""Small saved things, made once a campaign: what the targets of folders spoil."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from causalrec.data.storage.store import save_dataset

__all__ = ["FEW", "MODELS", "place", "saved_dataset", "saved_models", "small_log"]

FEW = {"factors": 4, "epochs": 1}
#: Models by name; each keeps other arrays.
MODELS = [
    *("popularity", "random", "user-knn", "item-knn", "ease", "slim", "ials", "bpr", "ncf"),
    *("lightgcn", "gcn", "gat", "multvae", "sasrec", "content", "joint", "hybrid"),
]
_LARGER = {"hybrid": {"models": ["ease", "ials"]}, "gat": {"heads": 2}, "sasrec": {"heads": 2}}


def place() -> Path:
    """A folder that a campaign's workers share."""
    return Path(os.environ["FUZZ_PLACE"])


@cache
def small_log() -> object:
    """Fourteen users who rated five of nine items each."""
    import causalrec as cr

    rng = np.random.default_rng(0)
    rows = [(f"u{u}", f"i{i}", 1 + (u + i) % 5) for u in range(14) for i in rng.permutation(9)[:5]]
    frame = pd.DataFrame(rows, columns=["u", "i", "rating"])
    frame = frame.assign(
        t=np.arange(len(frame)), kind=frame["i"].map(lambda i: "ab"[int(i[1]) % 2])
    )
    mapping = cr.ColumnMapping(
        user="u", item="i", time="t", outcome="rating", positive=3, category="kind"
    )
    return cr.Dataset.from_frame(frame, mapping)


def params_of(name: str) -> dict[str, object]:
    """Parameters that make a small model."""
    from causalrec.recsys.recommenders import RECOMMENDERS

    fields = RECOMMENDERS[name].Params.model_fields
    few = {key: value for key, value in FEW.items() if key in fields}
    encoder = {"encoder": "tf-idf"} if "encoder" in fields else {}
    return {**few, **encoder, **_LARGER.get(name, {})}


@cache
def saved_models() -> dict[str, Path]:
    """Folders by model."""
    import causalrec as cr

    split = cr.Split.leave_last(small_log())
    for name in MODELS:
        folder = place() / "models" / name
        if not (folder / "model.json").exists():
            model = cr.recommender(name, **params_of(name))
            model.fit(split.train, split.valid)
            model.with_calibration(split.train).save(folder)
    return {name: place() / "models" / name for name in MODELS}


@cache
def saved_dataset() -> Path:
    """The log's folder."""
    folder = place() / "dataset"
    if not (folder / "dataset.json").exists():
        save_dataset(small_log(), folder)
    return folder
