"""Train without a browser: refusals, the form, models side by side, lists, stale models."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import Cancelled
from causalrec.core.words import table
from causalrec.data.storage.store import load_dataset, save_dataset
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.recsys.export import Exported
from causalrec.tasks.recsys.train import evaluation_of

WORDS = table("en")
MAPPING = cr.ColumnMapping(user="who", item="what", time="at")


def family(test, name: str):
    """The row of a family's models: its key goes on with what is chosen."""
    rows = [row for row in test.button_group if str(row.key).startswith(f"train-family-{name}-")]
    return rows[0]


def log(seed: int = 0) -> pd.DataFrame:
    """60 users of two tastes, 30 items, 6 to 10 each."""
    rng = np.random.default_rng(seed)
    rows = [
        (f"user {u}", f"i{i}")
        for u in range(60)
        for i in rng.choice(np.arange(u % 2, 30, 2), 6 + u % 5, replace=False)
    ]
    frame = pd.DataFrame(rows, columns=["who", "what"])
    return frame.assign(at=1_600_000_000 + np.arange(len(frame)))


def titles() -> pd.DataFrame:
    names = [f"Title <b>{i}</b> *x*" for i in range(30)]
    return pd.DataFrame({"what": [f"i{i}" for i in range(30)], "title": names})


def keep(workspace, frame: pd.DataFrame | None = None, mapping=MAPPING, name: str = "log") -> None:
    frame = log() if frame is None else frame
    data = cr.Dataset.from_frame(frame, mapping, items=titles(), name=name)
    workspace.save("dataset", name, partial(save_dataset, data))
    workspace.set(dataset=name)


def train(workspace, *models: str) -> None:
    for model in models:
        run_inline(workspace, "train", {"dataset": "log", "model": model})


def shown(test) -> str:
    boxes = [*test.markdown, *test.caption, *test.info, *test.error, *test.warning, *test.success]
    return "\n".join(str(box.value) for box in boxes).replace("\\", "").replace("\u2060", "")


def test_without_a_dataset_it_points_to_data(app, workspace):
    test = app("train", w=workspace.id)
    assert not test.exception
    assert WORDS["page_train.no_dataset"] in shown(test)


@pytest.mark.parametrize(("key", "onward"), [("no_users", "graph"), ("no_model", "interventions")])
def test_a_log_without_users_needs_no_model_and_leads_on(app, workspace, key, onward):
    chance = {"propensity": "chance"} if key == "no_model" else {}
    frame = log().assign(chance=0.1)
    keep(workspace, frame, cr.ColumnMapping(item="what", time="at", **chance))
    test = app("train", w=workspace.id)
    assert not test.exception
    assert not test.error
    assert WORDS[f"page_train.{key}"] in shown(test)
    assert [b.key for b in test.button if str(b.key).startswith("next-")] == [f"next-{onward}"]
    assert not [b for b in test.button if b.key == "train-start"]


def test_a_log_without_positives_says_so(app, workspace):
    mapping = cr.ColumnMapping(user="who", item="what", time="at", outcome="click")
    keep(workspace, log().assign(click=0), mapping)
    test = app("train", w=workspace.id)
    assert not test.exception
    assert WORDS["recsys.no_positives"].format(name="log") in shown(test)


def see(test, view: str):
    """Change to another view of the page."""
    return test.segmented_control(key="train-view").set_value(view).run()


