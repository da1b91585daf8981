"""The traffic light: worlds that must be green, amber and red, and each check by itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.effects.effect import Effect
from causalrec.core.results.light import COLOURS
from causalrec.core.words import LANGUAGES

CHECKS = ["identified", "overlap", "balance", "alarms", "attempts", "hidden", "agreement"]


def world(seed: int = 0, *, pull: float = 0.5, effect: float = 0.6, n: int = 1500) -> pd.DataFrame:
    """Two causes in common, of which x is the stronger by far.

    Args:
        seed: of the draws.
        pull: how strongly x moves the treatment (log odds per standard deviation).
        effect: of the treatment.
        n: rows.
    """
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    t = (rng.random(n) < 1 / (1 + np.exp(-pull * x - 0.2 * z))).astype(int)
    y = effect * t + 0.5 * x + 0.2 * z + rng.normal(size=n)
    return pd.DataFrame({"t": t, "y": y, "x": x, "z": z})


def ask(frame: pd.DataFrame, **options) -> Effect:
    graph = options.pop("graph", ["x", "z"])
    about = {"treatment": "t", "outcome": "y", "cluster": None, "compare": True}
    return cr.estimate(frame, graph, **{**about, **options})


def colours(effect: Effect) -> dict[str, str]:
    return {check.name: check.colour for check in effect.light.checks}


@pytest.fixture(scope="module")
def sound() -> Effect:
    return ask(world())


def test_a_sound_answer_is_green_and_says_what_would_explain_it_away(sound: Effect) -> None:
    assert sound.light.colour == "green"
    assert list(colours(sound)) == CHECKS
    assert set(colours(sound).values()) == {"green"}
    assert sound.light.reasons == (sound.hidden.sentence,)
    assert sound.summary().count("n = 1,500 rows") == 1
    assert sound.summary().endswith("times as strong as x to explain it away.")
    assert sound.summary("zh").endswith("。")
    assert cr.answer(sound).light == sound.light


def test_sound_worlds_are_green() -> None:
    """Of 60 other worlds 60 were green; a light that rings on a third passes 1 time in 18."""
    lights = [ask(world(seed)).light.colour for seed in range(100, 112)]
    assert lights.count("green") >= 11


def test_a_weak_hidden_cause_is_amber() -> None:
    effect = ask(world(pull=1.2, effect=0.2))
    assert effect.excludes_zero
    assert effect.light.colour == "amber"
    assert colours(effect)["hidden"] == "amber"
    assert effect.hidden.times_low < 1


def test_a_poor_overlap_is_amber_where_the_answer_moves_and_red_where_a_line_fills_it() -> None:
    frame = world(pull=6.0)
    moved, line = ask(frame), ask(frame, estimator="ols")
    assert "overlap" in moved.flags
    assert moved.target == "overlap"
    assert colours(moved)["overlap"] == "amber"
    assert (colours(line)["overlap"], line.light.colour) == ("red", "red")
    assert cr.answer(line).decision != "do it"


def test_what_is_no_effect_is_red_by_its_first_check_alone() -> None:
    latent = cr.CausalGraph([("u", "t"), ("u", "y"), ("t", "y")], latent=["u"])
    for effect in (ask(world(), graph=latent), ask(world(), estimator="difference")):
        assert colours(effect) == {"identified": "red"}
        assert effect.light.colour == "red"


def test_an_attempt_that_invents_an_effect_is_red_and_one_that_shakes_it_amber(
    sound: Effect,
) -> None:
    for expects, colour in (("zero", "red"), ("same", "amber"), ("sign", "green")):
        rows = sound.refutations.rows.copy()
        rows["passes"] = rows["expects"] != expects
        broken = sound.model_copy(
            update={"refutations": sound.refutations.model_copy(update={"rows": rows})}
        )
        assert colours(broken)["attempts"] == colour
    assert colours(sound.model_copy(update={"refutations": None}))["attempts"] == "amber"


def test_estimators_that_contradict_are_red_and_those_apart_amber(sound: Effect) -> None:
    def with_ols(value: float, low: float, high: float) -> Effect:
        rows = sound.rows.copy()
        rows.loc[rows["estimator"] == "ols", ["value", "low", "high"]] = value, low, high
        return sound.model_copy(update={"rows": rows})

    assert colours(with_ols(-0.5, -0.8, -0.2))["agreement"] == "red"
    assert colours(with_ols(1.5, 1.2, 1.8))["agreement"] == "amber"
    assert colours(with_ols(0.6, -2.0, 3.2))["agreement"] == "green"  # too wide to say anything
    alone = sound.model_copy(update={"rows": sound.rows.iloc[:0]})
    assert colours(alone)["agreement"] == "amber"


def test_groups_that_stay_unlike_are_amber_unless_they_are_small(sound: Effect) -> None:
    balance = sound.balance.assign(after=0.25)
    assert colours(sound.model_copy(update={"balance": balance}))["balance"] == "amber"
    small = {"balance": balance, "effective_n": (60.0, 60.0)}
    assert colours(sound.model_copy(update=small))["balance"] == "green"


def test_few_units_ring_an_alarm() -> None:
    frame = world(n=600).assign(who=lambda f: np.arange(len(f)) % 24)
    effect = ask(frame.assign(t=lambda f: (f["who"] < 12).astype(int)), cluster="who", graph=[])
    assert "few-units" in effect.flags
    assert colours(effect)["alarms"] == "amber"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_says_itself(sound: Effect, lang: str) -> None:
    light = sound.light
    assert str(light.word.to(lang)) in light.summary(lang)
    frame = light.to_frame()
    assert list(frame["check"]) == CHECKS
    assert set(frame["colour"]) <= set(COLOURS)
    for check in light.checks:
        assert check.summary(lang)
        assert check.rule.to(lang) != check.reason.to(lang)
    assert type(light).revived(light.model_dump_json()) == light
