"""A design's effect as an answer: a clear gain, a doubt, no interval, a refusal."""

from __future__ import annotations

import pandas as pd

import causalrec as cr
from causalrec.causal.designs import DESIGNS
from causalrec.causal.designs.design_effect import PLACEBOS, DesignEffect
from causalrec.core.results.answer import Answer
from causalrec.core.words import Text

SOUND = {
    "design": DESIGNS.default,
    "outcome": "purchase",
    "value": 2.0,
    "low": 1.0,
    "high": 3.0,
    "n": 40,
    "n_treated": 12,
    "start": "2026-03-01",
    "baseline": 5.0,
}


def of(**more) -> Answer:
    return cr.answer(DesignEffect(**{**SOUND, **more}))


def test_a_clear_gain_is_worth_doing_and_says_since_when() -> None:
    answer = of()
    assert answer.decision == "do it"
    assert (answer.value, answer.low, answer.high) == (2, 1, 3)
    assert "2026-03-01" in answer.summary()
    assert answer.summary("zh") != answer.summary("en")
    assert "would have been" in answer.summary()


def test_a_failed_placebo_or_an_alarm_is_a_doubt() -> None:
    row = {"placebo": "time", "about": "", "value": 1.0, "low": 0.5, "high": 1.5, "p": 0.01}
    failed = pd.DataFrame([{**row, "passes": False}])[list(PLACEBOS)]
    assert of(placebos=failed).decision == "test it first"
    apart = Text("causal.design_flag_pre_trends", p=0.01, moved=1.0)
    assert of(flags=(apart,)).decision == "test it first"
    said = Text("causal.design_flag_gaps", n=3)
    assert of(flags=(said,)).decision == "do it"


def test_without_an_interval_or_an_answer_nothing_is_decided() -> None:
    bare = of(low=None, high=None, p=0.03)
    assert bare.decision == "cannot tell"
    assert "p = 0.03" in bare.summary()
    refused = of(value=None, low=None, high=None, refused=True,
                 reason=Text("causal.design_refuse_empty"))  # fmt: skip
    assert refused.decision == "cannot tell"