def closer(app, workspace, view: str, **query):
    """The page looking closer in one of its ways."""
    state = {"train-view": "closer", "train-closer": view}
    return app("train", state=state, w=workspace.id, **query)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_models_side_by_side_with_protocol_verdict_and_cost(app, workspace, lang):
    keep(workspace)
    train(workspace, "popularity", "ease")
    test = app("train", w=workspace.id, lang=lang)
    assert not test.exception
    words = table(lang)
    text = shown(test)
    assert words["recsys.protocol_leave_last"] in text
    assert words["page_train.grey"] in text
    assert words["page_train.groups_about"] in text
    assert len(test.get("plotly_chart")) == 4
    figures = test.dataframe[0].value
    assert list(figures[words["page_train.device"]]) == ["CPU", "CPU"]
    names = {words["recsys.model_ease"], words["recsys.model_popularity"]}
    assert set(figures[words["page_train.model"]]) == names
    verdicts = [list(chips) for chips in figures[words["page_train.verdict"]]]
    assert [words["page_train.verdict_base"]] in verdicts
    found = evaluation_of(workspace.thing("model", "ease").folder).row("ndcg", 10)
    row = figures[figures[words["page_train.model"]] == words["recsys.model_ease"]].iloc[0]
    assert row["NDCG @10"].startswith(f"{found['value']:.4f} (")
    assert row[words["page_train.cost_cpu_seconds"]] >= 0
    assert row[words["page_train.cost_disk_mb"]] > 0


def test_a_model_just_trained_joins_what_is_compared(app, workspace):
    keep(workspace)
    train(workspace, "popularity", "random")
    test = app("train", w=workspace.id)
    assert len(test.multiselect("train-compared").value) == 2
    train(workspace, "ease")
    test.run()
    names = test.multiselect("train-compared").value
    assert len(names) == 3
    assert "EASE" in test.info[0].value
    test.multiselect("train-compared").unselect(names[1]).run()
    assert len(test.multiselect("train-compared").value) == 2  # what was taken out stays out
    assert not test.exception


def test_the_scatter_and_the_groups_follow_their_choices(app, workspace):
    keep(workspace)
    train(workspace, "popularity", "ease", "item-knn")
    test = app("train", w=workspace.id)
    test.selectbox(key="train-up").set_value("cpu_seconds").run()
    assert not test.exception
    test.selectbox(key="train-metric").set_value("gini").run()
    assert not test.exception
    test.multiselect(key="train-grouped").set_value([]).run()
    assert not test.exception
    assert len(test.get("plotly_chart")) == 3


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_user_s_lists_from_two_models(app, workspace, lang):
    keep(workspace)
    train(workspace, "popularity", "ease")
    test = closer(app, workspace, "lists", lang=lang)
    assert not test.exception
    words = table(lang)
    lists = [f.value for f in test.dataframe if "#" in f.value.columns]
    assert len(lists) == 2
    item = words["page_train.item"]
    assert all(title.startswith("Title <b>") for f in lists for title in f[item])
    assert any(words["page_train.hit"] in set(f[words["page_train.taken_later"]]) for f in lists)


def test_another_user_and_an_unknown_one(app, workspace):
    keep(workspace)
    train(workspace, "popularity", "ease")
    test = closer(app, workspace, "lists")
    test.text_input(key="train-user").set_value("user 3").run()
    assert not test.exception
    test.text_input(key="train-user").set_value("<i>nobody</i>").run()
    assert not test.exception
    assert WORDS["page_train.unknown_user"].format(user="<i>nobody</i>") in shown(test)
    test.button(key="train-another").click().run()
    assert not test.exception
    assert test.text_input(key="train-user").value.startswith("user ")


def test_a_history_by_hand_names_and_skips_what_is_unknown(app, workspace):
    keep(workspace)
    train(workspace, "popularity", "ease")
    test = closer(app, workspace, "by_hand")
    assert WORDS["page_train.by_hand_empty"] in shown(test)
    test.multiselect(key="train-liked").set_value(["i2", "i4"]).run()
    test.text_area(key="train-pasted").set_value("i6\n=cmd()\ni2").run()
    assert not test.exception
    assert "=cmd()" in shown(test)
    assert WORDS["page_train.by_hand_about"].format(n=3) in shown(test)
    lists = [f.value for f in test.dataframe]
    assert len(lists) == 2
    model = cr.load_recommender(workspace.thing("model", "ease").folder)
    wanted = model.recommend(histories=[["i2", "i4", "i6"]], k=10)["item"]
    titles_of = [f"Title <b>{int(i[1:])}</b> *x*" for i in wanted]
    assert any(list(f[WORDS["page_train.item"]]) == titles_of for f in lists)


