"""What every metric says of itself is true, and stands where people look for it."""

from __future__ import annotations

import tracemalloc
from functools import partial
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from practice_entries import add_entry
from scipy import sparse

import causalrec as cr
import causalrec.plots
from causalrec.core.words import LANGUAGES, Text, table
from causalrec.data.storage.store import save_dataset
from causalrec.recsys.evaluation.evaluate import evaluate
from causalrec.recsys.evaluation.leaderboard import Leaderboard, leaderboard
from causalrec.recsys.evaluation.prediction_table import evaluate_predictions
from causalrec.recsys.metrics import METRICS, PREDICTION_METRICS, foremost
from causalrec.recsys.metrics.item_facts import ItemFacts
from causalrec.recsys.metrics.judged import Judged, ListsOfUsers
from causalrec.recsys.metrics.metric import CatalogueMetric, Family, Kind, Metric, Need, UserMetric
from causalrec.recsys.metrics.predictions.prediction_metric import PredictionMetric
from causalrec.runs.record.runner import run_inline
from causalrec.whatif.changes.comparison import Compared, compare
from causalrec.whatif.changes.metric_kinds import measure
from causalrec.whatif.forecasts.comparison_parts import list_rows

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
NAMES = list(METRICS)
PREDICTED = list(PREDICTION_METRICS)
FLAGS = ("plain", "whole", "per_user", "cold", "compared", "leads", "overview", "shades")
MAPPING = cr.ColumnMapping(user="who", item="what", time="at")


def log(users: int = 60) -> cr.Dataset:
    """Two tastes, thirty items with a category, propensities of what was shown."""
    rng = np.random.default_rng(0)
    rows = [
        (f"user {u}", f"i{i}", 1.0 / (1 + i % 3))
        for u in range(users)
        for i in rng.choice(np.arange(u % 2, 30, 2), 6 + u % 5, replace=False)
    ]
    frame = pd.DataFrame(rows, columns=["who", "what", "p"])
    frame = frame.assign(at=1_600_000_000 + np.arange(len(frame)))
    items = pd.DataFrame({"what": [f"i{i}" for i in range(30)], "category": ["even", "odd"] * 15})
    mapping = cr.ColumnMapping(user="who", item="what", time="at", propensity="p")
    return cr.Dataset.from_frame(frame, mapping, items=items, name="log")


@pytest.fixture(scope="module")
def split() -> cr.Split:
    return cr.Split.leave_last(log())


@pytest.fixture(scope="module")
def board(split: cr.Split) -> Leaderboard:
    tables = {}
    for name in ("popularity", "ease"):
        model = cr.recommender(name)
        model.fit(split.train, split.valid)
        tables[name] = evaluate(model, split, k=(5, 10))
    return leaderboard(tables)


@pytest.mark.parametrize("name", NAMES)
def test_it_declares_what_it_is(name: str) -> None:
    entry = METRICS[name]
    assert issubclass(entry, Metric)
    assert entry.name == name
    assert entry.family in get_args(Family)
    assert entry.kind in get_args(Kind)
    assert set(entry.needs) <= set(get_args(Need))
    assert entry.good in (1, -1)
    assert {type(getattr(entry, fact)) for fact in FLAGS} == {bool}
    assert entry.per_user == issubclass(entry, UserMetric)
    assert not (entry.needs and (entry.compared or entry.leads)), "what leads is always there"
    assert entry.may_lose is None or entry.compared


@pytest.mark.parametrize("name", PREDICTED)
def test_a_metric_of_predictions_declares_what_it_is(name: str) -> None:
    entry = PREDICTION_METRICS[name]
    assert issubclass(entry, PredictionMetric)
    assert entry.name == name
    assert entry.good in (1, -1)
    assert type(entry.binary) is bool


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("entry", [*METRICS.values(), *PREDICTION_METRICS.values()])
def test_it_has_words(entry: type[Metric], lang: str) -> None:
    assert {entry.word().key, entry.word("_about").key} <= set(table(lang))


def test_those_that_are_picked_out_have_places_of_their_own() -> None:
    picked = {*foremost(compared=True), *foremost(leads=True), *foremost(shades=True)}
    places = [METRICS[name].place for name in picked]
    assert len({*places}) == len(places)
    assert METRICS.default in METRICS.where(compared=True, leads=True, whole=False, needs=())


