"""A fitted recommender as a document and arrays, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from causalrec.recsys.fitting import FitReport
from causalrec.recsys.history import as_ids
from causalrec.recsys.packing import pack, unpack
from causalrec.recsys.predictor import Predictor

if TYPE_CHECKING:
    from causalrec.recsys.recommender import Recommender

__all__ = ["parts_of", "revive"]


def parts_of(model: Recommender) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """What `model_folder.write_model` writes of a fitted model."""
    assert model.report is not None
    document: dict[str, Any] = {
        "model": model.name,
        "params": model.params.model_dump(mode="json"),
        "fingerprint": model.fingerprint,
        "report": model.report.model_dump(mode="json"),
        "facts": model.facts,
        "storage": model.storage,
        "user_ids": [str(value) for value in model.user_ids],
        "item_ids": [str(value) for value in model.item_ids],
    }
    learnt = {f"model.{name}": array for name, array in model._arrays.items()}
    arrays, document["packed"] = pack(learnt, model.storage)
    arrays["history.indptr"] = model.history.indptr.astype(np.int64)
    arrays["history.indices"] = model.history.indices.astype(np.int32)
    if model.takes_order:
        arrays["history.places"] = model.history.data
    document["popularity_penalty"] = model.popularity_penalty
    if model.predictor is not None:
        document["predictor"] = model.predictor.document()
        arrays |= model.predictor.arrays()
    arrays["popularity"] = model._popularity
    arrays["seen_users"] = model.seen_users
    return document, arrays


def revive(
    model: Recommender, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]
) -> None:
    """Give a new model what `parts_of` took of a fitted one."""
    model.user_ids = as_ids(document["user_ids"])
    model.item_ids = as_ids(document["item_ids"])
    model.fingerprint = str(document["fingerprint"])
    model.report = FitReport.model_validate(document["report"])
    model.facts = dict(document.get("facts", {}))
    model.storage = str(document.get("storage", "plain"))
    indices, indptr = arrays["history.indices"], arrays["history.indptr"]
    places = arrays.get("history.places", np.ones(len(indices), dtype=np.float32))
    shape = (model.n_users, model.n_items)
    model.history = sparse.csr_matrix((places, indices, indptr), shape=shape)
    model.popularity_penalty = float(document.get("popularity_penalty", 0.0))
    if "predictor" in document:
        means = (arrays["predictor.users"], arrays["predictor.items"])
        model.predictor = Predictor.revived(document["predictor"], *means)
    model._popularity = arrays["popularity"]
    model.seen_users = arrays["seen_users"]
    learnt = unpack(arrays, document.get("packed", {}))
    model._arrays = {
        name.removeprefix("model."): array
        for name, array in learnt.items()
        if name.startswith("model.")
    }
