"""Every refuter on the shelf: it declares itself, is listed, and passes a sound answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.refuters import REFUTERS
from causalrec.causal.refuters.refutations import Refutations
from causalrec.causal.refuters.refuter import EXPECTATIONS, Refuter
from causalrec.core.words import LANGUAGES, table


def world(seed: int = 0, n: int = 1500) -> pd.DataFrame:
    """Activity drives treatment and outcome; `before` is an outcome that came first."""
    rng = np.random.default_rng(seed)
    activity, taste = rng.normal(size=(2, n))
    t = (rng.random(n) < 1 / (1 + np.exp(-0.5 * activity))).astype(int)
    y = 0.5 * t + activity + taste + rng.normal(size=n)
    before = activity + rng.normal(size=n)
    return pd.DataFrame({"t": t, "y": y, "activity": activity, "taste": taste, "before": before})


@pytest.fixture(scope="module")
def findings() -> Refutations:
    frame = world()
    effect = cr.estimate(
        frame, ["activity", "taste"], treatment="t", outcome="y", estimator="ols", cluster=None
    )
    return cr.refute(effect, frame, controls=("before",), cluster=None)


@pytest.mark.parametrize("name", list(REFUTERS))
def test_it_declares_itself(name: str) -> None:
    entry = REFUTERS[name]
    assert issubclass(entry, Refuter)
    assert entry.name == name
    assert entry.source
    assert entry.expects in EXPECTATIONS
    for lang in LANGUAGES:
        assert {entry.word().key, entry.word("_about").key} <= set(table(lang))


@pytest.mark.parametrize("name", list(REFUTERS))
def test_a_sound_answer_passes(name: str, findings: Refutations) -> None:
    """The world is one fixed draw: what may fail by chance was seen to pass."""
    row = findings.rows.set_index("refuter").loc[name]
    assert row["passes"]
    assert row["low"] <= row["value"] <= row["high"]


def test_the_readme_lists_the_shelf() -> None:
    rows = [
        f"| `{name}` | {entry.word('_about')} | {entry.source} |"
        for name, entry in REFUTERS.items()
    ]
    readme = Path(__file__).parents[2] / "README.md"
    assert "\n".join(rows) in readme.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_has_a_row_in_the_chart(lang: str, findings: Refutations) -> None:
    figure = findings.plot(lang=lang)
    shown = [dot.y[0] for dot in figure.data]
    for name, entry in REFUTERS.items():
        assert [one for one in shown if one.startswith(entry.word().to(lang))], name
