"""From a log of which only some rows show their outcome to how far that misleads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from causalrec.causal.estimation.estimation_problem import Refusal
from causalrec.causal.rows.question_rows import label, labelled, outcome_numbers, rows_of
from causalrec.causal.selection.at_random import missing_at_random
from causalrec.causal.selection.response import Response
from causalrec.causal.selection.selection_bias import COLUMNS, SelectionBias
from causalrec.causal.selection.selection_model import jointly_normal
from causalrec.causal.selection.sizes import Sized
from causalrec.causal.selection.uniform_rows import by_chance
from causalrec.causal.selection.worst_case import odds_range, worst_case
from causalrec.core.errors import DataError, ParamError, check_range, unknown_name
from causalrec.core.statistics.quantiles import normal
from causalrec.core.words import Text
from causalrec.data.dataset.outcomes import Outcome
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["selection_bias"]

FEWEST = 20
"""Rows with an outcome, and by chance where there are such."""
ODDS = 2.0
"""Factor of the odds of being seen, for a hidden cause that is strong but no wonder."""
FINEST = 0.05
"""Of a standard deviation: no remedy has to tell the mean better."""
THIN = 0.01
"""Share of rows with hardly a chance of being seen from which that is said."""


def selection_bias(  # noqa: PLR0913 - a question has so many parts; all but the data go by name
    frame: IntoFrame,
    *,
    outcome: str,
    covariates: Iterable[str] = (),
    movers: Iterable[str] = (),
    observed: str | None = None,
    uniform: str | None = None,
    bounds: Sequence[float] | None = None,
    cluster: str | None = "auto",
    level: float = 0.95,
    seed: int = 0,
    currency: str = "",
) -> SelectionBias:
    """How far the mean of an outcome is off because the log shows it of some rows only.

    Ratings that users chose to give are the standing case: what is not rated is liked otherwise.
    Four answers stand side by side: of rows drawn by chance, where there are such; of models of
    who is seen and of the outcome, if nothing but the covariates ties the two (missing at
    random), and what is left of it if a hidden cause doubles the odds of being seen; of a normal
    model in which the outcome itself decides (Heckman, 1979); and of no assumption at all
    (Manski, 1989).

    Args:
        frame: a row for everything that could have been seen; the outcome is unknown where it
            was not.
        outcome: column.
        covariates: columns known of all rows, that say who is seen and what they like.
        movers: further ones that change who is seen and not the outcome (a place on the page, a
            reminder that was sent by lot), which the normal model needs.
        observed: column that says whether the outcome was seen; None: where it is known.
        uniform: column that marks rows whose outcome was asked for by chance alone; they stand
            beside the log, as a sample of all of its rows.
        bounds: lowest and highest possible outcome; None: 0 and 1, or those that were seen.
        cluster: column of the unit; as in `estimate`.
        level: of the intervals.
        seed: of folds, models and draws.
        currency: of an outcome that is money.

    Returns:
        The bias. With refused=True its reason says why there is none.

    Raises:
        DataError: a column is missing or holds no numbers.
        ParamError: the level or the bounds are out of range.
    """
    check_range("level", level, 0.5, 0.9999)
    table = labelled(as_pandas(frame))
    movers = [label(name) for name in movers]
    columns = list(dict.fromkeys([*(label(name) for name in covariates), *movers]))
    outcome = label(outcome)
    marks = [label(name) for name in (observed, uniform) if name is not None]
    _require(table, [outcome, *columns, *marks])
    numbers, flags = outcome_numbers(table[outcome], outcome)
    known = np.isfinite(numbers)
    if observed is not None:
        known &= _marked(table, label(observed))
    chance = np.zeros(len(table), dtype=bool)
    if uniform is not None:
        chance = _marked(table, label(uniform))
    rows = rows_of(table.assign(**{outcome: numbers}), (outcome, outcome), columns, cluster)
    codes = None if rows.unit is None else _codes(rows.unit)
    log = ~chance
    response = Response(
        rows.covariates[log].reset_index(drop=True), tuple(columns), tuple(movers), known[log],
        np.where(known, numbers, 0.0)[log], None if codes is None else codes[log], seed,
    )  # fmt: skip
    facts = table.attrs.get("causalrec", {})
    about = facts.get("outcomes", {}).get(outcome)
    drawn = known & chance
    answer = SelectionBias(
        outcome=outcome, level=level, n=len(response), seen=int(response.seen.sum()),
        uniform=int(drawn.sum()), unit=facts.get("unit", "row"), currency=currency,
        about=None if about is None else Outcome(**about),
        flags=tuple(dict.fromkeys([*flags, *rows.flags])),
    )  # fmt: skip
    try:
        _check(response, drawn, uniform)
    except Refusal as refusal:
        return answer.model_copy(update={"refused": True, "reason": refusal.reason})
    by_lot = None
    if drawn.any():
        by_lot = (numbers[drawn], None if codes is None else codes[drawn])
    ends, guessed = _range(numbers[known], bounds)
    return answer.model_copy(update=_answers(response, by_lot, (answer, ends, guessed)))


def _require(table: pd.DataFrame, names: list[str]) -> None:
    """Refuse columns that a table lacks.

    Raises:
        DataError: there is one.
    """
    for name in names:
        if name not in table.columns:
            hint = unknown_name("column", name, table.columns).hint
            raise DataError("causal.no_such_column", hint=hint, name=name)


def _marked(table: pd.DataFrame, name: str) -> np.ndarray:
    """Rows that a column marks, bool (n,).

    Raises:
        DataError: it holds anything but yes and no.
    """
    numbers, _ = outcome_numbers(table[name], name)
    if not set(np.unique(numbers[np.isfinite(numbers)])) <= {0.0, 1.0}:
        raise DataError("causal.selection_no_mark", name=name)
    return np.asarray(np.nan_to_num(numbers) == 1.0)


def _codes(unit: pd.Series) -> np.ndarray:
    """Number of each row's unit; rows without one are units of their own."""
    codes, unique = pd.factorize(unit.astype(object))
    alone = codes < 0
    codes[alone] = len(unique) + np.arange(int(alone.sum()))
    return np.asarray(codes)


