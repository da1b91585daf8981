"""From a table and a graph to the effect on each row, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from causalrec.causal.effects.answers import Asking
from causalrec.causal.effects.estimate import of_table
from causalrec.causal.effects.preconditions import make_problem
from causalrec.causal.estimation.estimation_problem import Problem, Query, Refusal
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.heterogeneity.bands import band_of
from causalrec.causal.heterogeneity.cate import Cate, Model
from causalrec.causal.heterogeneity.choosing import Choice, choose
from causalrec.causal.heterogeneity.tree_words import branches_of
from causalrec.causal.identification.identify import identify
from causalrec.causal.learners import LEARNERS, baseline
from causalrec.causal.rows.new_rows import readings_of
from causalrec.causal.rows.question_rows import Rows, label, labelled, rows_of
from causalrec.core.errors import check_range, unknown_name
from causalrec.core.words import Text
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["AUTO", "cate"]

AUTO = "auto"
MISSING = ("indicator", "complete", "refuse")
"""What is done about unknown covariates: an answer for new rows must know what to do with them."""


def cate(  # noqa: PLR0913 - a question has so many parts; all but the data go by name
    frame: IntoFrame,
    graph: CausalGraph | Iterable[str],
    *,
    treatment: str,
    outcome: str,
    learner: str = AUTO,
    cluster: str | None = "auto",
    seed: int = 0,
    level: float = 0.95,
    folds: int = 5,
    clip: float = 0.01,
    missing: str = "indicator",
    control: object = None,
    treated: object = None,
) -> Cate:
    """The effect of a treatment on each row, given the covariates to adjust for.

    Args:
        frame: one row a unit or an impression, a table of any kind.
        graph: a graph, whose smallest adjustment set that has columns is used; or the covariates.
        treatment: node or column, of two values that are compared.
        outcome: node or column.
        learner: a name in `LEARNERS`; "auto": the best of the line-up on held-out units.
        cluster: as in `estimate`; whole units are held out.
        seed: of all that is random.
        level: share of the rows whose effect the band is to hold.
        folds: parts of the cross-fitting, 2 to 20.
        clip: propensities are kept in [clip, 1 - clip].
        missing: unknown covariates: "indicator" (marked, as they will be in new rows: right
            where they do not drive the treatment), "complete" or "refuse".
        control: value to compare with, as in `estimate`.
        treated: value to compare, as in `estimate`.

    Returns:
        The effects. With refused=True there are none and its reason says why.

    Raises:
        GraphError: a node is unknown or has no column.
        DataError: a column is missing or holds no numbers.
        ParamError, NotFoundError: an argument is out of range or unknown.
    """
    for name, value, choices in (
        ("learner", learner, (AUTO, *LEARNERS)),
        ("missing", missing, MISSING),
    ):
        if value not in choices:
            error = unknown_name(name, str(value), choices)
            raise error
    for name, number, low, high in (
        ("level", level, 0.5, 0.9999),
        ("folds", folds, 2, 20),
        ("clip", clip, 0.0, 0.2),
    ):
        check_range(name, number, low, high)
    table = labelled(as_pandas(frame))
    if not isinstance(graph, CausalGraph):
        graph = [label(name) for name in ([graph] if isinstance(graph, str) else graph)]
    identified = identify(table, graph, (label(treatment), label(outcome)))
    query = Query(
        identified.treatment, identified.outcome, identified.covariates or (), "ATE", level,
        clip, folds, seed, missing, control, treated,
    )  # fmt: skip
    refused = Cate(
        treatment=query.treatment, outcome=query.outcome, adjustment=query.covariates,
        asked=learner, level=level, n=len(table), refused=True,
    )  # fmt: skip
    if identified.covariates is None and identified.reason:
        return refused.model_copy(update={"reason": identified.reason})
    rows = rows_of(table, (query.treatment, query.outcome), query.covariates, cluster)
    try:
        problem = make_problem(rows, query)
        asking = Asking(problem, ESTIMATORS.default, identified)
        return _answer(asking, table, rows, learner)
    except Refusal as refusal:
        return refused.model_copy(update={"reason": refusal.reason})


def _answer(asking: Asking, table: pd.DataFrame, rows: Rows, learner: str) -> Cate:
    """The effects of a checked question.

    Raises:
        Refusal: the rows cannot tell any.
    """
    problem = asking.problem
    if problem.kind == "continuous":
        raise Refusal(Text("causal.cate_slope", name=problem.query.treatment))
    average = asking.effect([*rows.flags, *asking.identified.flags], compare=False)
    average = average.model_copy(update=of_table(table, problem.query.outcome))
    problem = asking.tables[0]
    if not problem.design.x.shape[1]:
        raise Refusal(Text("causal.cate_no_covariates", outcome=problem.query.outcome))
    choice = choose(problem, None if learner == AUTO else learner)
    same = choice.name == baseline()
    poor = asking.seen is not None and asking.seen.poor
    entry = LEARNERS[choice.name]
    band = (
        None
        if same or poor or entry.experimental
        else band_of(problem, choice.held_out, choice.judge.scores)
    )
    readings = readings_of(table, problem.frame[list(problem.query.covariates)])
    model = Model(choice.learned, band, problem.design, readings, average if same else None)
    key = "same" if same else "overlap" if poor else "calibrated"
    own = (Text(entry.assumption),) if entry.experimental else ()
    key = "experimental" if own else key
    answer = Cate(
        treatment=problem.query.treatment, outcome=problem.query.outcome, arms=problem.arms,
        adjustment=problem.query.covariates, learner=choice.name, asked=learner,
        criteria=choice.criteria, effects=_effects(problem, choice, model),
        tree=branches_of(choice.learned, problem.design), average=average,
        band=Text(f"causal.cate_band_{key}", level=problem.query.level), level=problem.query.level,
        n=problem.n, clusters=problem.n_clusters, flags=(*average.flags, *choice.flags, *own),
    )  # fmt: skip
    answer._model = model
    return answer


def _effects(problem: Problem, choice: Choice, model: Model) -> pd.DataFrame:
    """One row a row that took part."""
    values, _ = model.of(problem.frame)
    places = np.arange(problem.n) if problem.places is None else problem.places
    values.insert(0, "row", places)
    return values.assign(held_out=choice.held_out.effect, score=choice.judge.scores)
