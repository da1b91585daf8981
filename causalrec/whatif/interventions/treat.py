"""Set a treatment, for everybody or for a segment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from causalrec.causal.rows.arms import Arms
from causalrec.causal.rows.column_values import text_of
from causalrec.core.errors import ParamError
from causalrec.core.params import Params, param
from causalrec.core.result import Estimate
from causalrec.core.words import Text
from causalrec.whatif.changes.known_means import mean_estimate
from causalrec.whatif.forecasts.forecast import Forecast
from causalrec.whatif.interventions.base import Attributes, Intervention

__all__ = ["MOST_LEVELS", "Treat", "TreatParams", "after_of", "level_of"]

MOST_LEVELS = 5
"""A treatment of at most so many values is compared value by value (as `estimate` does)."""


class TreatParams(Params):
    """Which treatment, which value, for whom."""

    node: str = param(help="whatif.param_node")
    value: float | str = param(1.0, help="whatif.param_value")
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
            "assumptions": self.holds,
        }
        if frame is None:
            sign = -1.0 if self.params.value in (0.0, "0") else 1.0
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
        shift = float((self._number(rows[self.params.node]) - rows[self.params.node]).mean())
        before = mean_estimate(rows[outcome].to_numpy(dtype=float))
        change = _scaled(effect, shift)
        return Forecast(**known, before=before, change=change, after=after_of(before, change))

    def is_slope(self, values: pd.Series) -> bool:
        """Whether the treatment is a number of more values than can be compared one by one."""
        plain = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        return plain and values.nunique() > MOST_LEVELS

    def _number(self, values: pd.Series) -> float:
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


def level_of(rows: pd.DataFrame, treat: Treat, outcome: str) -> Any:
    """The value of a treatment of few values that is meant, as the table writes it.

    A value of the table, or, of two words (yes/no), 1 for the one that an effect calls treated
    and 0 for its control.

    Raises:
        ParamError: the log holds no such value, or more values than can be compared one by one.
    """
    from causalrec.causal.effects.estimate import estimate

    node, value = treat.params.node, treat.params.value
    levels = list(rows[node].dropna().unique())
    known = ", ".join(sorted(map(text_of, levels))[:10]) or "-"
    names = {"node": node, "known": known}
    arms = Arms(tuple(map(text_of, levels)), tuple(levels), numeric=False, boolean=False)
    place = arms.find(value)
    if place is not None:
        if len(levels) > MOST_LEVELS:
            raise ParamError("whatif.many_levels", hint="whatif.many_levels_hint", **names)
        return levels[place]
    if value in (0.0, 1.0) and len(levels) == 2 and all(isinstance(one, str) for one in levels):
        told = estimate(rows, [], treatment=node, outcome=outcome, estimator="difference").arms
        found = [one for one in levels if told and text_of(one) == told[int(value)]]
        if found:
            return found[0]
    raise ParamError(
        "whatif.beyond_log", hint="whatif.beyond_log_hint", **names, value=text_of(value)
    )


def after_of(before: Estimate, change: Estimate) -> Estimate:
    """What would be: errors of both parts added as if independent."""
    if before.value is None or change.value is None:
        return Estimate(refused=True, reason=before.reason or change.reason)
    low = np.hypot(before.value - (before.low or 0.0), change.value - (change.low or 0.0))
    high = np.hypot((before.high or 0.0) - before.value, (change.high or 0.0) - change.value)
    value = before.value + change.value
    return Estimate(value=value, low=value - float(low), high=value + float(high), n=change.n)