def test_similar_items_of_one_item_and_of_an_unknown_one(app, workspace):
    keep(workspace)
    train(workspace, "popularity", "ease")
    test = closer(app, workspace, "similar")
    assert not test.exception
    assert [len(f.value) for f in test.dataframe] == [10, 10]
    state = {"train-view": "closer", "train-closer": "similar", "train-item": "not an item"}
    test = app("train", state=state, w=workspace.id)
    assert not test.exception
    assert WORDS["page_train.item_unknown"].format(item="not an item") in shown(test)


def test_a_model_of_an_older_version_says_so_and_is_not_compared(app, workspace):
    keep(workspace)
    train(workspace, "popularity", "ease")
    keep(workspace, log(seed=1))
    train(workspace, "ease")
    test = app("train", w=workspace.id)
    assert not test.exception
    assert any("newer version" in w.value for w in test.warning)
    assert "not compared" in shown(test)
    redo = [b for b in test.button if b.label == WORDS["ui.redo"]]
    assert len(redo) == 1
    redo[0].click().run()
    runs = workspace.register.runs("train")
    assert runs[0].params["model"] == "popularity"
    assert runs[0].params["dataset"] == "log"
    test = app("train", w=workspace.id)
    assert not test.exception


def test_start_registers_a_run_with_the_form_s_parameters(app, workspace):
    keep(workspace)
    test = app("train", state={"causalrec_train_models": ["ease"]}, w=workspace.id)
    assert not test.exception
    test.number_input(key="train-ease-regularization").set_value(42.0).run()
    test.selectbox(key="train-protocol").set_value("per_user").run()
    test.selectbox(key="train-run-weighting").set_value("popularity").run()
    test.number_input(key="train-run-clip").set_value(4.0).run()
    test.button(key="train-start").click().run()
    assert not test.exception
    (run,) = workspace.register.runs("train")
    assert run.params["params"] == {"regularization": 42.0}
    assert run.params["protocol"] == "per_user"
    assert run.params["model"] == "ease"
    assert (run.params["weighting"], run.params["clip"]) == ("popularity", 4.0)


def test_several_models_in_one_go_from_the_suggestions_and_the_families(app, workspace):
    keep(workspace)
    test = app("train", w=workspace.id)
    first = test.button_group(key="train-model").value
    assert len(first) == 1
    family(test, "simple").set_value(["popularity", "random"]).run()
    family(test, "linear").set_value(["ease"]).run()
    assert not test.exception
    assert set(test.button_group(key="train-model").value) == {
        *first,
        "popularity",
        "random",
        "ease",
    }
    family(test, "simple").set_value(["random"]).run()
    test.button(key="train-start").click().run()
    assert not test.exception
    asked = [run.params["model"] for run in workspace.register.runs("train")]
    assert sorted(asked) == sorted({*first, "random", "ease"} - {"popularity"})


def test_a_search_is_started_shown_and_its_best_trained(app, workspace):
    keep(workspace)
    test = app("train", state={"causalrec_train_models": ["ease"]}, w=workspace.id)
    test.segmented_control(key="train-mode").set_value("search").run()
    test.number_input(key="train-search-trials").set_value(3).run()
    test.button(key="train-start").click().run()
    assert not test.exception
    (run,) = workspace.register.runs("search")
    assert (run.params["model"], run.params["trials"]) == ("ease", 3)
    run_inline(workspace, "search", {"dataset": "log", "model": "ease", "trials": 3})
    test = app("train", state={"train-view": "searches"}, w=workspace.id)
    assert not test.exception
    assert len(test.dataframe[0].value) == 3
    assert WORDS["page_train.no_importance"] in shown(test)
    test.button(key="train-best").click().run()
    assert not test.exception
    best = workspace.thing("search", "ease").meta["best"]
    assert workspace.register.runs("train")[0].params["params"] == best


