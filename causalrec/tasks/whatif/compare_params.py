"""What a comparison is asked: which scenario, by what it is judged, what must not get worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import create_model

from causalrec.core.params import Params, param
from causalrec.recsys.metrics import METRICS, foremost
from causalrec.whatif.ope.catalogue import OPE_ESTIMATORS

__all__ = ["CompareParams", "limits_of"]


class _Asked(Params):
    scenario: str = param(help="compare.param_scenario")
    goal: str = param("auto", help="compare.param_goal")
    segment: str = param("auto", help="compare.param_segment")
    k: int = param(10, ge=1, le=1000, help="compare.param_k")


def _guarded() -> tuple[str, ...]:
    """The metrics of lists that guard a change unless somebody says otherwise."""
    return tuple(name for name in foremost(compared=True) if METRICS[name].may_lose is not None)


def _limit(metric: str) -> float | None:
    entry = METRICS[metric]
    share: float | None = entry.may_lose
    return param(share, ge=0, le=1, help=entry.word("_may_lose").key, percent=True)


if TYPE_CHECKING:
    _Guarded = _Asked
else:
    _Guarded = create_model(
        "_Guarded",
        __base__=_Asked,
        **{f"{name}_may_lose": (float, _limit(name)) for name in _guarded()},
    )


class CompareParams(_Guarded):
    """Which scenario, what it is judged by, and what must not get worse."""

    money_may_lose: float = param(0.02, ge=0, le=1, help="compare.param_money", percent=True)
    simulate: bool = param(True, help="compare.param_simulate", advanced=True)
    estimator: str = param(
        OPE_ESTIMATORS.default,
        choices=tuple(OPE_ESTIMATORS),
        help="whatif.forecast_estimator",
        advanced=True,
    )
    seed: int = param(0, ge=0, le=2**31 - 1, help="compare.param_seed", advanced=True)


def limits_of(asked: CompareParams) -> dict[str, float]:
    """What each metric of lists that is guarded may lose, as a share of its value before."""
    return {name: float(getattr(asked, f"{name}_may_lose")) for name in _guarded()}
