"""From an effect and its table to what trying to break it comes to."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from causalrec.causal.effects.answers import Asking
from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.estimate import estimate
from causalrec.causal.effects.preconditions import make_problem
from causalrec.causal.estimation.estimation_problem import Query, Refusal
from causalrec.causal.estimators import ESTIMATORS, label_of
from causalrec.causal.identification.identify import identify
from causalrec.causal.refuters import REFUTERS
from causalrec.causal.refuters.refutations import Refutations, refuted
from causalrec.causal.rows.question_rows import label, labelled, rows_of
from causalrec.core.errors import check_range, unknown_name
from causalrec.core.words import Text
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoFrame

__all__ = ["refute"]

FEWEST_REPLICATES, MOST_REPLICATES = 20, 10_000
"""Of fewer the spread says nothing; more would change no digit that is shown."""


def refute(
    effect: Effect,
    frame: IntoFrame,
    *,
    refuters: Iterable[str] | None = None,
    controls: Iterable[str] = (),
    replicates: int = 100,
    cluster: str | None = "auto",
    seed: int = 0,
) -> Refutations:
    """Try to break an effect.

    Args:
        effect: what `estimate` said.
        frame: the table that it is of.
        refuters: names in `REFUTERS`; None: all.
        controls: columns of outcomes that the treatment cannot have moved (sales before it, or
            of a product that nobody saw): each is asked of the same estimator.
        replicates: draws of each refuter, 20 to 10,000.
        cluster: as in `estimate`.
        seed: of the draws.

    Returns:
        The findings. With refused=True there is nothing to try, and its reason says why.

    Raises:
        NotFoundError: no such refuter.
        DataError: a column is missing or holds no numbers.
        ParamError: the number of draws is out of range.
    """
    names = tuple(REFUTERS if refuters is None else refuters)
    for name in names:
        if name not in REFUTERS:
            error = unknown_name("refuter", str(name), REFUTERS)
            raise error
    check_range("replicates", replicates, FEWEST_REPLICATES, MOST_REPLICATES)
    nothing = partial(
        Refutations,
        treatment=effect.treatment,
        outcome=effect.outcome,
        estimator=effect.estimator,
        refused=True,
    )
    if effect.refused:
        return nothing(reason=effect.reason)
    if not effect.causal:
        return nothing(reason=Text("causal.refute_difference"))
    if not ESTIMATORS[effect.estimator].strategy.alike:
        return nothing(reason=Text("causal.refute_strategy", estimator=label_of(effect.estimator)))
    table = labelled(as_pandas(frame))
    try:
        asking = _asking(effect, table, cluster, seed)
        trial = asking.trial(asking.answer(effect.estimator), replicates)
    except Refusal as refusal:
        return nothing(reason=refusal.reason)
    arms = effect.arms or (None, None)
    for control in controls:
        trial.controls[label(control)] = partial(
            estimate, table, effect.adjustment, treatment=effect.treatment, outcome=label(control),
            estimator=effect.estimator, target=effect.target, cluster=cluster, seed=seed,
            level=effect.level, control=arms[0], treated=arms[1], weights=effect.weights,
        )  # fmt: skip
    return refuted(trial, names, estimator=effect.estimator)


def _asking(effect: Effect, table: pd.DataFrame, cluster: str | None, seed: int) -> Asking:
    """The question that the effect answers, of a table.

    Raises:
        Refusal: the table cannot answer it.
    """
    arms = effect.arms or (None, None)
    query = Query(
        effect.treatment, effect.outcome, effect.adjustment, effect.target, effect.level,
        seed=seed, control=arms[0], treated=arms[1], weights=effect.weights,
    )  # fmt: skip
    ends = (query.treatment, query.outcome)
    identified = identify(table, list(effect.adjustment), ends)
    rows = rows_of(table, ends, query.covariates, cluster, weights=query.weights)
    return Asking(make_problem(rows, query), effect.estimator, identified)
