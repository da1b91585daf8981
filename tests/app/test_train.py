"""Train without a browser: refusals, the form, models side by side, lists, stale models."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.words import table
from causalrec.tasks import run_inline
from causalrec.tasks.train import evaluation_of

WORDS = table("en")
MAPPING = cr.ColumnMapping(user="who", item="what", time="at")


def log(seed: int = 0) -> pd.DataFrame:
    """60 users of two tastes, 30 items, 8 each."""
    rng = np.random.default_rng(seed)
    rows = [
        (f"user {u}", f"i{i}")
        for u in range(60)
        for i in rng.choice(np.arange(u % 2, 30, 2), 8, replace=False)
    ]
    frame = pd.DataFrame(rows, columns=["who", "what"])
    return frame.assign(at=1_600_000_000 + np.arange(len(frame)))


def titles() -> pd.DataFrame:
    names = [f"Title <b>{i}</b> *x*" for i in range(30)]
    return pd.DataFrame({"what": [f"i{i}" for i in range(30)], "title": names})


def keep(workspace, frame: pd.DataFrame | None = None, mapping=MAPPING, name: str = "log") -> None:
    frame = log() if frame is None else frame
    data = cr.Dataset.from_frame(frame, mapping, items=titles(), name=name)
    workspace.save("dataset", name, data.save)
    workspace.set(dataset=name)


def train(workspace, *models: str) -> None:
    for model in models:
        run_inline(workspace, "train", {"dataset": "log", "model": model})


def shown(test) -> str:
    boxes = [*test.markdown, *test.caption, *test.info, *test.error, *test.warning, *test.success]
    return "\n".join(str(box.value) for box in boxes).replace("\\", "")


def test_without_a_dataset_it_points_to_data(app, workspace):
    test = app("train", w=workspace.id)
    assert not test.exception
    assert WORDS["page_train.no_dataset"] in shown(test)


def test_a_log_without_users_says_why_it_cannot_be_trained_on(app, workspace):
    keep(workspace, log(), cr.ColumnMapping(item="what", time="at"))
    test = app("train", w=workspace.id)
    assert not test.exception
    assert WORDS["recsys.no_users"].format(name="log") in shown(test)
    assert WORDS["recsys.no_users_hint"] in shown(test)
    assert not [b for b in test.button if b.key == "train-start"]


def test_a_log_without_positives_says_so(app, workspace):
    mapping = cr.ColumnMapping(user="who", item="what", time="at", outcome="click")
    keep(workspace, log().assign(click=0), mapping)
    test = app("train", w=workspace.id)
    assert not test.exception
    assert WORDS["recsys.no_positives"].format(name="log") in shown(test)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_models_side_by_side_with_protocol_and_titles(app, workspace, lang):
    keep(workspace)
    train(workspace, "popularity", "ease")
    test = app("train", w=workspace.id, lang=lang)
    assert not test.exception
    words = table(lang)
    text = shown(test)
    assert words["recsys.protocol_leave_last"] in text
    assert words["page_train.grey"] in text
    assert len(test.get("plotly_chart")) == 2
    figures = next(f.value for f in test.dataframe if len(f.value.columns) > 5)
    assert list(figures[words["page_train.device"]]) == ["CPU", "CPU"]
    names = {words["recsys.model_ease"], words["recsys.model_popularity"]}
    assert set(figures[words["page_train.model"]]) == names
    value = evaluation_of(workspace.thing("model", "ease").folder).row("ndcg", 10)["value"]
    row = figures[figures[words["page_train.model"]] == words["recsys.model_ease"]].iloc[0]
    assert row["NDCG @10"].startswith(f"{value:.4f} (")
    lists = [f.value for f in test.dataframe if "#" in f.value.columns]
    assert len(lists) == 2
    assert all(
        title.startswith("Title <b>") for f in lists for title in f[words["page_train.item"]]
    )
    assert any(words["page_train.hit"] in set(f[words["page_train.taken_later"]]) for f in lists)


def test_another_user_and_an_unknown_one(app, workspace):
    keep(workspace)
    train(workspace, "popularity", "ease")
    test = app("train", w=workspace.id)
    test.text_input(key="train-user").set_value("user 3").run()
    assert not test.exception
    test.text_input(key="train-user").set_value("<i>nobody</i>").run()
    assert not test.exception
    assert WORDS["page_train.unknown_user"].format(user="<i>nobody</i>") in shown(test)
    test.button(key="train-another").click().run()
    assert not test.exception
    assert test.text_input(key="train-user").value.startswith("user ")


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
    test = app("train", w=workspace.id)
    assert not test.exception
    test.number_input(key="train-ease-regularization").set_value(42.0).run()
    test.selectbox(key="train-protocol").set_value("per_user").run()
    test.button(key="train-start").click().run()
    assert not test.exception
    (run,) = workspace.register.runs("train")
    assert run.params["params"] == {"regularization": 42.0}
    assert run.params["protocol"] == "per_user"
    assert run.params["model"] == "ease"


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
    assert thing.meta["params"] == {"regularization": 5.0}
    model = cr.load_recommender(thing.folder)
    data = cr.Dataset.load(workspace.thing("dataset", "log").folder)
    split = cr.Split.leave_last(data)
    assert model.history.nnz == split.train.matrix().nnz + split.valid.matrix().nnz
    again = cr.evaluate(model, split)
    pd.testing.assert_frame_equal(again.table, result.to_frame())
    assert "NDCG@10" in result.summary()
    assert "EASE" in result.summary("zh")
    assert type(result).model_validate_json(result.model_dump_json()).summary() == result.summary()
