"""Designs for what nobody randomised but that has a date or a cutoff; one file a design."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.catalogue import Catalogue

if TYPE_CHECKING:
    from causalrec.causal.designs.design import Design

__all__ = ["DESIGNS"]

_HERE = "causalrec.causal.designs"
DESIGNS: Catalogue[type[Design]] = Catalogue(
    "design",
    {
        "difference-in-differences": f"{_HERE}.difference_in_differences:DifferenceInDifferences",
        "staggered-adoption": f"{_HERE}.staggered_adoption:StaggeredAdoption",
        "synthetic-control": f"{_HERE}.synthetic_control:SyntheticControl",
        "interrupted-time-series": f"{_HERE}.interrupted_time_series:InterruptedTimeSeries",
        "regression-discontinuity": f"{_HERE}.regression_discontinuity:RegressionDiscontinuity",
    },
)
"""``name -> Design``: by date, from the most to the fewest others; then by cutoff."""
