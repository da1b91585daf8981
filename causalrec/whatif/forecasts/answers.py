"""`cr.answer`: what an effect or a comparison says to do, in the same form."""

from __future__ import annotations

from causalrec.causal.designs.design_answer import design_answer
from causalrec.causal.designs.design_effect import DesignEffect
from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.effect_answer import effect_answer
from causalrec.core.results.answer import Answer
from causalrec.whatif.changes.comparison import Compared, Comparison, compare
from causalrec.whatif.changes.comparison_answer import comparison_answer
from causalrec.whatif.forecasts.comparison_parts import from_forecasts
from causalrec.whatif.forecasts.forecast import ForecastSet

__all__ = ["ANSWERED", "answer"]

ANSWERED = (Effect, DesignEffect, Comparison, ForecastSet)
"""The results that say what to do."""


def answer(result: Effect | DesignEffect | Comparison | ForecastSet) -> Answer:
    """What a result says: how big, how sure and why, what is not known, and what to do.

    Args:
        result: an effect, of a graph or a design; a comparison, whose goal is answered with its
            guardrails; or forecasts of a scenario that nothing guards yet, whose first outcome
            that is answered counts.

    Raises:
        TypeError: the result is of another kind.
    """
    if isinstance(result, Effect):
        return effect_answer(result)
    if isinstance(result, DesignEffect):
        return design_answer(result)
    if isinstance(result, Comparison):
        return comparison_answer(result)
    if isinstance(result, ForecastSet):
        return comparison_answer(_unguarded(result))
    raise TypeError(f"a {type(result).__name__} is no effect, comparison or forecast")


def _unguarded(forecasts: ForecastSet) -> Comparison:
    """Forecasts as a comparison without guardrails."""
    compared = Compared(
        name=forecasts.scenario,
        what=forecasts.after,
        before_name=forecasts.before,
        after_name=forecasts.after,
        currency=forecasts.currency,
        whom=forecasts.whom,
        since=forecasts.since,
        asked=forecasts.asked,
    )
    return compare(compared, from_forecasts(forecasts))
