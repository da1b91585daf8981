"""From rows and a question to a problem: the checks that come before any covariate is used."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from causalrec.causal.estimation.estimation_problem import Problem, Query, Refusal
from causalrec.causal.nuisance.covariates import MANY_LEVELS
from causalrec.causal.rows.arms import arms_of, pick
from causalrec.causal.rows.column_values import SMALLEST, Column
from causalrec.causal.rows.question_rows import FEWEST_NUMBERS, Rows
from causalrec.core.words import Text

__all__ = ["FEWEST", "make_problem"]

FEWEST = 20
"""Rows an arm; the smallest worlds of tests/benchmarks/effects_coverage.py have about as many."""
MOST_DROPPED = 0.05
"""Share of rows that may be left out: up to it what is missing changes little (Schafer, 1999)."""
MOST_FILLED = 0.5
"""Above this share of unknown values what is filled in decides more than what is known."""
FEW_UNITS = 20
"""Below it intervals by unit are too narrow unless corrected (Cameron and Miller, 2015)."""
EXACT = 1e-12
"""Spread, in units of the largest value, that rounding makes."""


def make_problem(rows: Rows, query: Query) -> Problem:
    """Check a table against a question.

    Raises:
        Refusal: constant treatment or outcome, fewer than 20 rows or 2 units an arm, too many
            missing values.
    """
    kept, flags = _kept(rows, query)
    query, covariates, lacking = _covariates(rows.covariates[kept], query)
    if query.missing == "complete" and lacking:
        whole = covariates.notna().all(axis=1).to_numpy()
        kept = _narrowed(kept, whole)
        covariates = covariates[whole]
    treatment = _treatment(rows.treatment, kept, query)
    kept = _narrowed(kept, treatment.compared)
    problem = Problem(
        query,
        covariates[treatment.compared].reset_index(drop=True),
        treatment.numbers[treatment.compared],
        rows.outcome[kept],
        _members(rows.unit, kept),
        treatment.kind,
        treatment.arms,
        weight=None if rows.weights is None else rows.weights[kept] / rows.weights[kept].mean(),
        besides=rows.besides[kept].reset_index(drop=True),
        places=np.flatnonzero(kept),
    )
    _check_arms(problem)
    _check_outcome(problem)
    _check_besides(problem)
    return replace(problem, flags=(*flags, *lacking, *treatment.flags, *_unit_flags(problem)))


def _narrowed(kept: np.ndarray, among: np.ndarray) -> np.ndarray:
    """The kept rows that a further condition keeps: bool (n,) from bool (kept.sum(),)."""
    narrower = kept.copy()
    narrower[np.flatnonzero(kept)[~among]] = False
    return narrower


def _kept(rows: Rows, query: Query) -> tuple[np.ndarray, list[Text]]:
    """Rows whose treatment, outcome, instruments and mediators are known, and what was left out.

    Raises:
        Refusal: too many are not.
    """
    flags = []
    kept = np.ones(len(rows.outcome), dtype=bool)
    sides = [(query.treatment, rows.treatment.known), (query.outcome, np.isfinite(rows.outcome))]
    sides += [(name, rows.besides[name].notna().to_numpy()) for name in query.besides]
    for name, given in sides:
        share = float(1 - given.mean()) if len(given) else 0.0
        facts = {"name": name, "n": int((~given).sum()), "share": share}
        if share > MOST_DROPPED or (share and query.missing == "refuse"):
            raise Refusal(Text("causal.refuse_missing", **facts))
        if share:
            flags.append(Text("causal.flag_dropped", **facts))
        kept &= given
    return kept, flags


def _covariates(frame: pd.DataFrame, query: Query) -> tuple[Query, pd.DataFrame, list[Text]]:
    """The covariates that hold anything, and what is done about those with unknown values.

    Raises:
        Refusal: too many are unknown, or any where these are to be refused.
    """
    flags, kept = [], []
    for name in query.covariates:
        unknown = int(frame[name].isna().sum())
        share = unknown / max(len(frame), 1)
        facts = {"name": name, "n": unknown, "share": share}
        if not unknown:
            kept.append(name)
            continue
        if unknown == len(frame):
            flags.append(Text("causal.flag_empty", name=name))
            continue
        kept.append(name)
        if query.missing == "refuse":
            raise Refusal(Text("causal.refuse_missing", **facts))
        if query.missing == "impute" and share > MOST_FILLED:
            raise Refusal(Text("causal.refuse_filled", **facts, most=MOST_FILLED))
        flags.append(Text(f"causal.flag_missing_{query.missing}", **facts))
    return replace(query, covariates=tuple(kept)), frame[kept], flags


class _Treatment(NamedTuple):
    """A treatment as numbers.

    Attributes:
        numbers: 0/1, or those of a slope, (n,).
        kind: "binary", "levels" or "continuous".
        arms: (control, treated) in words; empty for a slope.
        compared: rows that take part, bool (n,).
        flags: what there is to know.
    """

    numbers: np.ndarray
    kind: str
    arms: tuple[str, ...]
    compared: np.ndarray
    flags: tuple[Text, ...]


def _treatment(column: Column, kept: np.ndarray, query: Query) -> _Treatment:
    """The treatment of the kept rows.

    Raises:
        Refusal: it has one value only, or not those that were asked for.
    """
    seen = replace(column, data=column.data[kept])
    arms = arms_of(seen)
    if len(arms.names) < 2:
        only = arms.names[0] if arms.names else "-"
        raise Refusal(Text("causal.refuse_constant", name=query.treatment, value=only))
    asked = query.control is not None or query.treated is not None
    if arms.numeric and len(arms.names) >= FEWEST_NUMBERS and not asked:
        everyone = np.ones(len(seen.data), dtype=bool)
        return _Treatment(seen.data, "continuous", (), everyone, ())
    control, treated, guessed = pick(arms, query.treatment, query.control, query.treated)
    values = [arms.held[place] for place in (control, treated)]
    given = seen.data == values[1]
    names = (arms.names[control], arms.names[treated])
    guess = Text("causal.flag_guessed", name=query.treatment, value=names[0])
    kind = "binary" if len(arms.names) == 2 else "levels"
    compared = (seen.data == values[0]) | given
    return _Treatment(given.astype(float), kind, names, compared, (guess,) if guessed else ())


def _members(unit: pd.Series | None, kept: np.ndarray) -> np.ndarray | None:
    """Number of each row's unit; rows without one are units of their own; None: all are alone."""
    if unit is None:
        return None
    codes, unique = pd.factorize(_words(unit[kept]))
    alone = codes < 0
    codes[alone] = len(unique) + np.arange(int(alone.sum()))
    return None if int(codes.max(initial=-1)) + 1 == len(codes) else np.asarray(codes)


