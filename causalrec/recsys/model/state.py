"""A fitted recommender as a document and arrays, and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from scipy import sparse

from causalrec.core.machine.device import require_memory
from causalrec.core.untrusted.documents import ForeignError
from causalrec.core.words import Text
from causalrec.recsys.arrays.array_needs import Need, check_arrays, csr_needs, need, within
from causalrec.recsys.arrays.storage_formats import pack, unpack
from causalrec.recsys.interactions.interaction_matrix import as_ids
from causalrec.recsys.model.base import Model
from causalrec.recsys.model.model_document import ModelDocument
from causalrec.recsys.prediction.outcome_model import Predictor

__all__ = ["parts_of", "revive"]

_LEARNT = "model."


def parts_of(model: Model) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
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
    learnt = {f"{_LEARNT}{name}": array for name, array in model._arrays.items()}
    arrays, document["packed"] = pack(learnt, model.storage)
    arrays["history.indptr"] = model.history.indptr.astype(np.int64)
    arrays["history.indices"] = model.history.indices.astype(np.int32)
    if model.takes_order:
        arrays["history.places"] = model.history.data
    arrays["disliked.indptr"] = model.disliked.indptr.astype(np.int64)
    arrays["disliked.indices"] = model.disliked.indices.astype(np.int32)
    document["popularity_penalty"] = model.popularity_penalty
    if model.predictor is not None:
        document["predictor"] = model.predictor.document()
        arrays |= model.predictor.arrays()
    arrays["popularity"] = model._popularity
    arrays["seen_users"] = model.seen_users
    return document, arrays


def revive(model: Model, document: ModelDocument, arrays: Mapping[str, np.ndarray]) -> None:
    """Give a new model what `parts_of` took of a fitted one.

    Raises:
        ForeignError: the arrays are not those of such a model.
        MemoryBudgetError: they need more memory than allowed.
    """
    model.user_ids, model.item_ids = as_ids(document.user_ids), as_ids(document.item_ids)
    model.fingerprint, model.report = document.fingerprint, document.report
    model.facts, model.storage = dict(document.facts), document.storage
    model.popularity_penalty = document.popularity_penalty
    own = {name: array for name, array in arrays.items() if name.startswith(_LEARNT)}
    common = {name: array for name, array in arrays.items() if name not in own}
    check_arrays(common, _common_needs(model, document, common))
    indices, indptr = common["history.indices"], common["history.indptr"]
    places = common.get("history.places", np.ones(len(indices), dtype=np.float32))
    shape = (model.n_users, model.n_items)
    model.history = sparse.csr_matrix((places, indices, indptr), shape=shape)
    model.disliked = sparse.csr_matrix(shape, dtype=np.float32)
    if "disliked.indptr" in common:
        unwanted = common["disliked.indices"]
        ones = np.ones(len(unwanted), dtype=np.float32)
        parts = (ones, unwanted, common["disliked.indptr"])
        model.disliked = sparse.csr_matrix(parts, shape=shape)
    if document.predictor is not None:
        means = (common["predictor.users"], common["predictor.items"])
        model.predictor = Predictor.revived(document.predictor, *means)
    model._popularity = common["popularity"]
    model.seen_users = common["seen_users"]
    model._arrays = _learnt(own, document)
    check_arrays(model._arrays, model._needs())


def _learnt(arrays: Mapping[str, np.ndarray], document: ModelDocument) -> dict[str, Any]:
    """The model's own arrays, unpacked.

    Raises:
        ForeignError: something else is packed.
    """
    packed = {name: how for name, how in document.packed.items() if name.startswith(_LEARNT)}
    if len(packed) < len(document.packed):
        raise ForeignError("packed: ?")
    require_memory(4.0 * sum(how.size for how in packed.values()), Text("core.work_unpacking"))
    learnt = unpack(arrays, {name: how.model_dump() for name, how in packed.items()})
    return {name.removeprefix(_LEARNT): array for name, array in learnt.items()}


def _common_needs(model: Model, document: ModelDocument, there: Collection[str]) -> dict[str, Need]:
    """What every model keeps; ``there``: the names of the arrays at hand."""
    users, items = model.n_users, model.n_items
    history = csr_needs(users, items)
    needs = {
        "history.indptr": history["indptr"],
        "history.indices": history["indices"],
        "popularity": need(items),
        "seen_users": need(users, kind="b"),
    }
    # Models of earlier versions do not know what users dislike.
    if any(name.startswith("disliked.") for name in there):
        unwanted = within(csr_needs(users, items), "disliked.")
        needs |= {name: one for name, one in unwanted.items() if not name.endswith("data")}
    if model.takes_order:
        needs["history.places"] = history["data"]
    if document.predictor is not None:
        needs |= {"predictor.users": need("learnt users"), "predictor.items": need("learnt items")}
    return needs
