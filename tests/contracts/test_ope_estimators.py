"""What every off-policy estimator holds, whatever it does: run over the whole shelf."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from practice_entries import add_entry

import causalrec as cr
import causalrec.plots
from causalrec.core.errors import ParamError
from causalrec.core.words import LANGUAGES, table
from causalrec.runs.record.runner import run_inline
from causalrec.whatif.changes.sources import brackets, off_policy, place_of, source_word
from causalrec.whatif.forecasts.forecast import ForecastSet
from causalrec.whatif.forecasts.ope_forecasts import off_policy_forecasts
from causalrec.whatif.ope import OPE_ESTIMATORS, policy_change
from causalrec.whatif.ope.estimator import OffPolicyEstimator
from tests.truth import test_ope_truth as truth

ROOT = Path(__file__).parents[2]
NAMES = list(OPE_ESTIMATORS)
FACTS = ("unbiased", "self_normalised", "needs_model", "needs_all", "brackets")


def log_of(n: int = 600, items: int = 5, seed: int = 0) -> cr.ExposureLog:
    rng = np.random.default_rng(seed)
    item = rng.integers(0, items, n)
    outcome = (rng.random(n) < 0.1 + 0.1 * item).astype(float)
    frame = pd.DataFrame({"item": item, "outcome": outcome, "propensity": 1 / items})
    frame["user"] = rng.integers(0, 120, n)
    return cr.ExposureLog(frame, np.arange(items).astype(str), np.arange(120).astype(str))


def table_of(log: cr.ExposureLog) -> np.ndarray:
    logits = np.random.default_rng(1).normal(size=(log.n, log.n_items)) * 0.4
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


@pytest.mark.parametrize("name", NAMES)
def test_it_declares_what_it_is(name: str) -> None:
    entry = OPE_ESTIMATORS[name]
    assert issubclass(entry, OffPolicyEstimator)
    assert entry.name == name
    assert {type(getattr(entry, fact)) for fact in FACTS} == {bool}
    assert entry.source.endswith(")"), "authors (year)"
    assert entry.needs_model or not entry.brackets, "what brackets trusts a model"
    assert not (entry.unbiased and entry.self_normalised), "a ratio is biased in short logs"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_has_its_words(name: str, lang: str) -> None:
    entry = OPE_ESTIMATORS[name]
    for part in ("", "_short", "_about"):
        assert entry.word(part).key in table(lang)
    short = entry.word("_short").to(lang)
    for form in ("method", "said", "source"):
        assert short in source_word(off_policy(name), form).to(lang)


@pytest.mark.parametrize("name", NAMES)
def test_it_needs_what_it_declares(name: str) -> None:
    log, entry = log_of(), OPE_ESTIMATORS[name]
    chosen = table_of(log)[np.arange(log.n), log.frame["item"]]
    if entry.needs_all:
        with pytest.raises(ParamError, match="all items"):
            cr.policy_value(log, chosen, name)
    else:
        whole = cr.policy_value(log, table_of(log), name)
        assert cr.policy_value(log, chosen, name).value == whole.value


@pytest.mark.parametrize("name", NAMES)
def test_self_normalised_is_blind_to_the_scale_of_propensities(name: str) -> None:
    """Halved propensities double every weight: a ratio stays, a plain mean doubles."""
    if OPE_ESTIMATORS[name].needs_model:
        pytest.skip("a model learns from the propensities themselves")
    log, other = log_of(), log_of()
    chosen = table_of(log)[np.arange(log.n), log.frame["item"]]
    other.frame["propensity"] *= 0.9
    before, after = (cr.policy_value(one, chosen, name).value for one in (log, other))
    expected = before if OPE_ESTIMATORS[name].self_normalised else before / 0.9
    assert after == pytest.approx(expected)


@pytest.mark.parametrize("name", NAMES)
def test_what_brackets_says_so_and_never_leads(name: str) -> None:
    log = log_of()
    flags = cr.policy_value(log, table_of(log), name).flags
    flagged = any(flag.key == "whatif.flag_model" for flag in flags)
    assert flagged == brackets(off_policy(name)) == OPE_ESTIMATORS[name].brackets
    assert not OPE_ESTIMATORS[OPE_ESTIMATORS.default].brackets
    assert place_of(off_policy(OPE_ESTIMATORS.default)) < place_of("simulator")


@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_chart_of_its_own_name(name: str) -> None:
    log = log_of()
    for lang in LANGUAGES:
        figure = policy_change(log, table_of(log), name).plot(lang)
        assert list(figure.layout.yaxis.ticktext) == [OPE_ESTIMATORS[name].word().to(lang)]


@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_truth_test(name: str) -> None:
    tested = [mark.args[1] for mark in truth.test_intervals_hold_the_truth.pytestmark]
    tested += [mark.args[1] for mark in truth.test_a_model_that_is_wrong_misleads.pytestmark]
    assert sum(name in names for names in tested) == 1


@pytest.mark.parametrize("name", NAMES)
def test_memory_grows_with_impressions_not_with_the_catalogue(name: str) -> None:
    """8,000 impressions of 40 users and 2,000 items: a table of all would be 128 MB."""
    rng = np.random.default_rng(0)
    n, items, users = 8_000, 2_000, 40
    frame = pd.DataFrame({"item": rng.integers(0, items, n), "user": rng.integers(0, users, n)})
    frame = frame.assign(outcome=(rng.random(n) < 0.2) * 1.0, propensity=1 / items)
    log = cr.ExposureLog(frame, np.arange(items).astype(str), np.arange(users).astype(str))

    class Even(cr.Policy):
        def logits(self, users):
            return np.zeros((len(np.atleast_1d(users)), self.n_items))

    policy = Even(log.user_ids, log.item_ids, "even")
    tracemalloc.start()
    assert not cr.policy_value(log, policy, name).refused
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 32e6


def test_the_readme_lists_the_shelf() -> None:
    rows = [
        f"| `{name}` | {entry.word('_about')} | {facts_of(entry)} | {entry.source} |"
        for name, entry in OPE_ESTIMATORS.items()
    ]
    assert "\n".join(rows) in (ROOT / "README.md").read_text(encoding="utf-8")


def facts_of(entry: type[OffPolicyEstimator]) -> str:
    return ", ".join(fact.replace("_", " ") for fact in FACTS if getattr(entry, fact))


HALVED = """
    import numpy as np

    from causalrec.whatif.ope.estimator import OffPolicyEstimator


    class Halved(OffPolicyEstimator):
        name = "halved"
        source = "Nobody (2026)"

        def scores(self, rows):
            return 0.5 * np.asarray(rows.weight * rows.outcome)
