"""The checks that come before any estimator, the same for all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from causalrec.causal.estimation.estimation_problem import Problem, Query, Refusal
from causalrec.causal.estimation.least_squares import orthonormal
from causalrec.causal.estimation.neighbours import fixed_by_neighbours
from causalrec.causal.estimation.proportions import still_arms
from causalrec.causal.rows.arms import arms_of, pick
from causalrec.causal.rows.column_values import SMALLEST, Column
from causalrec.causal.rows.question_rows import FEWEST_NUMBERS, Rows
from causalrec.core.words import Text

__all__ = ["FEWEST", "check_design", "make_problem"]

FEWEST = 20
MOST_DROPPED = 0.05
MOST_FILLED = 0.5
"""Above this share of unknown values what is filled in decides more than what is known."""
FEW_UNITS = 20
LEAST_LEFT = 1e-4
"""Share of the treatment's variance that the covariates must leave."""
LEAST_LEFT_CURVED = 1e-3
MOST_COLUMNS = 0.8
EXACT = 1e-12


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
    )
    _check_arms(problem)
    _check_outcome(problem)
    return replace(problem, flags=(*flags, *lacking, *treatment.flags, *_unit_flags(problem)))


def _narrowed(kept: np.ndarray, among: np.ndarray) -> np.ndarray:
    """The kept rows that a further condition keeps: bool (n,) from bool (kept.sum(),)."""
    narrower = kept.copy()
    narrower[np.flatnonzero(kept)[~among]] = False
    return narrower


def _kept(rows: Rows, query: Query) -> tuple[np.ndarray, list[Text]]:
    """Rows whose treatment and outcome are known, and what was left out.

    Raises:
        Refusal: too many are not.
    """
    flags = []
    kept = np.ones(len(rows.outcome), dtype=bool)
    sides = (query.treatment, rows.treatment.known), (query.outcome, np.isfinite(rows.outcome))
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


def check_design(problem: Problem) -> None:
    """Whether the covariates leave anything to compare.

    Raises:
        Refusal: more columns than the rows can bear, a treatment that the covariates fix, or an
            outcome that is a formula of the other columns.
    """
    if not problem.design.x.shape[1]:
        return
    listed = {"covariates": ", ".join(problem.query.covariates), "name": problem.query.treatment}
    basis = _basis(problem.design.x)
    if basis.shape[1] > MOST_COLUMNS * problem.n:
        facts = {"columns": basis.shape[1], "n": problem.n}
        raise Refusal(Text("causal.refuse_columns", **facts))
    t, y = problem.treatment, problem.outcome
    left = _left(t, basis)
    curved = left < LEAST_LEFT or _curved(problem, left) < LEAST_LEFT_CURVED
    if curved or fixed_by_neighbours(problem):
        raise Refusal(Text("causal.refuse_fixed", **listed))
    given = _basis(np.column_stack([problem.design.x, t]))
    if not (problem.arms and all(still_arms(problem))) and _left(y, given) < EXACT:
        raise Refusal(Text("causal.refuse_formula", **{**listed, "outcome": problem.query.outcome}))


def _basis(columns: np.ndarray) -> np.ndarray:
    """Orthonormal basis of an intercept and the columns, (n, rank)."""
    return orthonormal(np.column_stack([np.ones(len(columns)), columns]))


def _left(values: np.ndarray, basis: np.ndarray) -> float:
    """Share of a variable's variance that a basis leaves."""
    centred = values - values.mean()
    scale = float(np.abs(centred).max())
    if not scale:
        return 0.0
    centred = centred / scale
    error = centred - basis @ (basis.T @ centred)
    return float((error**2).sum() / (centred**2).sum())


def _curved(problem: Problem, left: float) -> float:
    """The same for a number as treatment, given curves of the covariates too."""
    if problem.kind != "continuous" or left < 10 * LEAST_LEFT_CURVED or problem.n > 50_000:
        return 1.0
    t = problem.treatment
    error = t - problem.nuisance.treatment_mean.predicted
    return float((error**2).sum() / ((t - t.mean()) ** 2).sum())
