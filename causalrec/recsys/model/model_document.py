"""What ``model.json`` says of a saved model: the form that a document must have."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import AfterValidator, FailFast, Field, FiniteFloat, NonNegativeInt, model_validator

from causalrec.core.untrusted.documents import Document
from causalrec.recsys.learning.fit_report import FitReport
from causalrec.recsys.metrics.accuracy.ndcg import NDCG
from causalrec.recsys.prediction.outcome_model import PredictorDocument

__all__ = ["FORMAT", "VERSION", "ModelDocument", "Packed"]

FORMAT = "causalrec-recommender"
VERSION = 1
_CURVE = {"epoch", "loss", NDCG.name}


def _all_different(ids: list[str]) -> list[str]:
    if len(set(ids)) != len(ids):
        raise ValueError("an id stands there twice")
    return ids


Ids = Annotated[list[str], FailFast(), Field(min_length=1), AfterValidator(_all_different)]


class Packed(Document):
    """How an array was written in fewer bytes (`packing.pack`)."""

    form: Literal["int8", "bf16", "sparse"]
    shape: Annotated[tuple[NonNegativeInt, ...], Field(max_length=4)]
    csr: bool = False

    @property
    def size(self) -> int:
        """Numbers once it is unpacked."""
        return int(np.prod(np.array(self.shape, dtype=object), initial=1))


class ModelDocument(Document):
    """A saved model but for its arrays.

    Attributes:
        format, format_version, weights_sha256, versions: of the files.
        model, params, storage, popularity_penalty: of the `Recommender`.
        fingerprint, report, facts: of its fit.
        user_ids, item_ids: external ids by code.
        packed: arrays that are written in fewer bytes.
        predictor: its calibration.
    """

    format: Literal["causalrec-recommender"]
    format_version: Literal[1]
    weights_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    versions: dict[str, str] = Field(default_factory=dict)
    model: str
    params: dict[str, Any]
    fingerprint: str
    report: FitReport
    facts: dict[str, Any] = Field(default_factory=dict)
    storage: Literal["plain", "int8", "bf16", "sparse"] = "plain"
    user_ids: Ids
    item_ids: Ids
    packed: dict[str, Packed] = Field(default_factory=dict)
    popularity_penalty: Annotated[FiniteFloat, Field(ge=0.0, le=5.0)] = 0.0
    predictor: PredictorDocument | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        """The report is this model's, of as many users and items.

        Raises:
            ValueError: it is not (pydantic says where).
        """
        report = self.report
        about = (report.model, report.n_users, report.n_items)
        if about != (self.model, len(self.user_ids), len(self.item_ids)):
            raise ValueError("the report is another model's")
        curve = report.curve
        plain = curve.empty or all(kind.kind in "fi" for kind in curve.dtypes)
        if set(curve.columns) != _CURVE or not plain:
            raise ValueError("the curve of the fit is none")
        return self
