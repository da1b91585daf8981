"""Off-policy forecasts of a change of lists: every estimator, for every outcome of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from causalrec.core.errors import DataError
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.exposure import ExposureLog, exposure_log
from causalrec.data.dataset.log_outcomes import outcome_values, outcomes_of
from causalrec.data.dataset.outcomes import Outcome
from causalrec.whatif.changes.known_means import mean_estimate
from causalrec.whatif.forecasts.forecast import Forecast
from causalrec.whatif.ope.catalogue import METHOD, OPE_ESTIMATORS
from causalrec.whatif.ope.support import unusable_log
from causalrec.whatif.ope.value import policy_change, policy_value
from causalrec.whatif.ope.weighted_log import Target, clusters_of, target_of

__all__ = ["off_policy_forecasts", "off_policy_none", "outcome_log"]


def outcome_log(data: Dataset, outcome: Outcome) -> ExposureLog:
    """The shown rows with the values of an outcome (money: the sale times its price).

    Raises:
        DataError: the log holds no impressions of it.
    """
    name = outcome.source or outcome.name
    if outcome.source is not None:
        values = {name: outcome_values(data, outcome)}
        data = data.with_frame(data.frame.assign(**values))
    return exposure_log(data, name)


def off_policy_none(
    outcomes: Sequence[Outcome], reason: Text, estimators: Sequence[str] = tuple(OPE_ESTIMATORS)
) -> list[Forecast]:
    """A refusal of every estimator and outcome, for one reason."""
    return [
        Forecast.none(METHOD + name, one.name, reason, applies=False, about=one)
        for one in outcomes
        for name in estimators
    ]


def off_policy_forecasts(
    data: Dataset,
    after: Any,
    before: Any = None,
    outcomes: Sequence[str] = (),
    *,
    estimators: Sequence[str] = tuple(OPE_ESTIMATORS),
    lead: str = next(iter(OPE_ESTIMATORS)),
) -> list[Forecast]:
    """What the log says a policy would earn, per impression.

    Args:
        data: rows from which no policy was learnt (a model that has seen them would look better
            than it is).
        after: the changed policy.
        before: the policy it is compared with; None: the log's own.
        outcomes: names of outcomes; empty: all that the log knows.
        estimators: names in `OPE_ESTIMATORS`. One that trusts a model of the outcome is no
            answer by itself: it brackets the others.
        lead: the estimator that leads where it answers.

    Returns:
        One forecast an estimator and outcome; refused, with its reason, where the log cannot
        tell.
    """
    known = outcomes_of(data)
    targets: _Targets | None = None
    made: list[Forecast] = []
    for one in (known[name] for name in outcomes or known):
        try:
            log = outcome_log(data, one)
            unusable = unusable_log(log)
        except DataError as error:
            unusable = error.text
        if unusable is not None:
            made += off_policy_none([one], unusable, estimators)
            continue
        if targets is None or targets.n != log.n:
            targets = _Targets.of(log, after, before)
        made += [_forecast(log, targets, name, one, chosen=name == lead) for name in estimators]
    return made


@dataclass(frozen=True, eq=False)
class _Targets:
    """Both policies as seen from one log's rows; outcomes of the same rows share them."""

    n: int
    after: Target
    before: Target | None

    @classmethod
    def of(cls, log: ExposureLog, after: Any, before: Any) -> _Targets:
        base = None if before is None else target_of(log, before)
        return cls(log.n, target_of(log, after), base)


def _forecast(
    log: ExposureLog, targets: _Targets, estimator: str, outcome: Outcome, *, chosen: bool
) -> Forecast:
    """One estimator's forecast of one outcome."""
    then, base = targets.after, targets.before
    after = policy_value(log, then, estimator)
    change = policy_change(log, then, estimator, baseline="log" if base is None else base)
    before = _mean(log) if base is None else policy_value(log, base, estimator)
    return Forecast(
        method=METHOD + estimator,
        outcome=outcome.name,
        about=outcome,
        before=_plain(before),
        after=_plain(after),
        change=_plain(change),
        refused=change.refused,
        reason=change.reason,
        assumptions=_assumptions(estimator),
        effective_n=change.effective_n,
        chosen=chosen,
    )


def _assumptions(estimator: str) -> tuple[Text, ...]:
    method = OPE_ESTIMATORS[estimator]
    held = (Text("whatif.assume_propensity"), Text("whatif.assume_unseen"))
    if not method.model_based:
        return held
    return (*held, Text("whatif.flag_model", estimator=method().label))


def _mean(log: ExposureLog) -> Estimate:
    codes, _ = clusters_of(log, "auto")
    return mean_estimate(log.frame["outcome"].to_numpy(dtype=float), codes)


def _plain(value: Estimate) -> Estimate:
    return Estimate(**{name: getattr(value, name) for name in Estimate.model_fields})
