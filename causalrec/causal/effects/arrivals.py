"""Estimators' answers as they come: told as numbers by a run, and an effect of those so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from causalrec.causal.effects.effect import Effect
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimators import ESTIMATORS

__all__ = ["arrived", "numbers_of"]

ENDS = ("value", "low", "high")
SHARE, STEP = "of share", "of step"


def numbers_of(name: str, answer: Answer | None, facts: Mapping[str, Any]) -> dict[str, float]:
    """An estimator's answer as named numbers.

    Args:
        name: of the estimator.
        answer: None where it refuses, which is told at the end with its reason.
        facts: of the question, as an effect has them.
    """
    if answer is None:
        return {}
    numbers = {f"{name} {end}": float(getattr(answer, end)) for end in ENDS}
    numbers[SHARE] = float(facts["outcome_kind"] == "share")
    if facts["step"] is not None:
        numbers[STEP] = float(facts["step"])
    return numbers


def arrived(metrics: Iterable[Mapping[str, float]], **about: str) -> Effect:
    """What has come so far, as an effect without a headline.

    Args:
        metrics: what the run told.
        about: further fields of the effect, as far as they are known.
    """
    numbers: dict[str, float] = {}
    for reported in metrics:
        numbers |= reported
    names = [name for name in ESTIMATORS if f"{name} value" in numbers]
    rows = [
        {"estimator": name, **{end: numbers[f"{name} {end}"] for end in ENDS}, "refused": False}
        for name in names
    ]
    kind = "share" if numbers.get(SHARE) else "mean"
    step = numbers.get(STEP)
    effect = Effect.model_validate(about)
    rows_so_far = pd.DataFrame(rows)
    return effect.model_copy(update={"rows": rows_so_far, "outcome_kind": kind, "step": step})
