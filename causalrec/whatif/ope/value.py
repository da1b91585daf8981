"""The value of a policy from another policy's log, and how it differs from the log's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from causalrec.core.errors import ParamError, unknown_name
from causalrec.core.results.result import Estimate
from causalrec.core.statistics.intervals import clustered_interval, share_interval
from causalrec.core.statistics.quantiles import normal
from causalrec.core.statistics.samples import kish
from causalrec.core.words import Text
from causalrec.data.dataset.exposure import ExposureLog
from causalrec.whatif.ope.catalogue import OPE_ESTIMATORS
from causalrec.whatif.ope.estimator import OffPolicyEstimator
from causalrec.whatif.ope.support import flags_of, refusal_of, unusable_log
from causalrec.whatif.ope.thin_evidence import least_error
from causalrec.whatif.ope.weighted_log import (
    Clusters,
    Shares,
    Target,
    WeightedLog,
    clusters_of,
    target_of,
)

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

    estimator: str = OPE_ESTIMATORS.default
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
    log: ExposureLog,
    probabilities: Shares,
    estimator: str = OPE_ESTIMATORS.default,
    cluster: Clusters = "auto",
) -> PolicyValue:
    """Expected outcome of one impression under another policy than the one that was logged.

    Args:
        log: impressions with propensities.
        probabilities: the other policy, or its probabilities of each logged item (n,) or of all
            items (n, n_items).
        estimator: a name in `OPE_ESTIMATORS`; some need a policy or (n, n_items).
        cluster: whose rows may depend on each other: "auto" (the user where known), None, a
            column of the log, or labels (n,).

    Returns:
        The value with a 95 % interval; refused, with the reason, where the log cannot tell.

    Raises:
        NotFoundError: no estimator has the name.
        DataError: the probabilities have another shape or are none.
        ParamError: the clusters or the shape do not suit.
    """
    return _answer(log, probabilities, _estimator(estimator), cluster=cluster, baseline=None)


def policy_change(
    log: ExposureLog,
    probabilities: Shares,
    estimator: str = OPE_ESTIMATORS.default,
    cluster: Clusters = "auto",
    *,
    baseline: Shares = "log",
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
        baseline: "log", or the other policy (or its probabilities), like `probabilities`.

    Returns:
        The difference; refused where either policy cannot be valued. Effective sample size and
        mean weight are those of `probabilities`.

    Raises:
        NotFoundError, DataError, ParamError: as for `policy_value`.
    """
    return _answer(log, probabilities, _estimator(estimator), cluster=cluster, baseline=baseline)


@np.errstate(over="ignore", invalid="ignore")  # what overflows is refused below
def _answer(
    log: ExposureLog,
    probabilities: Shares,
    estimator: OffPolicyEstimator,
    *,
    cluster: Clusters,
    baseline: Shares | None,
) -> PolicyValue:
    target, other = target_of(log, probabilities), _other(log, baseline)
    _check_targets(estimator, [one for one in (target, other) if one is not None])
    facts: dict[str, Any] = {
        "estimator": estimator.name,
        "outcome": log.outcome,
        "n": log.n,
        "level": LEVEL,
        "against_log": isinstance(baseline, str),
    }
    reason = unusable_log(log)
    if reason is not None:
        return PolicyValue(**facts, refused=True, reason=reason)
    rows, assumed = _rows(log, target, cluster)
    facts |= {
        "effective_n": rows.effective_n,
        "log_value": float(rows.outcome.mean()),
        "mean_weight": float(rows.weight.mean()),
    }
    base = None if other is None else _seen_by(other, rows)
    reason = refusal_of(rows)
    if reason is None and base is not None:
        refused = refusal_of(base)
        reason = None if refused is None else Text("whatif.baseline", reason=refused)
    numbers = reason or _interval(estimator, rows, base, baseline)
    if isinstance(numbers, Text):
        return PolicyValue(**facts, refused=True, reason=numbers)
    value, low, high = numbers
    flags = flags_of(rows, assumed_independent=assumed)
    if log.left_out:
        flags += (Text("whatif.flag_missing", n=log.left_out, of=log.n + log.left_out),)
    if estimator.brackets:
        flags += (Text("whatif.flag_model", estimator=estimator.label),)
    return PolicyValue(**facts, value=value, low=low, high=high, flags=flags)


