"""Refuters: each tries to break an answer; one file and one line a refuter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.catalogue import Catalogue

if TYPE_CHECKING:
    from causalrec.causal.refuters.refuter import Refuter

__all__ = ["REFUTERS"]

_HERE = "causalrec.causal.refuters"
REFUTERS: Catalogue[type[Refuter]] = Catalogue(
    "refuter",
    {
        "placebo-treatment": f"{_HERE}.placebo_treatment:PlaceboTreatment",
        "dummy-outcome": f"{_HERE}.dummy_outcome:DummyOutcome",
        "random-common-cause": f"{_HERE}.random_common_cause:RandomCommonCause",
        "data-subset": f"{_HERE}.data_subset:DataSubset",
        "bootstrap": f"{_HERE}.bootstrap:Bootstrap",
        "hidden-cause": f"{_HERE}.hidden_cause:HiddenCause",
        "negative-control": f"{_HERE}.negative_control:NegativeControl",
    },
)
"""``name -> Refuter``, in the order in which their answers are read."""