def test_a_stopped_run_offers_to_go_on_and_to_keep_its_best(app, workspace):
    keep(workspace)

    def stop(fraction: float, message=None, /, **metrics: float) -> None:
        if metrics.get("epoch", 0) >= 3:
            raise Cancelled

    params = {"dataset": "log", "model": "ials", "params": {"epochs": 50}}
    with pytest.raises(Cancelled):
        run_inline(workspace, "train", params, stop)
    (run,) = workspace.register.runs("train")
    test = app("train", w=workspace.id)
    assert not test.exception
    told = [b.label for b in test.button if b.key == f"train-go-on-{run.id}"]
    assert told == [WORDS["page_train.go_on"].format(epoch=3)]
    test.button(key=f"train-keep-{run.id}").click().run()
    assert not test.exception
    newest = workspace.register.runs("train")[0]
    assert (newest.params["resume"], newest.params["finish"]) == (run.id, True)
    assert not [b for b in test.button if b.key == f"train-keep-{run.id}"]


def test_the_task_keeps_what_was_said(workspace):
    """Saved figures are the saved model's, its history holds train and validation, words too."""
    keep(workspace)
    result = run_inline(
        workspace,
        "train",
        {"dataset": "log", "model": "ease", "params": {"regularization": 5.0}, "name": "mine"},
    )
    thing = workspace.thing("model", "mine")
    assert thing.made_from[0].name == "log"
    assert thing.meta["params"]["regularization"] == 5.0
    model = cr.load_recommender(thing.folder)
    data = load_dataset(workspace.thing("dataset", "log").folder)
    split = cr.Split.leave_last(data)
    assert model.history.nnz == split.train.matrix().nnz + split.valid.matrix().nnz
    again = cr.evaluate(model, split)
    pd.testing.assert_frame_equal(again.table, result.to_frame())
    assert "NDCG@10" in result.summary()
    assert "EASE" in result.summary("zh")
    assert type(result).model_validate_json(result.model_dump_json()).summary() == result.summary()


RATED = cr.ColumnMapping(user="who", item="what", time="at", outcome="stars")


def test_predictions_variants_and_an_export_are_runs_whose_results_stay(app, workspace):
    stars = np.random.default_rng(0).integers(1, 6, len(log()))
    keep(workspace, log().assign(stars=stars), RATED)
    train(workspace, "ease")
    asked: dict[str, dict[str, Any]]
    asked = {"predict": {"model": "ease"}, "variant": {"model": "ease", "forms": ["int8"]}}
    asked["export"] = {"run": workspace.thing("model", "ease").run, "form": "tensorboard"}
    views = {"predict": "predict", "variant": "variants", "export": "export"}
    for task, params in asked.items():
        test = closer(app, workspace, views[task])
        assert not test.exception
        if task == "variant":
            test.button_group(key="train-forms").set_value(["int8"]).run()
        test.button(key=f"train-{task}").click().run()
        assert not test.exception
        (run,) = workspace.register.runs(task)
        assert {name: run.params[name] for name in params} == params
        result = run_inline(workspace, task, params)
        test = closer(app, workspace, views[task])
        assert not test.exception
        parts = [result.summary()]
        if isinstance(result, Exported):
            parts = [result.sentence(), result.command]
        texts = shown(test) + "".join(str(one.value) for one in test.code)
        assert all(part in texts for part in parts)
    test = app("train", w=workspace.id)
    assert not test.exception
    names = set(test.dataframe[0].value[WORDS["page_train.model"]])
    assert names == {"EASE", f"EASE · {WORDS['recsys.variant_int8']}"}
