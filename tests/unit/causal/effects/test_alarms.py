"""Alarms by name: each is there exactly where its sentence is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.effects.alarms import Alarms, alarms
from causalrec.causal.effects.effect import Effect
from causalrec.core.results.flags import Flags, name_of
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text


def world(n: int = 300, steep: float = 0.5, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    t = (rng.random(n) < 1 / (1 + np.exp(-steep * x))).astype(int)
    return pd.DataFrame({"x": x, "t": t, "y": x + t + rng.normal(size=n)})


def names(frame: pd.DataFrame, **asked) -> set[str]:
    effect = cr.estimate(frame, ["x"], treatment="t", outcome="y", **{"cluster": None, **asked})
    assert isinstance(effect.flags, Alarms)
    return set(effect.flags.names)


def test_a_name_is_that_of_its_word() -> None:
    assert name_of("causal.flag_few_units") == "few-units"
    assert name_of("causal.note_no_path") == "no-path"
    assert name_of("simulate.no_propensity") == "no-propensity"
    flags = Flags([Text("causal.flag_not_causal")])
    assert flags.names == ("not-causal",)
    assert "not-causal" in flags
    assert Text("causal.flag_not_causal") in flags
    assert "causal" not in flags
    assert "few-units" in Alarms([Text("causal.flag_few_clusters", n=9)])
    assert "few-units" not in Flags([Text("causal.flag_few_clusters", n=9)])


def test_the_readme_lists_every_alarm() -> None:
    readme = (Path(__file__).parents[4] / "README.md").read_text(encoding="utf-8")
    wanted = [
        f"| `{one.name}` | {', '.join(f'`{name}`' for name in one.families)} | {one.says} |"
        for one in alarms()
    ]
    assert [row for row in wanted if row not in readme] == []
    assert {one.name for one in alarms()} >= set(Alarms.families)


def test_alarms_survive_json_and_effects_kept_before_had_names() -> None:
    effect = cr.estimate(world(60), ["x"], treatment="t", outcome="y", estimator="difference")
    document = effect.model_dump_json()
    assert '"key":"causal.flag_not_causal"' in document
    back = Effect.revived(document)
    assert back.flags == effect.flags
    assert "not-causal" in back.flags
    assert "independent" in back.flags
    assert "missing" in Estimate(flags=(Text("whatif.flag_missing", n=1, of=9),)).flags
    assert "flag" not in Effect().flags


@pytest.mark.parametrize("estimator", ["aipw", "ipw", "ols", "matching"])
def test_a_poor_overlap_is_one_alarm_whatever_is_done_about_it(estimator: str) -> None:
    """The world of the benchmark: it rings in .97 and more of the bad, .05 at most of the good."""
    bad = names(world(400, steep=6.0), estimator=estimator)
    assert "overlap" in bad
    assert ("extrapolates" in bad) == (estimator == "ols")
    assert "overlap" not in names(world(400), estimator=estimator)
    assert "overlap" in names(world(400, steep=6.0), estimator=estimator, target="overlap")


def test_a_refusal_for_lack_of_overlap_rings_too() -> None:
    effect = cr.estimate(world(200, steep=60.0), ["x"], treatment="t", outcome="y")
    assert effect.refused
    assert "overlap" in effect.flags


def test_few_rows_or_units_of_an_arm_ring_and_many_do_not() -> None:
    assert "few-units" in names(world(70))
    assert "few-units" not in names(world(300))
    frame = world(400).assign(user=np.arange(400) % 30)
    frame["t"] = (frame["user"] < 12).astype(int)
    few = names(frame, cluster="user")
    assert {"few-units", "few-clusters", "few-by-arm"} <= few
    slope = world(400).assign(user=np.arange(400) % 30)
    slope["t"] = slope["x"] + np.random.default_rng(1).normal(size=400)
    assert {"few-units", "few-clusters"} <= names(slope, cluster="user")
    many = world(400).assign(user=np.arange(400) // 2)
    assert not {"few-units", "few-clusters"} & names(many, cluster="user")


def test_clipped_rings_where_a_propensity_was() -> None:
    assert "clipped" in names(world(400, steep=6.0))
    assert "clipped" not in names(world(400, steep=6.0), clip=0.0)
    assert "clipped" not in names(world(400, steep=6.0), estimator="ols")
    assert "clipped" not in names(world(400))
    assert {"clipped-at", "clipped"} <= names(world(400), clip=0.2)


def test_unknown_values_ring_by_what_is_done_about_them() -> None:
    holes = world(300)
    holes.loc[:20, "x"] = np.nan
    assert {"missing", "missing-impute"} <= names(holes)
    assert {"missing", "missing-complete", "dropped"} <= names(holes, missing="complete")
    assert {"missing", "missing-indicator"} <= names(holes, missing="indicator")
    assert "missing" not in names(holes, estimator="difference")
    outcome = world(300)
    outcome.loc[:5, "y"] = np.nan
    assert "dropped" in names(outcome)
    assert not {"missing", "dropped"} & names(world(300))


def test_a_line_that_does_not_fit_rings() -> None:
    """Flagged in 1.00 of 400 draws of such a world (tests/benchmarks/effects_coverage.py)."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=800)
    t = (rng.random(800) < 1 / (1 + np.exp(1 - x**2))).astype(int)
    curved = pd.DataFrame({"x": x, "t": t, "y": t + 2 * x**2 + rng.normal(size=800)})
    assert "misfit" in names(curved, estimator="ols")
    assert "unbalanced" in names(curved, estimator="entropy-balancing")
    assert not {"misfit", "unbalanced"} & names(world(800), estimator="ols")
