"""What items are, as one dense matrix: the vectors of their texts beside their attributes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.core.machine.device import require_memory
from causalrec.core.words import Text
from causalrec.language import item_texts, text_encoder
from causalrec.language.encoders.encoder import unit_rows
from causalrec.recsys.interactions.attributes import attribute_matrix
from causalrec.recsys.learning.training_loop import FitJob

__all__ = ["ItemFeatures", "item_features"]

_ATTRIBUTES_WEIGH = 0.5
NO_TEXT = "none"
"""The encoder's name for leaving texts out."""


@dataclass(frozen=True, eq=False)
class ItemFeatures:
    """Items described.

    Attributes:
        matrix: float32 (n_items, d), centred on the items that have interactions; what is
            missing is zero.
        note: which encoder and why, or that nothing is known of the items.
    """

    matrix: np.ndarray
    note: Text


def item_features(job: FitJob, encoder: str) -> ItemFeatures:
    """The features of a job's items.

    Args:
        job: what is fitted on.
        encoder: as `causalrec.text_encoder` takes it, or "none" for attributes alone.

    Raises:
        NotFoundError: the encoder is not on this machine.
        DataError: the encoder cannot be used.
        MemoryBudgetError: the features need more memory than allowed.
    """
    assert job.data is not None
    items, met = job.data.items, job.matrix.getnnz(axis=0) > 0
    n = job.matrix.shape[1]
    parts: list[np.ndarray] = []
    texts = [] if encoder == NO_TEXT else item_texts(items, job.data.item_ids)
    worded = [text for text in texts if any(map(str.isalnum, text))]
    note = Text("recsys.note_no_content")
    if worded:
        chosen = text_encoder(encoder, texts=worded, device=job.device)
        job.tell(0.0, Text("recsys.encoding_texts", items=len(worded), encoder=chosen.title))
        parts.append(_centred(chosen.encode(texts), met))
        note = Text("recsys.note_encoder", reason=chosen.reason)
    attributes = attribute_matrix(items, n)
    require_memory(16.0 * n * attributes.matrix.shape[1], Text("recsys.work_features", items=n))
    if attributes.matrix.shape[1]:
        dense = unit_rows(attributes.matrix.toarray())
        parts.append(np.float32(_ATTRIBUTES_WEIGH) * _centred(dense, met))
        if not worded:
            note = Text("recsys.note_attributes_only")
    if not parts:
        return ItemFeatures(np.zeros((n, 0), dtype=np.float32), note)
    return ItemFeatures(np.hstack(parts), note)


def _centred(vectors: np.ndarray, met: np.ndarray) -> np.ndarray:
    """Vectors (n, d) minus the mean of those of items met, of length 1; zero rows stay zero."""
    described = np.abs(vectors).sum(axis=1) > 0
    middle = vectors[described & met].mean(axis=0) if (described & met).any() else 0.0
    return unit_rows(np.where(described[:, None], vectors - middle, 0.0))
