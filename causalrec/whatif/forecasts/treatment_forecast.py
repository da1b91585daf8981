"""What setting a treatment would change, from an effect that was estimated for its units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from causalrec.causal.effects.estimate import estimate
from causalrec.causal.estimators import unadjusted
from causalrec.causal.rows.arms import Arms
from causalrec.causal.rows.column_values import text_of
from causalrec.core.errors import ParamError
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.whatif.changes.mean_estimate import mean_estimate
from causalrec.whatif.changes.sources import EFFECT
from causalrec.whatif.forecasts.forecast import Forecast
from causalrec.whatif.interventions.treat import MOST_LEVELS, Treat

__all__ = ["after_of", "level_of", "scaled", "treatment_forecast"]


def treatment_forecast(
    treat: Treat,
    effect: Estimate,
    frame: pd.DataFrame | None = None,
    outcome: str | None = None,
) -> Forecast:
    """What setting the treatment would change, from an effect per unit of the treatment.

    Args:
        treat: the intervention; it says node, value and segment.
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
    if treatment is not None and treatment != treat.params.node:
        raise ParamError(
            "whatif.other_treatment",
            hint="whatif.other_treatment_hint",
            node=treat.params.node,
            treatment=treatment,
        )
    outcome = outcome or str(getattr(effect, "outcome", "outcome"))
    if effect.refused or effect.value is None:
        return Forecast.none(EFFECT, outcome, effect.reason or Text("whatif.effect_refused"))
    about: dict[str, Any] = {
        "method": EFFECT,
        "outcome": outcome,
        "unit": "user",
        "assumptions": treat.holds,
    }
    if frame is None:
        sign = -1.0 if treat.params.value in (0.0, "0") else 1.0
        return Forecast(**about, change=scaled(effect, sign))
    rows = frame[treat.members(frame)]
    for column in (treat.params.node, outcome):
        if column not in rows:
            raise ParamError(
                "whatif.no_user_column",
                hint="whatif.no_user_column_hint",
                column=column,
                known=", ".join(map(str, frame.columns)),
            )
    shift = float((treat.number(rows[treat.params.node]) - rows[treat.params.node]).mean())
    before = mean_estimate(rows[outcome].to_numpy(dtype=float))
    change = scaled(effect, shift)
    return Forecast(**about, before=before, change=change, after=after_of(before, change))


def scaled(effect: Estimate, factor: float) -> Estimate:
    """The effect times a known factor."""
    assert effect.value is not None
    assert effect.low is not None
    assert effect.high is not None
    edges = [factor * effect.low, factor * effect.high]
    return Estimate(
        value=factor * effect.value,
        low=min(edges),
        high=max(edges),
        level=effect.level,
        n=effect.n,
        flags=effect.flags,
    )


def level_of(rows: pd.DataFrame, treat: Treat, outcome: str) -> object:
    """The value of a treatment of few values that is meant, as the table writes it.

    A value of the table, or, of two words (yes/no), 1 for the one that an effect calls treated
    and 0 for its control.

    Raises:
        ParamError: the log holds no such value, or more values than can be compared one by one.
    """
    node, value = treat.params.node, treat.params.value
    levels = list(rows[node].dropna().unique())
    values = ", ".join(sorted(map(text_of, levels))[:10]) or "-"
    names = {"node": node, "known": values}
    arms = Arms(tuple(map(text_of, levels)), tuple(levels), numeric=False, boolean=False)
    place = arms.find(value)
    if place is not None:
        if len(levels) > MOST_LEVELS:
            raise ParamError("whatif.many_levels", hint="whatif.many_levels_hint", **names)
        return levels[place]
    if value in (0.0, 1.0) and len(levels) == 2 and all(isinstance(one, str) for one in levels):
        words = estimate(rows, [], treatment=node, outcome=outcome, estimator=unadjusted()).arms
        meant = [one for one in levels if words and text_of(one) == words[int(value)]]
        if meant:
            return meant[0]
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
