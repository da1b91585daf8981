"""From a table and a graph to the factors that drive an outcome."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from causalrec.causal.attribution.candidates import Candidate, Inquiry, covariance
from causalrec.causal.attribution.drivers import COLUMNS, FAST, Drivers
from causalrec.causal.estimation.estimation_problem import Refusal
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.rows.question_rows import label, labelled
from causalrec.core.errors import CausalRecError, check_range, unknown_name
from causalrec.core.seeds import generator
from causalrec.core.statistics.p_values import holm
from causalrec.core.statistics.ranks import largest_first
from causalrec.data.dataset.outcomes import Outcome
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["drivers"]


def drivers(
    frame: IntoFrame,
    graph: CausalGraph,
    *,
    outcome: str,
    candidates: Iterable[str] | None = None,
    estimator: str = FAST,
    cluster: str | None = "auto",
    level: float = 0.95,
    seed: int = 0,
    currency: str = "",
) -> Drivers:
    """Which factors move an outcome most, of those whose total effect a graph identifies.

    Each has its own adjustment set. A number counts by one standard deviation, two values by one
    against the other. By default every effect is a least squares slope, whose alarms (a line
    that does not fit, an effect that differs, arms that do not overlap) stand in `flags`.

    Args:
        frame: one row a unit or an impression.
        graph: what is believed.
        outcome: node or column.
        candidates: nodes; None: all that lead to the outcome.
        estimator: a name in `ESTIMATORS` that adjusts.
        cluster: as in `estimate`.
        level: of each interval, and of all ranks together.
        seed: of folds and draws.
        currency: of an outcome that is money.

    Returns:
        The ranking; what has no number stands apart with its reason.

    Raises:
        NotFoundError: no such estimator.
        GraphError: the outcome or a candidate is no node, or the outcome has no column.
        ParamError: the level is out of range.
    """
    if estimator not in ESTIMATORS:
        error = unknown_name("estimator", estimator, ESTIMATORS)
        raise error
    check_range("level", level, 0.5, 0.9999)
    table = labelled(as_pandas(frame))
    outcome = label(outcome)
    named = [candidates] if isinstance(candidates, str) else candidates
    asked = Inquiry(table, graph, outcome, estimator, cluster, level, seed)
    names = asked.leading() if named is None else asked.named(label(name) for name in named)
    judged, reasons = [], {}
    for name in names:
        try:
            judged.append(asked.effect_of(name))
        except Refusal as refusal:
            reasons[name] = refusal.reason
        except CausalRecError as fault:
            reasons[name] = fault.text
    judged.sort(key=lambda one: -abs(one.value))
    facts = table.attrs.get("causalrec", {})
    about = facts.get("outcomes", {}).get(asked.column)
    return Drivers(
        outcome=asked.column,
        outcome_kind="share" if judged and judged[0].share else "mean",
        estimator=estimator,
        level=level,
        n=len(table),
        rows=_ranked(judged, len(table), level, generator(seed, "ranks")),
        steps={one.name: one.step for one in judged},
        adjusted={one.name: one.adjusted for one in judged},
        reasons=reasons,
        flags={one.name: one.flags for one in judged if one.flags},
        unit=facts.get("unit", "row"),
        about=None if about is None else Outcome(**about),
        currency=currency,
    )


def _ranked(
    judged: list[Candidate], n: int, level: float, rng: np.random.Generator
) -> pd.DataFrame:
    """The rows of a ranking, the largest effect first."""
    if not judged:
        return pd.DataFrame(columns=list(COLUMNS))
    values = np.array([one.value for one in judged])
    p = holm(np.array([_p(one) for one in judged]))
    low, high = largest_first(values, covariance(judged, n), level, rng)
    columns = {
        "factor": [one.name for one in judged],
        "kind": [one.kind for one in judged],
        "value": values,
        "low": [one.low for one in judged],
        "high": [one.high for one in judged],
        "p": p,
        "clear": p < 1 - level,
        "rank": np.arange(1, len(judged) + 1),
        "rank_low": low,
        "rank_high": high,
        "n": [one.n for one in judged],
    }
    return pd.DataFrame(columns)


def _p(one: Candidate) -> float:
    """Chance of an effect as far from 0 where there is none."""
    if not one.error:
        return float(one.value == 0)
    return math.erfc(abs(one.value) / one.error / math.sqrt(2))