@pytest.mark.parametrize("name", NAMES)
def test_it_is_told_with_an_interval(name: str, board: Leaderboard) -> None:
    """Of a log that has what it needs: a row a model and length, or one for the whole ranking."""
    rows = board.table[board.table["metric"] == name]
    assert list(rows["k"].isna().unique()) == [METRICS[name].whole]
    assert len(rows) == 2 * (1 if METRICS[name].whole else 2)
    assert (rows["low"] <= rows["value"] + 1e-12).all()
    assert (rows["value"] <= rows["high"] + 1e-12).all()
    assert len(board.at(name, 5)) == 2


@pytest.mark.parametrize("name", METRICS.where(family="accuracy"))
def test_its_good_way_is_the_better_model_s(name: str, board: Leaderboard) -> None:
    """Of two tastes one model knows: it ranks better by every metric of what was held out."""
    values = board.at(name, 5).set_index("name")["value"] * METRICS[name].good
    assert values["ease"] > values["popularity"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_it_has_charts(name: str, board: Leaderboard, lang: str) -> None:
    label = METRICS[name].word().to(lang)
    figures = board.plot(lang, metric=name, k=5)
    changes = board.plot(lang, metric=name, k=5, differences=True)
    against = board.plot(lang, against=name, k=5)
    assert label in figures.layout.xaxis.title.text
    assert label in changes.layout.xaxis.title.text
    assert label in against.layout.yaxis.title.text
    assert len(figures.data) == len(changes.data) + 1 == 2


@pytest.mark.parametrize("name", METRICS.where(per_user=True, whole=False))
def test_memory_grows_with_lists_not_with_the_catalogue(name: str) -> None:
    """4,000 lists of 20,000 items: a table of all of them would be 640 MB."""
    users, items, k = 4_000, 20_000, 10
    rng = np.random.default_rng(0)
    lists = rng.integers(0, items, (users, k))
    history = sparse.random(users, items, 0.001, "csr", rng=rng)
    described = sparse.csr_matrix(np.eye(20)[rng.integers(0, 20, items)])
    found = rng.random((users, k)) < 0.2
    asked = ListsOfUsers(
        items=lists,
        judged=Judged(found, found.sum(axis=1) + 1, np.full(users, items)),
        facts=ItemFacts(rng.integers(0, 99, items), users, history, described, described),
        known_targets=found.sum(axis=1),
        of_ranking={},
        listed_weights=found * 2.0,
        target_weights=found.sum(axis=1) * 3.0,
    )
    tracemalloc.start()
    values = METRICS[name].of_users(asked)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert np.isfinite(values).all()
    assert values.shape == (users,)
    assert peak < 64e6


@pytest.mark.parametrize("name", METRICS.where(per_user=False))
def test_a_metric_of_the_catalogue_has_the_bootstrap_s_error(name: str) -> None:
    """Its own formula against a thousand resamples, of one figure and of a difference."""
    rng = np.random.default_rng(3)
    popular = np.log(1.0 / (1.0 + np.arange(80)))
    lists = [
        np.argsort(-(power * popular + rng.gumbel(size=(300, 80))), axis=1)[:, :4]
        for power in (1.0, 1.3)
    ]
    row = np.repeat(np.arange(300), 4)
    listed = [sparse.csr_matrix((np.ones(1_200), (row, one.ravel()))) for one in lists]
    for some in (listed[:1], listed):
        plain: Any = CatalogueMetric.error
        drawn = plain.__func__(METRICS[name], some)
        assert METRICS[name].error(some) == pytest.approx(drawn, rel=0.12)


@pytest.mark.parametrize("name", PREDICTED)
def test_a_metric_of_predictions_is_told_of_its_outcomes(name: str) -> None:
    """Scores that know the outcome beat the means, the good way."""
    entry = PREDICTION_METRICS[name]
    rng = np.random.default_rng(1)
    user, item = rng.integers(0, 80, 4_000), rng.integers(0, 30, 4_000)
    taste = (user + item) % 2
    y = (rng.random(4_000) < 0.2 + 0.6 * taste).astype(float)
    frame = pd.DataFrame({"who": user, "what": item, "at": np.arange(4_000)})
    frame["click" if entry.binary else "stars"] = y if entry.binary else 1 + taste + 2.0 * y
    mapping = cr.ColumnMapping(user="who", item="what", time="at", outcomes=(frame.columns[-1],))
    parts = cr.Split.by_time(cr.Dataset.from_frame(frame, mapping))
    model = cr.recommender("ease")
    model.fit(parts.train, parts.valid)
    calibrated = model.with_calibration(parts.train, parts.valid, frame.columns[-1])
    result = evaluate_predictions(calibrated, parts)
    assert list(result.table["metric"]) == list(PREDICTION_METRICS.where(binary=entry.binary))
    row = result.row(name)
    assert row["low"] <= row["value"] <= row["high"]
    if name != "ece":  # the means alone are calibrated, too
        assert entry.good * row["difference"] > 0


def test_the_readme_lists_the_shelves() -> None:
    rows = [(family.replace("_", " "), METRICS.where(family=family)) for family in get_args(Family)]
    rows += [
        (f"of predicted {kind}", PREDICTION_METRICS.where(binary=binary))
        for kind, binary in (("numbers", False), ("chances", True))
    ]
    for label, names in rows:
        needs = [
            f"`{name}` ({', '.join(METRICS[name].needs)})"
            for name in names
            if "predicted" not in label and METRICS[name].needs
        ]
        listed = ", ".join(f"`{name}`" for name in names)
        assert f"| {label} | {listed} | {', '.join(needs)} |" in README


EVEN_SHARE = """
    import numpy as np

    from causalrec.recsys.metrics.metric import ItemMetric


    class EvenShare(ItemMetric):
        name = "even_share"
        kind = "share"
        compared = True
        overview = True
        leads = True

        @classmethod
        def of_items(cls, counts, users):
            return (np.arange(len(counts)) % 2 == 0) * 1.0
"""
WIDTH = """
    import numpy as np

    from causalrec.recsys.metrics.metric import CatalogueMetric


    class Width(CatalogueMetric):
        name = "width"
        compared = True

        @classmethod
        def of_counts(cls, counts):
            return np.sqrt((counts > 0).mean(axis=-1))
"""


def add_metric(patch: pytest.MonkeyPatch, folder: Path, name: str, code: str, kind: str) -> None:
    words = {f"recsys.metric_{name}": name.title(), f"recsys.metric_{name}_about": f"{name} about"}
    add_entry(patch, folder, METRICS, f"{name} = {name}_metric:{kind}", code, words)


def test_a_new_metric_walks_to_the_leaderboard_its_chart_and_compare(
    tmp_path, monkeypatch, workspace, app, split
) -> None:
    add_metric(monkeypatch, tmp_path, "even_share", EVEN_SHARE, "EvenShare")
    add_metric(monkeypatch, tmp_path, "width", WIDTH, "Width")
    workspace.save("dataset", "log", partial(save_dataset, log()))
    workspace.set(dataset="log")
    for model in ("popularity", "ease"):
        run_inline(workspace, "train", {"dataset": "log", "model": model})
    page = app("train", w=workspace.id)
    assert not page.exception
    picker = page.selectbox(key="train-metric")
    assert picker.options[-2:] == ["Even_Share", "Width"]
    columns = list(page.dataframe[0].value.columns)
    assert columns.index("Even_Share @10") < columns.index(table("en")["page_train.device"])
    assert "Width @10" in columns
    assert page.selectbox(key="train-up").options.count("Width") == 1
    page = picker.set_value("even_share").run()
    assert not page.exception
    assert "even_share about" in [caption.value.replace("\\", "") for caption in page.caption]

    policies = []
    for name in ("popularity", "ease"):
        fitted = cr.recommender(name)
        fitted.fit(split.train, split.valid)
        policies.append(cr.Policy.from_recommender(fitted))
    rows = list_rows(*policies, split, before_name=Text("recsys.model_popularity"), k=5)
    names = {row.metric: row for row in rows}
    assert names["even_share"].change.value is not None
    assert names["width"].change.low < names["width"].change.high
    compared = Compared("new", Text("recsys.model_popularity"), Text("recsys.model_ease"))
    answer = compare(compared, rows, goal="width")
    assert measure("width", 5).name.to("zh") == "Width 中@5"
    for lang in LANGUAGES:
        assert measure("even_share", 5).name.to(lang) in str(answer.plot(lang).layout)
