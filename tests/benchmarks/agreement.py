"""Do our figures agree with those of statsmodels and econml?

    python tests/benchmarks/agreement.py [--rows 4000] [--seeds 3]

For each estimator and seed: our value and error, theirs, and the gap in standard errors.
``given`` rows give the other library our nuisance predictions, so that the rest must agree to
rounding; ``own`` rows let it make its own (logit and lines on a straight world, which both learn),
where folds and penalties differ. The last column says what a gap may be.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd
import statsmodels.api as sm

import causalrec as cr
from causalrec.causal.effects.preconditions import make_problem
from causalrec.causal.estimation.estimation_problem import Problem, Query
from causalrec.causal.estimation.weights import arm_weights, clipped
from causalrec.causal.rows.question_rows import rows_of

COVARIATES = ("x", "z")
EXACT, TENTH = 1e-6, 0.1


class Figure(NamedTuple):
    """A value and its standard error."""

    value: float
    se: float


class Row(NamedTuple):
    """One comparison: ours, theirs, and the largest gap in standard errors."""

    estimator: str
    against: str
    ours: Figure
    theirs: Figure
    most: float


def world(n: int, seed: int) -> pd.DataFrame:
    """A straight world with users of five rows each, and a number `d` beside the two groups `t`."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    user = np.repeat(np.arange(n // 5 + 1), 5)[:n]
    own = rng.normal(size=n // 5 + 1)[user]
    t = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    d = x - 0.5 * z + rng.normal(size=n)
    noise = own + rng.normal(size=n) * (1 + 0.5 * np.abs(x))
    y = t + 0.5 * d + x + z + noise
    return pd.DataFrame({"x": x, "z": z, "t": t, "d": d, "y": y, "user": user})


def problem_of(frame: pd.DataFrame, treatment: str) -> Problem:
    """The same question as `cr.estimate` makes of it."""
    query = Query(treatment, "y", COVARIATES)
    return make_problem(rows_of(frame, (treatment, "y"), COVARIATES, None), query)


def ours(frame: pd.DataFrame, estimator: str, treatment: str = "t", **more: object) -> Figure:
    """Our figure."""
    asked = {"treatment": treatment, "outcome": "y", "cluster": None, **more}
    effect = cr.estimate(frame, COVARIATES, estimator=estimator, **asked)
    return Figure(effect.value, effect.se)


def least_squares(frame: pd.DataFrame) -> Iterator[Row]:
    """OLS against statsmodels, with errors for unequal variance and by unit."""
    columns = sm.add_constant(frame[["t", *COVARIATES]])
    fit = sm.OLS(frame["y"], columns).fit(cov_type="HC3")
    theirs = Figure(fit.params["t"], fit.bse["t"])
    yield Row("ols", "statsmodels HC3", ours(frame, "ols"), theirs, EXACT)
    groups = {"groups": frame["user"]}
    fit = sm.OLS(frame["y"], columns).fit(cov_type="cluster", cov_kwds=groups)
    theirs = Figure(fit.params["t"], fit.bse["t"])
    yield Row("ols", "statsmodels, by unit", ours(frame, "ols", cluster="user"), theirs, EXACT)


def weighting(frame: pd.DataFrame) -> Iterator[Row]:
    """IPW against a weighted regression with our weights, and against statsmodels' own logit."""
    from statsmodels.treatment.treatment_effects import TreatmentEffect

    asked = problem_of(frame, "t")
    for name, target in (("ipw", "ATE"), ("overlap-weights", "overlap")):
        weight = arm_weights(asked, target)
        fit = sm.WLS(frame["y"], sm.add_constant(frame["t"]), weights=weight).fit(cov_type="HC1")
        theirs = Figure(fit.params["t"], fit.bse["t"])
        yield Row(name, "statsmodels WLS, given", ours(frame, name), theirs, EXACT)
    logit = sm.Logit(frame["t"], sm.add_constant(frame[list(COVARIATES)])).fit(disp=0)
    model = sm.OLS(frame["y"], sm.add_constant(frame[list(COVARIATES)]))
    effect = TreatmentEffect(model, frame["t"].to_numpy(), results_select=logit).ipw()
    told = effect.summary_frame().iloc[0]
    theirs = Figure(float(told["coef"]), float(told["std err"]))
    yield Row("ipw", "statsmodels logit, own", ours(frame, "ipw"), theirs, np.inf)


class Known:
    """A model that predicts for each row what is known of it; the first column is its number."""

    def __init__(self, predicted: np.ndarray) -> None:
        self.predicted = predicted

    def get_params(self, deep: bool = True) -> dict[str, np.ndarray]:
        return {"predicted": self.predicted}

    def fit(self, x: np.ndarray, y: np.ndarray, **_: object) -> Known:
        return self

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.predicted[x[:, 0].astype(int)]


def double_machine_learning(frame: pd.DataFrame) -> Iterator[Row]:
    """DML against econml's LinearDML, with our predictions and with its own lines."""
    from econml.dml import LinearDML
    from sklearn.linear_model import LinearRegression, LogisticRegression

    number = np.arange(len(frame), dtype=float)[:, None]
    y, w = frame["y"].to_numpy(), frame[list(COVARIATES)].to_numpy()
    for treatment in ("t", "d"):
        asked, t = problem_of(frame, treatment), frame[treatment].to_numpy(dtype=float)
        splits = [(np.flatnonzero(asked.folds != k), np.flatnonzero(asked.folds == k))
                  for k in range(asked.query.folds)]  # fmt: skip
        binary = treatment == "t"
        expected = clipped(asked) if binary else asked.nuisance.treatment_mean.predicted
        given = LinearDML(
            model_y=Known(asked.nuisance.outcome_mean.predicted), model_t=Known(expected), cv=splits
        )
        given.fit(y, t, W=number)
        yield Row(f"dml {treatment}", "econml, given", ours(frame, "dml", treatment),
                  _figure(given), EXACT)  # fmt: skip
        line = LogisticRegression(C=np.inf) if binary else LinearRegression()
        own = LinearDML(
            model_y=LinearRegression(), model_t=line,
            discrete_treatment=binary, cv=5, mc_iters=5, random_state=0,
        )  # fmt: skip
        own.fit(y, t.astype(int) if binary else t, W=w)
        yield Row(f"dml {treatment}", "econml lines, own", ours(frame, "dml", treatment),
                  _figure(own), TENTH)  # fmt: skip


def _figure(model: Any) -> Figure:
    inference = model.intercept__inference()
    ends = np.ravel(inference.point_estimate), np.ravel(inference.stderr)
    return Figure(float(ends[0][0]), float(ends[1][0]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    told = []
    for seed in range(options.seeds):
        frame = world(options.rows, seed)
        for part in (least_squares, weighting, double_machine_learning):
            for row in part(frame):
                gap = abs(row.ours.value - row.theirs.value) / row.ours.se
                told.append(
                    {
                        "seed": seed, "estimator": row.estimator, "against": row.against,
                        "ours": row.ours.value, "theirs": row.theirs.value, "gap in se": gap,
                        "se ratio": row.ours.se / row.theirs.se, "at most": row.most,
                        "holds": gap <= row.most,
                    }
                )  # fmt: skip
    table = pd.DataFrame(told)
    print(table.round(6).to_string(index=False))
    print(f"{int(table['holds'].sum())} of {len(table)} hold")


if __name__ == "__main__":
    main()
