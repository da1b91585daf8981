"""The forecast of a treatment from an identified effect, estimated for those it would change."""

from __future__ import annotations

from typing import Any

import pandas as pd

from causalrec.core.errors import CausalRecError
from causalrec.core.result import Estimate
from causalrec.core.words import Text
from causalrec.whatif.forecast import Forecast
from causalrec.whatif.interventions.treat import Treat

__all__ = ["effect_forecast"]


def effect_forecast(
    frame: pd.DataFrame,
    graph: Any,
    treat: Treat,
    outcome: str,
    *,
    estimator: str = "aipw",
    seed: int = 0,
) -> Forecast:
    """What setting a treatment would change per unit of its segment.

    For a 0/1 treatment the effect is that on the units whose value would change (the untreated
    when it is given, the treated when it is taken away), times their share; for any other it is
    the average effect of one unit more, times the mean shift.

    Args:
        frame: the causal table, one row a unit.
        graph: a `CausalGraph`, or covariates to adjust for.
        treat: the intervention; it says node, value and segment.
        outcome: column of the outcome.
        estimator: name of the estimator of the effect.
        seed: of its folds.

    Returns:
        The forecast, refused with the reason where the effect is not identified, has no overlap,
        or a column is missing.
    """
    from causalrec.causal.estimate import estimate

    node, value = treat.params.node, treat.params.value
    frame, graph = _under_node_names(frame, graph, (node, outcome))
    try:
        rows = frame[treat.members(frame)].reset_index(drop=True)
        binary = node in rows and set(rows[node].dropna().unique().tolist()) <= {0, 1}
        given = binary and value == 1
        asked = rows.assign(**{node: 1 - rows[node]}) if given else rows
        effect = estimate(
            asked,
            graph,
            treatment=node,
            outcome=outcome,
            estimator=estimator,
            target="ATT" if binary else "ATE",
            seed=seed,
        )
        made = treat.forecast(_turned(effect) if given else effect, rows, outcome)
    except CausalRecError as error:
        reason = Text("whatif.with_hint", text=error.text, hint=error.hint or "")
        return Forecast.none("effect", outcome, reason)
    return made


def _under_node_names(
    frame: pd.DataFrame, graph: Any, nodes: tuple[str, str]
) -> tuple[pd.DataFrame, Any]:
    """The table with the columns of treatment and outcome under the names that the graph has."""
    bound = {n: c for n, c in getattr(graph, "bindings", {}).items() if n in nodes and c != n}
    if not bound:
        return frame, graph
    renamed = frame.rename(columns={c: n for n, c in bound.items() if n not in frame.columns})
    return renamed, graph.with_bindings({n: n for n in bound})


def _turned(effect: Any) -> Any:
    """The effect of a treatment whose 0 and 1 were exchanged, said of the treatment itself."""
    if effect.refused or effect.value is None:
        return effect
    sides = {"value": -effect.value, "low": -effect.high, "high": -effect.low}
    assert isinstance(effect, Estimate)
    return effect.model_copy(update=sides)