def _check(response: Response, drawn: np.ndarray, uniform: str | None) -> None:
    """Refuse rows that say nothing.

    Raises:
        Refusal: few rows have an outcome, or few were drawn by chance, or none is missing.
    """
    seen = int(response.seen.sum())
    if seen < FEWEST:
        raise Refusal(Text("causal.selection_few", n=seen, least=FEWEST))
    if uniform is not None and int(drawn.sum()) < FEWEST:
        raise Refusal(Text("causal.selection_few_uniform", n=int(drawn.sum()), least=FEWEST))
    if seen == len(response) and not drawn.any():
        raise Refusal(Text("causal.selection_all"))


def _range(outcome: np.ndarray, bounds: Sequence[float] | None) -> tuple[tuple[float, float], bool]:
    """Lowest and highest possible outcome, and whether they are only the ones that were seen.

    Raises:
        ParamError: the bounds are not two in order, or outcomes lie outside.
    """
    low, high = float(outcome.min()), float(outcome.max())
    if bounds is None:
        share = bool(np.isin(outcome, (0.0, 1.0)).all())
        return ((0.0, 1.0), False) if share else ((low, high), True)
    if len(bounds) != 2 or not bounds[0] <= low <= high <= bounds[1]:
        raise ParamError(
            "core.bad_param", hint="core.bad_param_hint", name="bounds", value=str(bounds),
            why=f"{low:,g} – {high:,g}",
        )  # fmt: skip
    return (float(bounds[0]), float(bounds[1])), False


def _answers(
    response: Response,
    by_lot: tuple[np.ndarray, np.ndarray | None] | None,
    asked: tuple[SelectionBias, tuple[float, float], bool],
) -> dict[str, Any]:
    """The fields of an answer."""
    answer, ends, guessed = asked
    level, flags = answer.level, list(answer.flags)
    sizes: dict[str, Sized] = {}
    reasons: dict[str, Text] = {}
    fields: dict[str, Any] = {}
    some = not response.seen.all()
    if by_lot is not None:
        sizes["uniform"] = by_chance(response, *by_lot, level)
    if some and response.tied.covariates:
        reasons |= _modelled(response, level, sizes)
        flags += _of_models(response, "normal" in sizes)
        fields = {
            "differences": response.differences,
            "told_apart": response.told_apart,
            "worth": response.tied.worth,
        }
    elif some:
        reasons["at_random"] = Text("causal.selection_no_covariates")
    if some:
        sizes["worst_case"] = worst_case(response, ends, level)
        if guessed:
            flags.append(Text("causal.selection_guessed", low=ends[0], high=ends[1]))
    method = next(iter(sizes))
    first = sizes[method]
    share = bool(np.isin(response.outcome[response.seen], (0.0, 1.0)).all())
    return fields | {
        "method": method, "value": first.bias, "low": first.bias_low, "high": first.bias_high,
        "observed": response.mean, "population": first.population, "reasons": reasons,
        "outcome_kind": "share" if share else "mean", "flags": tuple(flags),
        "rows": pd.DataFrame(
            [[name, *vars(one).values()] for name, one in sizes.items()], columns=list(COLUMNS)
        ),
        "remedies": _remedies(response, first, by_lot is not None, level),
    }  # fmt: skip


def _modelled(response: Response, level: float, sizes: dict[str, Sized]) -> dict[str, Text]:
    """Add what models of who is seen say to the sizes; why one of them says nothing."""
    sizes["at_random"] = missing_at_random(response.tied, level)
    sizes["odds"] = odds_range(response.tied, ODDS, level)
    try:
        sizes["normal"] = jointly_normal(response, level)
    except Refusal as refusal:
        return {"normal": refusal.reason}
    return {}


def _of_models(response: Response, normal_model: bool) -> list[Text]:
    """What there is to know about these."""
    flags = []
    if response.tied.thin > THIN:
        flags.append(Text("causal.selection_thin", share=response.tied.thin))
    if normal_model and not response.movers:
        flags.append(Text("causal.selection_by_shape"))
    return flags


def _remedies(response: Response, first: Sized, by_lot: bool, level: float) -> tuple[Text, ...]:
    """What would remove the bias, or bound it better."""
    remedies = []
    if by_lot:
        remedies.append(Text("causal.selection_use_uniform"))
    else:
        spread = float(response.outcome[response.seen].std()) or 1.0
        apart = max(abs(first.bias_low), abs(first.bias_high)) / 2 / spread
        share = max(apart, FINEST)
        rows = max(math.ceil((normal(level) / share) ** 2), FEWEST)
        remedies.append(Text("causal.selection_ask", n=rows, share=share))
    if response.covariates:
        remedies.append(Text("causal.selection_weigh"))
    else:
        remedies.append(Text("causal.selection_log_covariates"))
    if not response.movers and not by_lot:
        remedies.append(Text("causal.selection_move"))
    return tuple(remedies)