def _estimator(name: str) -> OffPolicyEstimator:
    """The estimator by its name.

    Raises:
        NotFoundError: none has it.
    """
    shelf: type[OffPolicyEstimator] = OPE_ESTIMATORS[str(name)]
    return shelf()


def _check_targets(estimator: OffPolicyEstimator, targets: list[Target]) -> None:
    """Refuse targets that hold less than an estimator needs.

    Raises:
        ParamError: it needs the probabilities of all items.
    """
    if estimator.needs_all and any(one.expect is None for one in targets):
        raise ParamError(
            "whatif.needs_table",
            hint=Text("whatif.needs_table_hint", other=OPE_ESTIMATORS.default),
            estimator=estimator.label,
        )


def _seen_by(target: Target, rows: WeightedLog) -> WeightedLog:
    """The same log seen with another target policy's eyes."""
    return replace(rows, weight=target.chosen / rows.propensity, expect=target.expect)


def _interval(
    estimator: OffPolicyEstimator,
    rows: WeightedLog,
    base: WeightedLog | None,
    baseline: Shares | None,
) -> tuple[float, float, float] | Text:
    """Value, low and high, or why there is no interval."""
    logged = isinstance(baseline, str)
    other = np.ones(rows.n) if logged else None if base is None else base.weight
    scores = estimator.scores(rows)
    if logged:
        scores = scores - rows.outcome
    elif base is not None:
        scores = scores - estimator.scores(base)
    size = max(float(np.abs(scores).max()), float(np.abs(rows.outcome).max()))
    if float(np.ptp(scores)) <= 1e-12 * size:
        if other is not None and np.allclose(rows.weight, other, rtol=1e-9, atol=0):
            return 0.0, 0.0, 0.0  # the same policy
        return _no_variance(rows, float(scores.mean()), other)
    value, low, high = clustered_interval(scores, rows.cluster, LEVEL)
    if not np.isfinite((value, low, high)).all():
        return Text("whatif.bad_outcome", n=rows.n)
    least = 0.0 if estimator.brackets else normal(LEVEL) * least_error(rows, other)
    reach = max(high - value, least)
    return value, value - reach, value + reach


def _no_variance(
    rows: WeightedLog, value: float, other: np.ndarray | None
) -> tuple[float, float, float] | Text:
    """The interval where what came of it never varied: it knows how many never did.

    Of a share Wilson's (1927), of a difference of two shares Newcombe's (1998), on as many
    independent units as the weighted clusters are worth; of other outcomes there is none.
    """
    share = float(np.average(rows.outcome, weights=rows.weight))
    if not np.isin(rows.outcome, (0.0, 1.0)).all() or min(share, 1 - share) > 1e-9:
        return Text("whatif.no_variance", value=share)
    share = round(share)
    low, high = share_interval(share, rows.effective_clusters, LEVEL)
    if other is None:
        return float(share), low, high
    theirs = share_interval(share, kish(np.bincount(rows.cluster, other)), LEVEL)
    down = float(np.hypot(share - low, theirs[1] - share))
    up = float(np.hypot(high - share, share - theirs[0]))
    return value, value - down, value + up


def _other(log: ExposureLog, baseline: Shares | None) -> Target | None:
    """What is compared with; None where that is the log or nothing.

    Raises:
        NotFoundError: it is a word other than "log".
    """
    if isinstance(baseline, str) and baseline != "log":
        error = unknown_name("baseline", baseline, ("log",))
        raise error
    return None if baseline is None or isinstance(baseline, str) else target_of(log, baseline)


def _rows(log: ExposureLog, target: Target, cluster: Clusters) -> tuple[WeightedLog, bool]:
    codes, assumed = clusters_of(log, cluster)
    propensity = log.frame["propensity"].to_numpy(dtype=float)
    rows = WeightedLog(
        outcome=log.frame["outcome"].to_numpy(dtype=float),
        action=log.frame["item"].to_numpy(),
        propensity=propensity,
        weight=target.chosen / propensity,
        cluster=codes,
        expect=target.expect,
        n_items=log.n_items,
    )
    return rows, assumed
