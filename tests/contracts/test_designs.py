"""Every design on the shelf: it declares itself, is listed, and tells a known effect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.designs import DESIGNS
from causalrec.causal.designs.design import Design, DesignQuery
from causalrec.causal.designs.design_effect import EVENT, PATH, PLACEBOS, DesignEffect
from causalrec.core.words import LANGUAGES, table

EFFECT = 3.0
START = "2026-02-10"


def panel(seed: int = 0) -> pd.DataFrame:
    """Twenty units over sixty days, six of them with 3 more from the fortieth on."""
    rng = np.random.default_rng(seed)
    days = pd.date_range("2026-01-01", periods=60)
    rows = pd.DataFrame(
        [(f"u{unit:02}", day) for unit in range(20) for day in days], columns=["unit", "day"]
    )
    late = (rows["day"] >= START) & (rows["unit"] < "u06")
    noise = rng.normal(scale=0.5, size=len(rows)) + np.tile(rng.normal(size=60), 20)
    base = np.repeat(rng.normal(10, 1, size=20), 60)
    return rows.assign(on=late.astype(int), y=base + noise + EFFECT * late)


def asked(name: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """A table and a question for any design, by what it needs."""
    needs = DESIGNS[name].needs
    frame = panel()
    if "unit" in needs:
        who = {"treatment": "on"}
        if DESIGNS[name].alone:
            who, frame = {"treated": "u00"}, frame[~frame["unit"].between("u01", "u05")]
        return frame, {"unit": "unit", "time": "day", "start": START, **who}
    if "running" in needs:
        rng = np.random.default_rng(0)
        x = rng.uniform(-1, 1, 1200)
        y = x + EFFECT * (x >= 0) + rng.normal(scale=0.3, size=1200)
        return pd.DataFrame({"x": x, "y": y}), {"running": "x", "cutoff": 0.0}
    one = frame[frame["unit"] == "u00"]
    noise = np.random.default_rng(0).normal(scale=0.5, size=len(one))
    return one.assign(y=10 + EFFECT * one["on"] + noise), {"time": "day", "start": START}


@pytest.fixture(scope="module")
def answers() -> dict[str, DesignEffect]:
    return {
        name: cr.design(frame, outcome="y", design=name, **question)
        for name in DESIGNS
        for frame, question in [asked(name)]
    }


@pytest.mark.parametrize("name", list(DESIGNS))
def test_it_declares_itself(name: str) -> None:
    entry = DESIGNS[name]
    assert issubclass(entry, Design)
    assert entry.name == name
    assert entry.source
    assert set("|".join(entry.needs).split("|")) <= set(DesignQuery.__dataclass_fields__)
    for lang in LANGUAGES:
        keys = {entry.word(part, outcome="y").key for part in ("", "_about", "_estimand")}
        keys |= {*entry.assumptions, *(f"causal.placebo_{one}" for one in entry.placebos)}
        assert keys <= set(table(lang))
    assert entry.assumptions
    assert entry.placebos


@pytest.mark.parametrize("name", list(DESIGNS))
def test_it_tells_a_known_effect(name: str, answers: dict[str, DesignEffect]) -> None:
    """Fixed draws; the effect is many errors large, and each interval holds it."""
    answer = answers[name]
    assert not answer.refused, answer.reason
    assert answer.low <= EFFECT <= answer.high
    assert answer.excludes_zero
    assert tuple(answer.path) == PATH
    assert tuple(answer.event) == EVENT
    assert tuple(answer.placebos) == PLACEBOS
    assert set(answer.placebos["placebo"]) <= set(DESIGNS[name].placebos)
    assert len(answer.placebos)
    assert not answer.failed
    gap = (answer.path["observed"] - answer.path["counterfactual"])[answer.path["after"]]
    assert gap.abs().min() > 0


@pytest.mark.parametrize("name", list(DESIGNS))
def test_it_is_kept_and_said(name: str, answers: dict[str, DesignEffect]) -> None:
    answer = answers[name]
    again = DesignEffect.revived(answer.model_dump_json())
    assert again.summary("zh") == answer.summary("zh") != answer.summary("en")
    pd.testing.assert_frame_equal(again.placebos, answer.placebos, check_dtype=False)
    assert answer.to_frame()["value"].iloc[0] == answer.value


@pytest.mark.parametrize("name", list(DESIGNS))
def test_what_it_needs_is_asked_for(name: str) -> None:
    frame, question = asked(name)
    for need in DESIGNS[name].needs:
        less = {part: one for part, one in question.items() if part not in need.split("|")}
        with pytest.raises(cr.CausalRecError):
            cr.design(frame, outcome="y", design=name, **less)


def test_the_readme_lists_the_shelf() -> None:
    rows = [
        f"| `{name}` | {entry.word('_about')} | {entry.source} |" for name, entry in DESIGNS.items()
    ]
    readme = Path(__file__).parents[2] / "README.md"
    assert "\n".join(rows) in readme.read_text(encoding="utf-8"), "\n".join(rows)
