"""Which effects of a log the sample shop knows the truth of, and what it is."""

from __future__ import annotations

from dataclasses import dataclass

from causalrec.core.errors import CausalRecError
from causalrec.shop.sample import Measure, SampleShop
from causalrec.shop.truth import OUTCOMES

__all__ = ["EffectQuestion"]

_BY_USER = {"promotion": True, "position": False}
"""Whether a treatment is one of users; the others are of single impressions."""


@dataclass(frozen=True)
class EffectQuestion:
    """The average effect of a treatment on everybody, as an estimate of it is asked.

    Attributes:
        treatment, outcome: columns of the log (or what is made of them: "revenue").
        by_user: whether a row is a user; else it is an impression.
        measure: how a user's outcomes are counted.
        arms: (control, treated) levels of the treatment; empty for one step of a number.
    """

    treatment: str
    outcome: str
    by_user: bool
    measure: Measure = "any"
    arms: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether a sample shop knows such an effect."""
        return self.outcome in OUTCOMES and _BY_USER.get(self.treatment) == self.by_user

    def answer(self, shop: SampleShop) -> float | None:
        """The true effect in a shop; None where it knows of no such effect or levels."""
        if not self.answerable:
            return None
        try:
            if self.by_user:
                return shop.true_effect(self.treatment, self.outcome, measure=self.measure)
            if not self.arms:
                return shop.true_effect(self.treatment, self.outcome, levels="step")
            control, treated = (int(float(arm)) for arm in self.arms)
            return shop.true_effect(self.treatment, self.outcome, levels=(treated, control))
        except (CausalRecError, ValueError):
            return None
