"""Set a treatment, for everybody or for a segment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.core.params import Params, param
from causalrec.core.result import Estimate
from causalrec.core.words import Text
from causalrec.whatif.forecast import Forecast, mean_estimate
from causalrec.whatif.interventions.base import Attributes, Intervention

__all__ = ["Treat", "TreatParams"]


class TreatParams(Params):
    """Which treatment, which value, for whom."""

    node: str = param(help="whatif.param_node")
    value: float = param(1.0, help="whatif.param_value")
    segment: str | None = param(None, help="whatif.param_segment_optional")


class Treat(Intervention):
    """Set a treatment to a value: ``do(node = value)`` for the units of a segment.

    It changes no list; what it would do is forecast from an identified effect.
    """

    name = "treat"
    Params = TreatParams
    on = "treatment"

    @property
    def sentence(self) -> Text:
        values = {"node": self.params.node, "value": self.params.value}
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

    def forecast(
        self,
        effect: Any,
        frame: pd.DataFrame | None = None,
        outcome: str | None = None,
    ) -> Forecast:
        """What setting the treatment would change, from an effect per unit of the treatment.

        Args:
            effect: an `Effect` of the node on the outcome, estimated for these units.
            frame: the causal table; with it the forecast is for the segment as it is (some
                already have the value) and has a before and an after; without it, for units
                that do not have the value yet.
            outcome: the outcome's column; None: as the effect says.

        Returns:
            The forecast per unit of the segment; refused where the effect is.

        Raises:
            ParamError: the effect is another treatment's, or the table lacks a column.
        """
        treatment = getattr(effect, "treatment", None)
        if treatment is not None and treatment != self.params.node:
            raise ParamError(
                "whatif.other_treatment",
                hint="whatif.other_treatment_hint",
                node=self.params.node,
                treatment=treatment,
            )
        outcome = outcome or str(getattr(effect, "outcome", "outcome"))
        if effect.refused or effect.value is None:
            return Forecast.none("effect", outcome, effect.reason or Text("whatif.effect_refused"))
        known: dict[str, Any] = {
            "method": "effect",
            "outcome": outcome,
            "unit": "user",
            "assumptions": self._holds,
        }
        if frame is None:
            sign = 1.0 if self.params.value else -1.0
            return Forecast(**known, change=_scaled(effect, sign))
        rows = frame[self.members(frame)]
        for column in (self.params.node, outcome):
            if column not in rows:
                raise ParamError(
                    "whatif.no_user_column",
                    hint="whatif.no_user_column_hint",
                    column=column,
                    known=", ".join(map(str, frame.columns)),
                )
        shift = float((self.params.value - rows[self.params.node].astype(float)).mean())
        before = mean_estimate(rows[outcome].to_numpy(dtype=float))
        change = _scaled(effect, shift)
        return Forecast(**known, before=before, change=change, after=_sum(before, change))

    @property
    def _holds(self) -> tuple[Text, ...]:
        return (Text("whatif.assume_graph"), Text("whatif.assume_interference"))


def _scaled(effect: Any, factor: float) -> Estimate:
    """The effect times a known factor."""
    edges = [factor * effect.low, factor * effect.high]
    return Estimate(
        value=factor * effect.value,
        low=min(edges),
        high=max(edges),
        level=effect.level,
        n=effect.n,
        flags=effect.flags,
    )


def _sum(before: Estimate, change: Estimate) -> Estimate:
    """What would be: errors of both parts added as if independent."""
    assert before.value is not None
    assert change.value is not None
    low = np.hypot(before.value - (before.low or 0.0), change.value - (change.low or 0.0))
    high = np.hypot((before.high or 0.0) - before.value, (change.high or 0.0) - change.value)
    value = before.value + change.value
    return Estimate(value=value, low=value - float(low), high=value + float(high), n=change.n)
