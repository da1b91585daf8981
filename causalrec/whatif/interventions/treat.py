"""Set a treatment, for everybody or for a segment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.whatif.interventions.base import Attributes, Intervention

__all__ = ["MOST_LEVELS", "Treat", "TreatParams"]

MOST_LEVELS = 5
"""A treatment of at most so many values is compared value by value (as `estimate` does)."""


class TreatParams(Params):
    """Which treatment, which value, for whom."""

    node: str = param(help="whatif.param_node")
    value: float | str = param(1.0, help="whatif.param_value")
    segment: str | None = param(None, help="whatif.param_segment_optional")


class Treat(Intervention):
    """Set a treatment to a value: ``do(node = value)`` for the units of a segment.

    It changes no list; what it would do is forecast from an identified effect
    (`causalrec.whatif.forecasts.treatment_forecast`).
    """

    name = "treat"
    Params = TreatParams
    on = "treatment"

    @property
    def sentence(self) -> Text:
        value = self.params.value
        shown = value if isinstance(value, str) else f"{value:g}"
        values = {"node": self.params.node, "value": shown}
        if self.params.segment is None:
            return Text("whatif.say_treat_all", **values)
        return Text("whatif.say_treat", segment=self.params.segment, **values)

    def apply(self, policy: Any, data: Any = None) -> Any:
        """Never: a treatment is no list.

        Raises:
            ParamError: always; the hint names `forecast`.
        """
        raise ParamError("whatif.treat_no_list", hint="whatif.treat_no_list_hint")

    def members(self, frame: pd.DataFrame) -> np.ndarray:
        """Rows of a causal table whom it concerns, bool (n,).

        Raises:
            ParamError: the segment's column is not in the table, or nobody is in it.
        """
        if self.params.segment is None:
            return np.ones(len(frame), dtype=bool)
        return Attributes(frame, None).user_mask(self.params.segment)

    def is_slope(self, values: pd.Series) -> bool:
        """Whether the treatment is a number of more values than can be compared one by one."""
        plain = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        return plain and values.nunique() > MOST_LEVELS

    def number(self, values: pd.Series) -> float:
        """The value that a number is set to.

        Raises:
            ParamError: it is no number, or beyond what the log has seen.
        """
        value = self.params.value
        if not pd.api.types.is_numeric_dtype(values) or isinstance(value, str):
            raise ParamError("whatif.treat_no_number", hint="whatif.treat_no_number_hint")
        low, high = float(values.min()), float(values.max())
        if not low <= value <= high:
            raise ParamError(
                "whatif.beyond_log",
                hint="whatif.beyond_log_hint",
                node=self.params.node,
                value=f"{value:g}",
                known=f"{low:g} – {high:g}",
            )
        return float(value)

    @property
    def holds(self) -> tuple[Text, ...]:
        """What must hold for its forecast to be right."""
        return (Text("whatif.assume_graph"), Text("whatif.assume_interference"))
