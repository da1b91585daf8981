"""Off-policy forecasts of a change of lists: every estimator, for every outcome of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from causalrec.core.errors import DataError
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.exposure import ExposureLog, exposure_log
from causalrec.data.dataset.log_outcomes import outcome_values, outcomes_of
from causalrec.data.dataset.outcomes import Outcome
from causalrec.whatif.changes.mean_estimate import mean_estimate
from causalrec.whatif.changes.sources import off_policy
from causalrec.whatif.forecasts.forecast import Forecast
from causalrec.whatif.ope.catalogue import OPE_ESTIMATORS
from causalrec.whatif.ope.support import unusable_log
from causalrec.whatif.ope.value import policy_change, policy_value
from causalrec.whatif.ope.weighted_log import Shares, Target, clusters_of, target_of

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
    outcomes: Sequence[Outcome], reason: Text, estimators: Sequence[str] | None = None
) -> list[Forecast]:
    """A refusal of every estimator (None: of the whole shelf) and outcome, for one reason."""
    return [
        Forecast.none(off_policy(name), one.name, reason, applies=False, about=one)
        for one in outcomes
        for name in estimators or OPE_ESTIMATORS
    ]


def off_policy_forecasts(
    data: Dataset,
    after: Shares,
    before: Shares | None = None,
    outcomes: Sequence[str] = (),
    *,
    estimators: Sequence[str] | None = None,
    lead: str = OPE_ESTIMATORS.default,
) -> list[Forecast]:
    """What the log says a policy would earn, per impression.

    Args:
        data: rows from which no policy was learnt (a model that has seen them would look better
            than it is).
        after: the changed policy.
        before: the policy it is compared with; None: the log's own.
        outcomes: names of outcomes; empty: all that the log knows.
        estimators: names in `OPE_ESTIMATORS`; None: all. One that trusts a model of the outcome
            is no answer by itself: it brackets the others.
        lead: the estimator that leads where it answers.

    Returns:
        One forecast an estimator and outcome; refused, with its reason, where the log cannot
        tell.
    """
    logged = outcomes_of(data)
    targets: _Targets | None = None
    forecasts: list[Forecast] = []
    for one in (logged[name] for name in outcomes or logged):
        try:
            log = outcome_log(data, one)
            unusable = unusable_log(log)
        except DataError as error:
            unusable = error.text
        if unusable is not None:
            forecasts += off_policy_none([one], unusable, estimators)
            continue
        if targets is None or targets.n != log.n:
            targets = _Targets.of(log, after, before)
        forecasts += [
            _forecast(log, targets, name, one, chosen=name == lead)
            for name in estimators or OPE_ESTIMATORS
        ]
    return forecasts


@dataclass(frozen=True, eq=False)
class _Targets:
    """Both policies as seen from one log's rows; outcomes of the same rows share them."""

    n: int
    after: Target
    before: Target | None

    @classmethod
    def of(cls, log: ExposureLog, after: Shares, before: Shares | None) -> _Targets:
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
        method=off_policy(estimator),
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
    entry = OPE_ESTIMATORS[estimator]
    held = (Text("whatif.assume_propensity"), Text("whatif.assume_unseen"))
    if not entry.brackets:
        return held
    return (*held, Text("whatif.flag_model", estimator=entry.word()))


def _mean(log: ExposureLog) -> Estimate:
    codes, _ = clusters_of(log, "auto")
    return mean_estimate(log.frame["outcome"].to_numpy(dtype=float), codes)


def _plain(value: Estimate) -> Estimate:
    return Estimate(**{name: getattr(value, name) for name in Estimate.model_fields})
