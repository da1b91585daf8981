"""What a notebook and a terminal show: short, without addresses, and names are text."""

from __future__ import annotations

import dataclasses
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from practice_examples import HOSTILE, example_of
from practice_package import public_classes, results

import causalrec as cr
from causalrec.causal.effects.effect import Effect
from causalrec.core.results.display import Displayed
from causalrec.core.results.result import Result
from causalrec.data.reading.files import import_file
from causalrec.data.steps.apply import StepEffect
from causalrec.whatif.changes.sources import LISTS, methods
from causalrec.whatif.forecasts.forecast import Forecast
from causalrec.whatif.forecasts.scenario import Scenario, Step

ADDRESS = re.compile(r"\bat 0x[0-9a-f]+|object at")
MOST_LINES, MOST_LETTERS = 7, 2000


def _table_file() -> dict[str, Any]:
    path = Path(tempfile.mkdtemp()) / "log.csv"
    path.write_text("user,item\na,b\n", encoding="utf-8")
    return dict(import_file(path, path.with_suffix(".parquet")))


def _quantiles() -> pd.DataFrame:
    return pd.DataFrame({"unit": ["user"] * 2, "quantile": [0.5, 0.9], "rows": [3, 9]})


def _figures(*effects: str) -> dict[str, Any]:
    """One row an effect, of whichever method."""
    ends = {"value": 0.1, "low": 0.0, "high": 0.2}
    return {"rows": pd.DataFrame([{"method": "lines", "effect": one, **ends} for one in effects])}


# Where the types of fields do not say what the class asks of its values.
GIVEN: dict[str, Callable[[], dict[str, Any]]] = {
    "Effect": lambda: {"arms": (HOSTILE, HOSTILE), "outcome": HOSTILE},
    "Effects": lambda: {"steps": (example_of(StepEffect, step="k_core"),)},
    "StepEffect": lambda: {"step": "k_core"},
    "Forecast": lambda: {"method": methods()[0]},
    "ForecastSet": lambda: {"forecasts": (example_of(Forecast, method=methods()[0]),)},
    "Interaction": lambda: _figures("first", "second", "interaction"),
    "Mediation": lambda: _figures("total", "direct", "indirect"),
    "MetricChange": lambda: {"source": LISTS},
    "Questions": lambda: {"effects": (Effect(treatment=HOSTILE, outcome=HOSTILE),)},
    "Sessions": lambda: {"frame": _quantiles(), "n": {"user": 3}},
    "TableFile": _table_file,
}


def class_name(one: type) -> str:
    return one.__name__


def checked(thing: Any) -> str:
    """The HTML of a thing whose repr is short; it is well-formed and holds no element of ours."""
    said = repr(thing)
    assert len(said.splitlines()) <= MOST_LINES
    assert len(said) <= MOST_LETTERS
    assert not ADDRESS.search(said)
    html = thing._repr_html_()
    parsed = ElementTree.fromstring(html.replace("&nbsp;", " "))
    assert not ADDRESS.search("".join(parsed.itertext()))
    tags = {part.tag.rpartition("}")[2] for part in parsed.iter()}
    assert "script" not in tags
    return html


def test_given_values_are_of_answers_that_exist() -> None:
    assert set(GIVEN) <= {one.__name__ for one in results()}


@pytest.mark.parametrize("kind", sorted(results() - {Result}, key=class_name), ids=class_name)
def test_every_answer_says_itself(kind: type[Result]) -> None:
    given = GIVEN.get(kind.__name__, dict)()
    answer = example_of(kind, **given)
    html = checked(answer)
    assert kind.__name__ in html
    assert str(answer) == repr(answer)
    assert isinstance(answer.to_frame(), pd.DataFrame)
    assert set(answer.model_dump()) == set(kind.model_fields)


def test_every_public_class_says_itself() -> None:
    reached = public_classes()
    assert {cr.Dataset, cr.Split, cr.Policy, cr.CausalGraph, cr.Workspace, Scenario} & reached
    for one in reached - {Displayed}:
        assert one.__repr__ is not object.__repr__, one
        if dataclasses.is_dataclass(one) and not issubclass(one, Displayed):
            kinds = " ".join(str(field.type) for field in dataclasses.fields(one))
            assert not re.search("ndarray|Array|DataFrame|csr_matrix", kinds), one


@pytest.fixture(scope="module")
def log() -> cr.Dataset:
    """A log in which every name is hostile."""
    rng = np.random.default_rng(0)
    n = 600
    frame = pd.DataFrame(
        {
            HOSTILE: [f"<b>{i}</b>" for i in rng.integers(0, 40, n)],
            "<i>item</i>": [f"{HOSTILE}{i}" for i in rng.integers(0, 20, n)],
            "time": 1_700_000_000 + np.arange(n) * 3600,
            "click": rng.integers(0, 2, n),
            "propensity": 0.05,
            "<u>group</u>": rng.choice([HOSTILE, "b"], n),
        }
    )
    mapping = cr.ColumnMapping(
        user=HOSTILE,
        item="<i>item</i>",
        time="time",
        outcome="click",
        propensity="propensity",
        covariates=("<u>group</u>",),
    )
    return cr.Dataset.from_frame(frame, mapping, name=HOSTILE)


@pytest.fixture(scope="module")
def split(log: cr.Dataset) -> cr.Split:
    return cr.Split.by_time(log)


@pytest.fixture(scope="module")
def model(split: cr.Split) -> Any:
    model = cr.recommender("ease", regularization=7.0)
    assert "not fitted" in repr(model)
    model.fit(split.train)
    return model


