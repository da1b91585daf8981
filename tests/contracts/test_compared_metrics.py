"""A metric that is compared reaches Compare from its own file: figures, verdict, page, chart."""

from __future__ import annotations

import pytest
from practice_entries import add_entry

import causalrec as cr
from causalrec.core.words import LANGUAGES, Text, table
from causalrec.recsys.metrics import METRICS
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.whatif.compare_params import CompareParams, limits_of
from causalrec.whatif.changes.comparison import Compared, compare
from causalrec.whatif.changes.metric_kinds import is_outcome, list_metrics, measure
from causalrec.whatif.forecasts.comparison_parts import list_rows

COMPARED = METRICS.where(compared=True)


@pytest.mark.parametrize("name", COMPARED)
def test_it_is_told_as_its_shelf_says(name: str) -> None:
    entry = METRICS[name]
    assert not is_outcome(name)
    assert (measure(name).good, measure(name).kind) == (entry.good, entry.kind)
    for lang in LANGUAGES:
        assert measure(name, 10).name.to(lang) == f"{measure(name).name.to(lang)}@10"


@pytest.mark.parametrize("name", METRICS.where(may_lose=None))
def test_what_nothing_guards_is_no_option(name: str) -> None:
    assert f"{name}_may_lose" not in CompareParams.model_fields


def test_what_is_guarded_is_an_option_with_words_and_default() -> None:
    guarded = {name: one.may_lose for name, one in METRICS.items() if one.may_lose is not None}
    assert limits_of(CompareParams(scenario="x")) == guarded
    for name in guarded:
        assert METRICS[name].compared
        help_key = CompareParams.model_fields[f"{name}_may_lose"].json_schema_extra["help"]
        for lang in LANGUAGES:
            assert {help_key, f"{help_key}_label"} <= set(table(lang))


REACH = """
    import numpy as np

    from causalrec.recsys.metrics.metric import CatalogueMetric


    class Reach(CatalogueMetric):
        name = "reach"
        kind = "share"
        compared = True
        place = 9

        @classmethod
        def of_counts(cls, counts):
            return np.asarray((counts > 1).mean(axis=-1))
"""


def test_one_file_one_line_and_its_words_reach_the_picker_and_the_chart(
    tmp_path, monkeypatch, workspace, app
) -> None:
    words = {"recsys.metric_reach": "Reach", "recsys.metric_reach_about": "Listed twice."}
    add_entry(monkeypatch, tmp_path, METRICS, "reach = reach:Reach", REACH, words)
    assert list_metrics()[-1] == "reach"
    shop = cr.sample_shop(seed=1, users=80, items=30, impressions=4_000)
    split = cr.Split.by_time(shop.dataset(), test=0.3, valid=0.0)
    model = cr.recommender("popularity")
    model.fit(split.train)
    before = cr.Policy.from_recommender(model, temperature=0.2, ranked=True)
    after = cr.intervention("popularity-penalty", strength=2.0).apply(before, split.train)
    rows = list_rows(before, after, split, before_name=Text("compare.policy", name="a"), k=5)
    assert rows[-1].metric == "reach"
    assert rows[-1].shown("before").endswith("%")
    compared = Compared("Plan", rows[0].before_name, rows[0].before_name)
    for lang in LANGUAGES:
        labels = " ".join(compare(compared, rows).plot(lang).layout.yaxis.ticktext)
        assert measure("reach", 5).name.to(lang).split()[0] in labels
    run_inline(workspace, "shop", {"seed": 3, "users": 120, "items": 40, "impressions": 6_000})
    scenario = {"name": "Plan", "dataset": "shop", "model": "popularity"}
    workspace.save_json("scenario", "Plan", scenario)
    page = app("compare", w=workspace.id)
    label = table("en")["compare.param_goal_label"]
    assert "Reach" in next(one for one in page.selectbox if one.label == label).options