def _words(values: pd.Series) -> pd.Series:
    """Values that can be told apart by their hash."""
    try:
        hash(next(iter(values.dropna()), None))
    except TypeError:
        return values.map(str, na_action="ignore")
    return values


def _check_arms(problem: Problem) -> None:
    """Refuse arms, or numbers, that are too few to compare.

    Raises:
        Refusal: they are.
    """
    name = problem.query.treatment
    if problem.kind == "continuous":
        _check_number(problem)
    if problem.cluster is not None and problem.n_clusters < 2:
        raise Refusal(Text("causal.refuse_clusters", n=problem.n_clusters))
    for value, arm in zip(problem.arms, (0.0, 1.0), strict=False):
        rows = int((problem.treatment == arm).sum())
        if rows < FEWEST:
            facts = {"name": name, "value": value, "n": rows, "least": FEWEST}
            raise Refusal(Text("causal.refuse_arm", **facts))
    for value, units in zip(problem.arms, problem.units_by_arm, strict=False):
        if units < 2:
            raise Refusal(Text("causal.refuse_one_unit", name=name, value=value))


def _check_number(problem: Problem) -> None:
    """Refuse a number as treatment that hardly varies.

    Raises:
        Refusal: it does not.
    """
    name, t = problem.query.treatment, problem.treatment
    if problem.n < 2 * FEWEST:
        raise Refusal(Text("causal.refuse_few", name=name, n=problem.n, least=2 * FEWEST))
    if float(np.ptp(t)) <= max(EXACT * float(np.abs(t).max()), SMALLEST):
        raise Refusal(Text("causal.refuse_constant", name=name, value=f"{t[0]:g}"))
    if problem.cluster is None:
        return
    moving = np.unique(problem.cluster[np.abs(t - np.median(t)) > EXACT * np.ptp(t)])
    if len(moving) < 2:
        raise Refusal(Text("causal.refuse_one_mover", name=name, value=f"{np.median(t):g}"))


def _check_outcome(problem: Problem) -> None:
    """An outcome that never varies says nothing, unless it counts yes and no.

    Raises:
        Refusal: it never varies.
    """
    y = problem.outcome
    groups = [problem.treatment == arm for arm in (0.0, 1.0)] if problem.arms else [y == y]
    least = max(EXACT * float(np.abs(y).max()), SMALLEST)
    still = [float(np.ptp(y[rows])) <= least for rows in groups]
    share = bool(np.isin(y, (0.0, 1.0)).all()) and bool(problem.arms)
    if all(still) and not share:
        raise Refusal(Text("causal.refuse_still", name=problem.query.outcome, value=f"{y[0]:g}"))


def _check_besides(problem: Problem) -> None:
    """Refuse instruments or mediators of more categories than lines can use.

    Raises:
        Refusal: there is one.
    """
    for column in problem.besides:
        words = problem.besides[column].dtype.kind != "f"
        n = problem.besides[column].nunique() if words else 0
        if n > MANY_LEVELS:
            raise Refusal(Text("causal.refuse_many_levels", column=column, n=n))


def _unit_flags(problem: Problem) -> list[Text]:
    if problem.cluster is None:
        return []
    units = problem.units_by_arm
    if not units and problem.n_clusters < 2 * FEW_UNITS:
        return [Text("causal.flag_few_clusters", n=problem.n_clusters)]
    if units and min(units) < FEW_UNITS:
        names = {"control": problem.arms[0], "treated": problem.arms[1]}
        sizes = {"n_control": units[0], "n_treated": units[1]}
        return [Text("causal.flag_few_by_arm", **names, **sizes)]
    return []
