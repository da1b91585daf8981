"""Steps that change rows or columns before a dataset is saved; they run in this order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.catalogue import Catalogue

if TYPE_CHECKING:
    from causalrec.data.steps.step import Step

__all__ = ["STEPS"]

STEPS: Catalogue[type[Step]] = Catalogue(
    "step",
    {
        "bad_times": "causalrec.data.steps.bad_times:BadTimes",
        "bad_propensities": "causalrec.data.steps.bad_propensities:BadPropensities",
        "duplicates": "causalrec.data.steps.duplicates:DropDuplicates",
        "missing": "causalrec.data.steps.missing:MissingValues",
        "outliers": "causalrec.data.steps.outliers:ClipOutliers",
        "suspicious_users": "causalrec.data.steps.suspicious_users:DropSuspiciousUsers",
        "positive": "causalrec.data.steps.positive:PositiveThreshold",
        "k_core": "causalrec.data.steps.k_core:KCore",
        "sample": "causalrec.data.steps.sample:Sample",
        "time_features": "causalrec.data.steps.time_features:TimeFeatures",
        "encode": "causalrec.data.steps.encode:Encode",
        "select_features": "causalrec.data.steps.select_features:SelectFeatures",
        "normalise": "causalrec.data.steps.normalise:Normalise",
        "pseudonymise": "causalrec.data.steps.pseudonymise:Pseudonymise",
    },
)
