"""The value of a policy from another policy's log, and how it differs from the log's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.core.result import Estimate
from causalrec.core.words import Text
from causalrec.data.exposure import ExposureLog
from causalrec.whatif.ope.catalogue import OPE_ESTIMATORS
from causalrec.whatif.ope.estimator import OffPolicyEstimator
from causalrec.whatif.ope.interval import clustered_interval
from causalrec.whatif.ope.rows import Rows, clusters_of, target_of
from causalrec.whatif.ope.support import flags_of, refusal_of, unusable_log

__all__ = ["PolicyValue", "policy_change", "policy_value"]

LEVEL = 0.95


class PolicyValue(Estimate):
    """What one impression would earn under a policy.

    Attributes:
        estimator: name of the estimator.
        outcome: name of the outcome in the log.
        effective_n: effective sample size in rows, (sum w)^2 / sum w^2.
        log_value: mean outcome of the log itself.
        mean_weight: 1 where the propensities are right and cover the policy.
        against_log: True for the difference to the log's own policy.
    """

    estimator: str = "snips"
    outcome: str = "outcome"
    effective_n: float = 0.0
    log_value: float | None = None
    mean_weight: float | None = None
    against_log: bool = False

    def to_frame(self) -> pd.DataFrame:
        """One row: estimator, value, low, high, level, n, effective_n, refused, reason."""
        names = ("estimator", "value", "low", "high", "level", "n", "effective_n", "refused")
        row = {name: getattr(self, name) for name in names}
        return pd.DataFrame([{**row, "reason": None if self.reason is None else str(self.reason)}])

    def summary(self, lang: str = "en") -> str:
        """The answer as one plain sentence."""
        if self.refused or self.value is None:
            return Text("whatif.value_refused", outcome=self.outcome, reason=self.reason).to(lang)
        key = "whatif.change_summary" if self.against_log else "whatif.value_summary"
        return Text(
            key,
            outcome=self.outcome,
            value=self.value,
            low=self.low,
            high=self.high,
            level=self.level,
            n=self.n,
            effective=self.effective_n,
        ).to(lang)


def policy_value(
    log: ExposureLog, probabilities: Any, estimator: str = "snips", cluster: Any = "auto"
) -> PolicyValue:
    """Expected outcome of one impression under another policy than the one that was logged.

    Args:
        log: impressions with propensities.
        probabilities: the other policy's, of each logged item (n,) or of all items (n, n_items).
        estimator: a name in `OPE_ESTIMATORS`; "dm" and "sndr" need (n, n_items).
        cluster: whose rows may depend on each other: "auto" (the user where known), None, a
            column of the log, or labels (n,).

    Returns:
        The value with a 95 % interval; refused, with the reason, where the log cannot tell.

    Raises:
        NotFoundError: no estimator has the name.
        DataError: the probabilities have another shape or are none.
        ParamError: the clusters or the shape do not suit.
    """
    return _answer(log, probabilities, (estimator, cluster), None)


def policy_change(
    log: ExposureLog,
    probabilities: Any,
    estimator: str = "snips",
    cluster: Any = "auto",
    *,
    baseline: Any = "log",
) -> PolicyValue:
    """How much more one impression would earn than under the log's own or another policy.

    The two values share rows, so their difference has its own, usually narrower, interval: each
    row's score is the score under the policy minus the score under the baseline (against the
    log: the row's own outcome).

    Args:
        log: impressions with propensities.
        probabilities: the policy's, as for `policy_value`.
        estimator: a name in `OPE_ESTIMATORS`.
        cluster: as for `policy_value`.
        baseline: "log", or the other policy's probabilities, shaped like `probabilities`.

    Returns:
        The difference; refused where either policy cannot be valued. Effective sample size and
        mean weight are those of `probabilities`.

    Raises:
        NotFoundError, DataError, ParamError: as for `policy_value`.
    """
    return _answer(log, probabilities, (estimator, cluster), baseline)


def _answer(
    log: ExposureLog, probabilities: Any, how: tuple[str, Any], baseline: Any
) -> PolicyValue:
    method: OffPolicyEstimator = OPE_ESTIMATORS[how[0]]()
    target, table = target_of(log, probabilities)
    if method.needs_table and table is None:
        raise ParamError(
            "whatif.needs_table", hint="whatif.needs_table_hint", estimator=method.label
        )
    known: dict[str, Any] = {
        "estimator": method.name,
        "outcome": log.outcome,
        "n": log.n,
        "level": LEVEL,
        "against_log": isinstance(baseline, str),
    }
    reason = unusable_log(log)
    if reason is not None:
        return PolicyValue(**known, refused=True, reason=reason)
    rows, assumed = _rows(log, target, table, how[1])
    known |= {
        "effective_n": rows.effective_n,
        "log_value": float(rows.outcome.mean()),
        "mean_weight": float(rows.weight.mean()),
    }
    reason, base = refusal_of(rows), _baseline(log, rows, method, baseline)
    if reason is None and isinstance(base, Text):
        reason = base
    if reason is not None:
        return PolicyValue(**known, refused=True, reason=reason)
    scores = method.scores(rows) - base
    value, low, high = clustered_interval(scores, rows.cluster, LEVEL)
    flags = flags_of(rows, assumed_independent=assumed)
    if method.model_based:
        flags += (Text("whatif.flag_model", estimator=method.label),)
    return PolicyValue(**known, value=value, low=low, high=high, flags=flags)


def _baseline(log: ExposureLog, rows: Rows, method: OffPolicyEstimator, baseline: Any) -> Any:
    """Scores of what is compared with, (n,) or 0; a Text says why there are none."""
    if baseline is None:
        return 0.0
    if isinstance(baseline, str):
        return rows.outcome
    target, table = target_of(log, baseline)
    other = replace(rows, weight=target / rows.propensity, table=table)
    reason = refusal_of(other)
    return method.scores(other) if reason is None else Text("whatif.baseline", reason=reason)


def _rows(
    log: ExposureLog, target: np.ndarray, table: np.ndarray | None, cluster: Any
) -> tuple[Rows, bool]:
    codes, assumed = clusters_of(log, cluster)
    propensity = log.frame["propensity"].to_numpy(dtype=float)
    rows = Rows(
        outcome=log.frame["outcome"].to_numpy(dtype=float),
        action=log.frame["item"].to_numpy(),
        propensity=propensity,
        weight=target / propensity,
        cluster=codes,
        table=table,
        n_items=log.n_items,
    )
    return rows, assumed
