"""From a table and a graph to whether an effect differs between users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from causalrec.causal.effects.estimate import MISSING, of_table
from causalrec.causal.estimation.estimation_problem import Query
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.heterogeneity.modifiers import modifiers
from causalrec.causal.heterogeneity.uplift_result import Uplift
from causalrec.causal.heterogeneity.verdicts import AUTO, Verdicts, Ways
from causalrec.causal.identification.identify import identify
from causalrec.causal.identification.strategy import Identified
from causalrec.causal.learners import LEARNERS
from causalrec.causal.rows.question_rows import label, labelled, rows_of
from causalrec.core.errors import ParamError, check_range, unknown_name
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["uplift"]


def uplift(  # noqa: PLR0913 - a question has so many parts; all but the data go by name
    frame: IntoFrame,
    graph: CausalGraph | Iterable[str],
    *,
    treatment: str,
    outcome: str,
    learner: str = AUTO,
    score: str | None = None,
    cost: float = 0.0,
    depth: int = 2,
    cluster: str | None = "auto",
    seed: int = 0,
    level: float = 0.95,
    missing: str = "impute",
    control: object = None,
    treated: object = None,
    currency: str = "",
) -> Uplift:
    """Whether the effect of a treatment differs between users, seen on users held out.

    Users are ranked by learned effects, or by a score; doubly robust scores say what treating
    the first of them gains. A ranking is learned from other users only, each part of them by
    what came before it, so that noise passes for a difference no oftener than the level says.

    Args:
        frame: one row a unit or an impression, a table of any kind.
        graph: a graph, by whose adjustment set and other observed causes of the outcome users
            can differ; or the covariates.
        treatment: node or column of two values; of several, the most frequent is compared with
            the control, and `arms` has the others. Numbers are refused.
        outcome: node or column.
        learner: a name in `LEARNERS`; "auto": the line-up's best on rows held out.
        score: a column known before the treatment: whoever has more of it would be treated
            earlier. Nothing is learned then, and all rows are held out.
        cost: of treating a unit, in units of the outcome: whom to treat depends on it.
        depth: questions that the rule of whom to treat asks of one user at most, 1 to 3.
        cluster: as in `estimate`.
        seed: of all that is random.
        level: of the intervals.
        missing: as in `estimate`.
        control: as in `estimate`.
        treated: as in `estimate`.
        currency: of an outcome that is money.

    Returns:
        The Qini coefficient with its error, the curves and the verdict. With refused=True it
        has none, and its reason says why.

    Raises:
        GraphError: a node is unknown or has no column.
        DataError: a column is missing or holds no numbers.
        ParamError, NotFoundError: an argument is out of range or unknown.
    """
    for name, value, choices in (("learner", learner, (AUTO, *LEARNERS)),
                                 ("missing", missing, MISSING)):  # fmt: skip
        if value not in choices:
            error = unknown_name(name, value, choices)
            raise error
    check_range("level", level, 0.5, 0.9999)
    check_range("depth", depth, 1, 3)
    table = labelled(as_pandas(frame))
    if not isinstance(graph, CausalGraph):
        graph = [label(name) for name in ([graph] if isinstance(graph, str) else graph)]
    identified = identify(table, graph, (label(treatment), label(outcome)))
    columns = modifiers(table, graph, identified)
    given_score = () if score is None else (_score(table, label(score), identified),)
    query = Query(
        identified.treatment, identified.outcome, tuple(dict.fromkeys((*columns, *given_score))),
        level=level, seed=seed, missing=missing, control=control, treated=treated,
    )  # fmt: skip
    rows = rows_of(table, (query.treatment, query.outcome), query.covariates, cluster)
    ways = Ways(learner, "".join(given_score), cost, depth)
    about = {**of_table(table, query.outcome), "currency": currency}
    answer = Verdicts(query, rows, identified, ways).answer()
    return answer.model_copy(update={"effect": answer.effect.model_copy(update=about)})


def _score(table: pd.DataFrame, score: str, identified: Identified) -> str:
    """The column of a ranking.

    Raises:
        ParamError: there is none, it holds no numbers, or it is an end of the question.
    """
    if score not in table.columns:
        hint = unknown_name("column", score, map(str, table.columns)).hint
        raise ParamError("causal.no_such_column", hint=hint, name=score)
    ends = (identified.treatment, identified.outcome)
    if score in ends or not pd.api.types.is_numeric_dtype(table[score]):
        raise ParamError("causal.uplift_no_score", hint="causal.uplift_no_score_hint", name=score)
    return score
