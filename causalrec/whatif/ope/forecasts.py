"""Off-policy forecasts of a change of lists: IPS and SNIPS for clicks, purchases and revenue."""

from __future__ import annotations

from typing import Any

import numpy as np

from causalrec.core.errors import DataError
from causalrec.core.result import Estimate
from causalrec.core.words import Text
from causalrec.data.dataset import Dataset
from causalrec.data.exposure import ExposureLog
from causalrec.whatif.forecast import Forecast, mean_estimate
from causalrec.whatif.ope.rows import clusters_of
from causalrec.whatif.ope.support import unusable_log
from causalrec.whatif.ope.value import policy_change, policy_value

__all__ = ["OUTCOMES", "off_policy_forecasts", "outcome_log", "outcomes_of"]

OUTCOMES = ("click", "purchase", "revenue")
_METHODS = ("ips", "snips")


def outcomes_of(data: Dataset) -> tuple[str, ...]:
    """Which of click, purchase and revenue a log can tell (revenue: purchases with prices)."""
    known = [name for name in ("click", "purchase") if data.outcome_for(name) is not None]
    if "purchase" in known and data.has("price"):
        known.append("revenue")
    return tuple(known)


def outcome_log(data: Dataset, outcome: str) -> ExposureLog:
    """The shown rows with clicks, purchases or money as the outcome.

    Raises:
        DataError: the log has no such outcome, or holds no impressions of it.
    """
    wanted = "purchase" if outcome == "revenue" else outcome
    name = data.outcome_for(wanted) or outcome
    if outcome == "revenue":
        paid = data.frame[name] * data.frame["price"]
        data = data.with_frame(data.frame.assign(**{name: paid}))
    return data.exposure_log(name)


def off_policy_forecasts(
    data: Dataset, after: Any, before: Any = None, outcomes: tuple[str, ...] = ()
) -> list[Forecast]:
    """What the log says a policy would earn, per impression.

    Args:
        data: rows from which no policy was learnt (a model that has seen them would look better
            than it is).
        after: the changed policy.
        before: the policy it is compared with; None: the log's own.
        outcomes: of "click", "purchase", "revenue"; empty: all that the log knows.

    Returns:
        One forecast a method and outcome; refused, with its reason, where the log cannot tell.
    """
    outcomes = outcomes or outcomes_of(data)
    shares: tuple[Any, Any] | None = None
    made: list[Forecast] = []
    for outcome in outcomes:
        try:
            log = outcome_log(data, outcome)
        except DataError as error:
            made += [_none(method, outcome, error.text) for method in _METHODS]
            continue
        unusable = unusable_log(log)
        if unusable is not None:
            made += [_none(method, outcome, unusable) for method in _METHODS]
            continue
        if shares is None or len(shares[0]) != log.n:
            shares = (after.propensities(log), None if before is None else before.propensities(log))
        made += [_forecast(log, shares, method, outcome) for method in _METHODS]
    return made


def _none(method: str, outcome: str, reason: Text) -> Forecast:
    return Forecast.none(f"off-policy-{method}", outcome, reason, applies=False)


def _forecast(
    log: ExposureLog, shares: tuple[np.ndarray, np.ndarray | None], method: str, outcome: str
) -> Forecast:
    """One method's forecast; `shares` are the after and the before policy's probabilities (n,)."""
    then, base = shares
    after = policy_value(log, then, method)
    change = policy_change(log, then, method, baseline="log" if base is None else base)
    before = _mean(log) if base is None else policy_value(log, base, method)
    refused = change.refused
    return Forecast(
        method=f"off-policy-{method}",
        outcome=outcome,
        before=_plain(before),
        after=_plain(after),
        change=_plain(change),
        refused=refused,
        reason=change.reason,
        assumptions=(Text("whatif.assume_propensity"), Text("whatif.assume_unseen")),
        effective_n=change.effective_n,
    )


def _mean(log: ExposureLog) -> Estimate:
    codes, _ = clusters_of(log, "auto")
    return mean_estimate(log.frame["outcome"].to_numpy(dtype=float), codes)


def _plain(value: Estimate) -> Estimate:
    return Estimate(**{name: getattr(value, name) for name in Estimate.model_fields})
