"""Searches: what is tried, that nothing is lost, that test stays untouched."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import Cancelled, NotFoundError, ParamError
from causalrec.core.params import Params, param
from causalrec.core.progress import silent
from causalrec.core.words import Text
from causalrec.data.storage.store import save_dataset
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.recsys.tuning.search import SearchPlan, search
from causalrec.recsys.tuning.search_result import Budget, SearchResult
from causalrec.recsys.tuning.search_space import space_of
from causalrec.runs.record.runner import load_result, run_inline
from causalrec.tasks.recsys.search import Search, SearchRun, search_of
from causalrec.workspace import Workspace

MAPPING = cr.ColumnMapping(user="who", item="what", time="at")
KNN = {"k": [1, 20], "shrink": [1.0, 1000.0]}
SMALL = {"factors": 4, "epochs": 10, "batch_size": 1_024, "patience": 10}


def log(seed: int = 0) -> pd.DataFrame:
    """90 users of three tastes, 36 items, 9 each."""
    rng = np.random.default_rng(seed)
    rows = [
        (f"user {u}", f"i{i}")
        for u in range(90)
        for i in rng.choice(np.arange(u % 3, 36, 3), 9, replace=False)
    ]
    frame = pd.DataFrame(rows, columns=["who", "what"])
    return frame.assign(at=1_600_000_000 + rng.permutation(len(frame)))


@pytest.fixture(scope="module")
def split() -> cr.Split:
    return cr.Split.leave_last(cr.Dataset.from_frame(log(), MAPPING))


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "root", "Mine")
    data = cr.Dataset.from_frame(log(), MAPPING, name="log")
    workspace.save("dataset", "log", partial(save_dataset, data))
    return workspace


def tried(split: cr.Split, model: str = "item-knn", trials: int = 6, **more: Any) -> SearchResult:
    asked = more.pop("space", KNN)
    space = space_of(RECOMMENDERS[model].Params, asked)
    options = {"on_progress": silent, "on_trial": lambda result: None, "earlier": None}
    options |= {name: more.pop(name) for name in options if name in more}
    return search(SearchPlan(model, space, Budget(trials), **more), split, **options)


class Declared(Params):
    plain: float = param(10.0, help="core.cancelled", ge=0.01, le=1e6)
    narrow: int = param(64, help="core.cancelled", ge=1, le=1_024, search=(16, 256))
    near: float = param(0.5, help="core.cancelled", ge=0.2, le=0.9)
    kind: str = param("a", help="core.cancelled", choices=("a", "b"))
    flag: bool = param(False, help="core.cancelled")
    several: int = param(64, help="core.cancelled", ge=1, le=1_024, search=(32, 64, 128))
    epochs: int = param(100, help="core.cancelled", ge=1, le=2_000, search=())
    folded: int = param(5, help="core.cancelled", ge=1, le=9, advanced=True)
    text: str = param("x", help="core.cancelled")
    zero: float = param(0.0, help="core.cancelled", ge=0.0, le=1.0)


def test_the_space_comes_from_the_declarations() -> None:
    dimensions = {d.name: d for d in space_of(Declared)}
    assert set(dimensions) == {"plain", "narrow", "near", "kind", "flag", "several", "zero"}
    assert (dimensions["plain"].low, dimensions["plain"].high, dimensions["plain"].log) == (
        1.0,
        100.0,
        True,
    )
    assert (dimensions["narrow"].low, dimensions["narrow"].high, dimensions["narrow"].kind) == (
        16,
        256,
        "int",
    )
    assert (dimensions["near"].low, dimensions["near"].high, dimensions["near"].log) == (
        0.2,
        0.9,
        False,
    )
    assert (dimensions["zero"].low, dimensions["zero"].high, dimensions["zero"].log) == (
        0.0,
        1.0,
        False,
    )
    assert dimensions["kind"].choices == ("a", "b")
    assert dimensions["flag"].choices == (False, True)
    assert dimensions["several"].choices == (32, 64, 128)
    assert "plain" not in {d.name for d in space_of(Declared, fixed=("plain",))}


@pytest.mark.parametrize(
    "asked",
    [
        {"nothing": [1, 2]},
        {"plain": [5.0, 1.0]},
        {"plain": []},
        {"plain": 3},
        {"narrow": [1, 5_000]},
        {"kind": ["a", "z"]},
    ],
)
def test_ranges_that_cannot_be_used(asked: dict[str, Any]) -> None:
    with pytest.raises(ParamError):
        space_of(Declared, asked)


def test_models_without_parameters_cannot_be_searched() -> None:
    with pytest.raises(ParamError) as caught:
        space_of(RECOMMENDERS["popularity"].Params)
    assert caught.value.text.key == "search.no_space"


@pytest.mark.parametrize("name", sorted(RECOMMENDERS))
def test_every_model_can_be_fitted_at_the_corners_of_its_space(name: str) -> None:
    """The declared ranges lie within what the parameters allow."""
    params = RECOMMENDERS[name].Params
    try:
        space = space_of(params)
    except ParamError:
        return
    for dimension in space:
        assert dimension.name != "epochs", "early stopping chooses it"
        ends = dimension.choices or (dimension.low, dimension.high)
        for end in ends:
            params.make({dimension.name: int(end) if dimension.kind == "int" else end})


def test_the_defaults_come_first_and_the_best_is_kept(split: cr.Split) -> None:
    space = {"k": [1, 300], "shrink": [1.0, 1000.0]}
    result = tried(split, trials=8, space=space, sampler="random")
    first = result.trials.iloc[0]
    assert (first["param_k"], first["param_shrink"]) == (200, 100.0)
    assert result.default_value == first["value"]
    assert result.best_value == result.trials["value"].max()
    row = result.trials.loc[result.trials["value"].idxmax()]
    assert (result.best["k"], result.best["shrink"]) == (row["param_k"], row["param_shrink"])
    assert list(result.trials["number"]) == list(range(1, 9))
    assert result.finished
    assert set(result.importance["param"]) == {"k", "shrink"}
    assert result.importance["importance"].sum() == pytest.approx(1.0)


def test_a_trials_value_is_the_validation_figure(split: cr.Split) -> None:
    result = tried(split, trials=3)
    best = cr.recommender("item-knn", **result.best)
    best.fit(split.train, split.valid)
    assert cr.evaluate(best, split, on="valid", k=10).row("ndcg")["value"] == pytest.approx(
        result.best_value
    )


def test_the_test_part_is_not_looked_at(split: cr.Split) -> None:
    """With other held-out rows in test the same trials have the same values."""
    data = split.test.with_frame(split.test.frame.iloc[::-1].assign(item=0))
    other = cr.Split(split.train, data, split.valid, split.protocol, split.note)
    keep = ["number", "state", "value", "param_k", "param_shrink"]
    pd.testing.assert_frame_equal(tried(split).trials[keep], tried(other).trials[keep])


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_the_same_seed_gives_the_same_trials(split: cr.Split, sampler: str) -> None:
    asked = {"trials": 12, "sampler": sampler, "seed": 4}
    once, twice = tried(split, **asked), tried(split, **asked)
    drop = ["seconds"]
    pd.testing.assert_frame_equal(once.trials.drop(columns=drop), twice.trials.drop(columns=drop))
    other = tried(split, trials=12, sampler=sampler, seed=5)
    assert list(other.trials["param_shrink"][1:]) != list(once.trials["param_shrink"][1:])


def test_hopeless_trials_are_given_up(split: cr.Split) -> None:
    """Learning rates of 1e-5 are below the median after a few epochs (12 trials, fixed seed)."""
    space = {"learning_rate": [1e-5, 1.0]}
    result = tried(split, "bpr", 12, space=space, fixed=SMALL, sampler="random", seed=1)
    pruned = result.trials[result.trials["state"] == "pruned"]
    assert len(pruned)
    assert (pruned["epochs_done"] < 10).all()
    assert (pruned["value"] < result.best_value).all()
    assert (result.trials.query("state == 'complete'")["epochs_done"] == 10).all()


def test_a_trial_that_fails_is_kept_and_the_search_goes_on(
    split: cr.Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    from causalrec.core.errors import DataError
    from causalrec.recsys.recommenders.item_knn import ItemKNN

    real, calls = ItemKNN._fit, []

    def sometimes(self: Any, job: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise DataError("recsys.diverged", hint="recsys.non_finite_hint", epoch=3)
        return real(self, job)

    monkeypatch.setattr(ItemKNN, "_fit", sometimes)
    result = tried(split, trials=4)
    assert list(result.trials["state"]) == ["complete", "failed", "complete", "complete"]
    assert result.notes[0].key == "search.trial_failed"


def test_the_time_ends_a_search_but_not_before_one_trial_is_done(split: cr.Split) -> None:
    space = space_of(RECOMMENDERS["item-knn"].Params, KNN)
    budget = Budget(500, minutes=1e-9)
    plan = SearchPlan("item-knn", space, budget)
    search_result = search(plan, split, on_progress=silent, on_trial=lambda result: None)
    assert 1 <= len(search_result.trials) <= 2
    assert search_result.best_value is not None


def test_a_search_as_a_run(ws: Workspace) -> None:
    told: list[dict[str, float]] = []

    def listen(fraction: float, message: Text | None = None, /, **metrics: float) -> None:
        if "trial" in metrics:
            told.append(metrics)

    asked = {"dataset": "log", "model": "item-knn", "trials": 4, "space": KNN, "name": "tuned"}
    done = run_inline(ws, Search, asked, listen)
    assert [row["trial"] for row in told] == [1.0, 2.0, 3.0, 4.0]
    assert told[-1]["best"] == done.search.best_value
    model = ws.thing("model", "tuned")
    assert model.meta["params"] == {**model.meta["params"], **done.search.best}
    assert done.training.name == "tuned"
    kept = ws.thing("search", "tuned")
    assert kept.made_from[0].name == "log"
    assert SearchResult.model_validate(kept.json()).best == done.search.best
    again = load_result(ws, ws.register.runs("search")[0].id)
    assert isinstance(again, SearchRun)
    assert again.search.best == done.search.best
    for lang in ("en", "zh"):
        assert f"{done.search.best_value:.4f}" in done.summary(lang)


def test_a_stopped_search_keeps_its_trials_goes_on_and_is_finished(ws: Workspace) -> None:
    def stop(fraction: float, message: Text | None = None, /, **metrics: float) -> None:
        if metrics.get("trial") == 3:
            raise Cancelled

    asked = {"dataset": "log", "model": "item-knn", "trials": 6, "space": KNN, "sampler": "random"}
    with pytest.raises(Cancelled):
        run_inline(ws, "search", asked, stop)
    run = ws.register.runs("search")[0]
    so_far = search_of(ws, run)
    assert len(so_far.trials) >= 2
    assert not so_far.finished
    assert len(SearchResult.model_validate(ws.thing("search", "item-knn").json()).trials) >= 2
    finished = run_inline(ws, Search, {"resume": run.id, "finish": True, "name": "enough"})
    assert finished.search.best == so_far.best
    assert ws.thing("model", "enough").meta["params"]["k"] == so_far.best["k"]
    whole = run_inline(ws, Search, {"resume": run.id})
    assert len(whole.search.trials) == 20, "as many as now asked for by default, or then"
    n = len(so_far.trials)
    pd.testing.assert_frame_equal(whole.search.trials.head(n), so_far.trials)


def test_what_cannot_be_finished(ws: Workspace) -> None:
    with pytest.raises(ParamError):
        run_inline(ws, "search", {})
    waiting = ws.register.add("search", {"dataset": "log"})
    ws.register.ask_cancel(waiting)
    with pytest.raises(NotFoundError):
        run_inline(ws, "search", {"resume": waiting, "finish": True})


@pytest.mark.parametrize("kind", ["history", "importance", "parallel"])
def test_its_charts(split: cr.Split, kind: str) -> None:
    result = tried(split, trials=8, sampler="random")
    for lang in ("en", "zh"):
        figure = result.plot(lang, kind=kind)
        assert len(figure.data)
        figure.to_json()