def test_a_log_and_its_parts(log: cr.Dataset, split: cr.Split) -> None:
    assert "600 rows, 40 users, 20 items" in repr(log)
    assert "&lt;script&gt;" in checked(log)
    rows = log.to_frame()
    assert len(rows) == 600
    assert rows["user"].iloc[0].startswith("<b>")
    checked(split)
    sizes = split.to_frame()
    assert sizes["part"].tolist() == ["train", "valid", "test"]
    assert sizes["rows"].sum() == 600
    impressions = cr.exposure_log(log)
    checked(impressions)
    assert impressions.to_frame()["item"].iloc[0].startswith("<script>")


def test_models_and_policies(model: Any, log: cr.Dataset) -> None:
    assert repr(model) == "EASE (regularization=7.0), fitted on 40 users and 20 items."
    checked(model)
    assert dict(model.to_frame().to_numpy())["regularization"] == 7.0
    policy = cr.Policy.from_recommender(model)
    checked(policy)
    lists = policy.to_frame()
    assert lists["user"].nunique() == 40
    assert lists.groupby("user").size().eq(10).all()
    change = cr.intervention("explore", epsilon=0.2)
    checked(change)
    checked(change.apply(policy, log))


def test_a_graph_is_a_figure() -> None:
    graph = cr.CausalGraph(
        [(HOSTILE, "b"), ("b", "c"), (HOSTILE, "c"), ("d", "c")],
        bidirected=[("b", "c"), (HOSTILE, "d")],
        latent=["d"],
        roles={"b": ["treatment"], "c": ["outcome"]},
        bindings={"b": "column b"},
        positions={"b": (1.0, 2.0)},
    )
    checked(graph)
    picture = ElementTree.fromstring(graph._repr_svg_())
    texts = [one.text for one in picture.iter() if one.tag.endswith("}text")]
    assert len(texts) == 4
    assert "b" in texts
    assert graph._repr_svg_() in graph._repr_html_()
    arrows = [one for one in picture.iter() if one.tag.endswith("}polygon")]
    assert len(arrows) == 4
    assert graph.to_frame()["kind"].tolist() == ["arrow"] * 4 + ["common cause"] * 2
    assert cr.CausalGraph([])._repr_svg_() is None
    large = cr.CausalGraph([(f"n{i}", f"n{i + 1}") for i in range(80)])
    assert large._repr_svg_() is None
    assert "81 nodes" in checked(large)


def test_a_graph_for_networkx() -> None:
    import networkx as nx

    graph = cr.CausalGraph(
        [("x", "y")], latent=["u"], bidirected=[("x", "y")], bindings={"x": "column"}
    )
    other = graph.to_networkx()
    assert nx.is_directed_acyclic_graph(other)
    assert set(other.edges) == {("x", "y"), ("U1", "x"), ("U1", "y")}
    assert other.nodes["x"] == {"latent": False, "roles": (), "column": "column"}
    assert other.nodes["u"]["latent"]
    assert other.nodes["U1"]["bidirected"]
    again = cr.read_graph("\n".join(nx.generate_gml(_gml(other))))
    assert again.bidirected == graph.bidirected


def _gml(graph: Any) -> Any:
    """The same graph with the marks that GML can write."""
    kept = graph.copy()
    for _, marks in kept.nodes(data=True):
        mine = {name: int(marks[name]) for name in ("latent", "bidirected") if marks.get(name)}
        marks.clear()
        marks.update(mine)
    return kept


def test_a_workspace_and_what_it_keeps(tmp_path: Path) -> None:
    workspace = cr.Workspace.create(tmp_path, HOSTILE)
    checked(workspace)
    thing = workspace.save_json("graph", HOSTILE, {"a": [1] * 1000}, meta={"long": "x" * 5000})
    checked(thing)
    assert workspace.to_frame()[["kind", "version"]].to_numpy().tolist() == [["graph", 1]]
    workspace.register.add("train", {"long": "x" * 5000})
    (run,) = workspace.register.runs()
    checked(run)
    assert "train waits" in repr(run)


def test_a_scenario(log: cr.Dataset) -> None:
    step = Step(name="hide-items", params={"items": [HOSTILE]})
    scenario = Scenario(name=HOSTILE, dataset=log.name, interventions=(step,))
    checked(scenario)
    assert scenario.to_frame()["intervention"].tolist() == [step.name]
    broken = scenario.model_copy(update={"interventions": (Step(name="no-such"),)})
    assert "no-such" in checked(broken), "what cannot be made says why"


def test_parameters_say_what_was_chosen(log: cr.Dataset) -> None:
    assert repr(cr.ColumnMapping(item="i")) == "ColumnMapping(item='i')"
    assert repr(Step(name="explore")) == "Step(name='explore')"
    assert cr.ColumnMapping(item="i").model_dump()["user"] is None


def test_a_world_and_a_shop() -> None:
    shop = cr.sample_shop(seed=3, users=60, items=20, impressions=4_000)
    assert "4,000 impressions, 60 users and 20 items" in checked(shop)
    assert len(shop.to_frame()) == 4_000
    world = cr.fit_world(shop.dataset(), members=3)
    assert "<svg" in checked(world)
    assert world.to_frame()["position"].is_monotonic_increasing
    checked(shop.logging_policy())


def test_entries_of_shelves_say_their_name() -> None:
    from causalrec.recsys.metrics import METRICS

    assert repr(cr.text_encoder("tf-idf")).startswith("TfIdf: ")
    assert "ndcg" in repr(METRICS)
