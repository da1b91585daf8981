"""Models side by side, in words and as charts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
import causalrec.plots
from causalrec.core.errors import ParamError
from causalrec.core.statistics.p_values import holm
from causalrec.recsys.evaluation.leaderboard import Leaderboard, leaderboard
from causalrec.recsys.evaluation.metric_table import MetricTable
from causalrec.recsys.model.recommender import Recommender


@pytest.fixture(scope="module")
def models() -> dict[str, Recommender]:
    fitted = {name: cr.recommender(name) for name in ("popularity", "ease")}
    fitted["bpr"] = cr.recommender("bpr", factors=4, epochs=3)
    return fitted


@pytest.fixture(scope="module")
def tables(models: dict[str, Recommender]) -> dict[str, MetricTable]:
    rng = np.random.default_rng(0)
    rows = [
        (f"u{u}", f"i{i}")
        for u in range(80)
        for i in rng.choice(np.arange(u % 2, 40, 2), 8, replace=False)
    ]
    data = cr.Dataset.from_frame(
        pd.DataFrame(rows, columns=["u", "i"]), cr.ColumnMapping(user="u", item="i")
    )
    split = cr.Split.leave_last(data)
    for model in models.values():
        model.fit(split.train, split.valid)
    return {name: cr.evaluate(model, split) for name, model in models.items()}


def rows_at(table: pd.DataFrame) -> pd.Series:
    return table[(table["metric"] == "ndcg") & (table["k"] == 10)].iloc[0]


def board(tables: dict[str, MetricTable], base: str | None = None) -> Leaderboard:
    return leaderboard({f"my {name}": table for name, table in tables.items()}, base)


def test_board_holds_figures_and_paired_differences(tables: dict[str, MetricTable]) -> None:
    ranking = board(tables, "my popularity")
    rows = ranking.at("ndcg", 10).set_index("name")
    assert np.isnan(rows.loc["my popularity", "change"])
    expected = cr.compare_metrics(tables["popularity"], tables["ease"]).table
    expected = expected[(expected["metric"] == "ndcg") & (expected["k"] == 10)].iloc[0]
    for mine, theirs in (("change", "value"), ("change_low", "low"), ("change_high", "high")):
        assert rows.loc["my ease", mine] == expected[theirs]
    raw = {
        name: cr.compare_metrics(tables["popularity"], tables[name]).table
        for name in ("ease", "bpr")
    }
    p = np.array([rows_at(table)["p"] for table in raw.values()])
    assert rows.loc[["my ease", "my bpr"], "p"].to_list() == pytest.approx(holm(p).tolist())
    assert rows.loc["my popularity", "verdict"] == "base"
    assert rows.loc["my ease", "verdict"] == "higher"
    assert ranking.at("auc", 10)["value"].notna().all()
    difference = rows["value"]["my ease"] - rows["value"]["my popularity"]
    assert rows.loc["my ease", "change"] == pytest.approx(difference)


def test_board_speaks(tables: dict[str, MetricTable]) -> None:
    ranking = board(tables, "my popularity")
    clear = ranking.at("ndcg", 10).set_index("name").loc["my ease"]
    assert clear["change_low"] > 0  # the two tastes are plain
    best = ranking.at("ndcg", 10).set_index("name")["value"].idxmax()
    assert ranking.summary().startswith(f"{best} ranks best, clearly ahead of my popularity")
    assert ranking.summary().count(str(best)) == 1  # nobody is said twice
    alone = board(tables, str(best)).summary()
    assert alone.startswith(f"{best}, which the others are compared with, ranks best")
    assert "my ease" in ranking.summary("zh")
    again = Leaderboard.model_validate_json(ranking.model_dump_json())
    assert again.summary() == ranking.summary()


def test_board_of_one_and_of_none(tables: dict[str, MetricTable]) -> None:
    alone = leaderboard({"one": tables["ease"]})
    assert alone.base == "one"
    assert alone.differences.empty
    assert "one" in alone.summary()
    with pytest.raises(ParamError):
        leaderboard({})
    with pytest.raises(ParamError):
        leaderboard({"one": tables["ease"]}, "two")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("dark", [False, True])
def test_charts(
    tables: dict[str, MetricTable], models: dict[str, Recommender], lang: str, dark: bool
) -> None:
    report = models["bpr"].report
    assert report is not None
    ranking = board(tables, "my popularity")
    figures = {
        "values": (ranking.plot(lang, dark=dark, metric="coverage", k=20), 3),
        "changes": (ranking.plot(lang, dark=dark, differences=True), 2),
        "table": (tables["ease"].plot(lang, dark=dark), 6),
        "pair": (cr.compare_metrics(tables["popularity"], tables["ease"]).plot(lang, dark=dark), 6),
        "curve": (report.plot(lang, dark=dark), 2),
    }
    for name, (figure, traces) in figures.items():
        assert len(figure.data) == traces, name
    value = ranking.at("coverage", 20)["value"].to_numpy()[::-1]
    np.testing.assert_allclose([trace.x[0] for trace in figures["values"][0].data], value)


def test_grey_where_the_interval_includes_zero(tables: dict[str, MetricTable]) -> None:
    from causalrec.plots.theme import palette

    ranking = board(tables, "my popularity")
    rows = ranking.at("ndcg", 10).set_index("name")
    figure = ranking.plot(differences=True)
    for trace in figure.data:
        row = rows.loc[trace.y[0]]
        unclear = row["change_low"] <= 0 <= row["change_high"]
        assert (trace.marker.color == palette().unsure) == unclear
        assert ("▲" in trace.text[0] or "▼" in trace.text[0]) != unclear


def test_summaries(tables: dict[str, MetricTable], models: dict[str, Recommender]) -> None:
    report = models["ease"].report
    assert report is not None
    assert "cpu" in report.summary()
    assert "EASE" in tables["ease"].summary("zh")
    sentence = cr.compare_metrics(tables["popularity"], tables["ease"]).summary()
    assert sentence.startswith("EASE against Popularity")
    assert "higher" in sentence