"""


def test_one_file_one_line_and_its_words_reach_the_picker_and_the_chart(
    tmp_path, monkeypatch, workspace, app
) -> None:
    words = {f"whatif.ope_halved{part}": f"Halved{part}" for part in ("", "_short", "_about")}
    place = "halved = halved:Halved"
    add_entry(monkeypatch, tmp_path, OPE_ESTIMATORS, place, HALVED, words)
    run_inline(workspace, "shop", {"seed": 3, "users": 120, "items": 40, "impressions": 6_000})
    model = {"dataset": "shop", "model": "popularity", "protocol": "by_time"}
    run_inline(workspace, "train", model)
    page = app("interventions", w=workspace.id)
    label = table("en")["whatif.forecast_estimator_label"]
    picker = next(one for one in page.selectbox if one.label == label)
    assert picker.options[-1] == "Halved"
    shop = cr.sample_shop(seed=1, users=80, items=30, impressions=4_000)
    data = shop.dataset()
    own = shop.logging_policy().propensities(data)
    names = (OPE_ESTIMATORS.default, "halved")
    forecasts = off_policy_forecasts(data, own, None, ("click",), estimators=names)
    about = {"scenario": "s", "before": forecasts[0].label, "after": forecasts[0].label}
    answers = ForecastSet(forecasts=tuple(forecasts), outcomes=("click",), **about)
    assert answers.of("click")[-1].change.value < 0
    assert "Off-policy, Halved_short" in answers.plot().layout.yaxis.ticktext
    again = ForecastSet.revived(answers.model_dump(mode="json"))
    assert again.of("click")[-1].summary("zh") == answers.of("click")[-1].summary("zh")
