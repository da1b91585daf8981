"""Charts of recommenders: figures with intervals, paired differences, learning curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import pandas as pd

from causalrec.core.results.result import drawing
from causalrec.core.words import Text, worded
from causalrec.plots.recsys.board_options import BoardOptions
from causalrec.plots.recsys.groups import by_group
from causalrec.plots.recsys.model_map import trade_off
from causalrec.plots.recsys.rows import axis_of, changes, dots, figures
from causalrec.plots.theme import Look, new_figure, palette
from causalrec.recsys.evaluation.leaderboard import Leaderboard
from causalrec.recsys.evaluation.metric_table import MetricComparison, MetricTable, verdict_of
from causalrec.recsys.learning.fit_report import FitReport
from causalrec.recsys.metrics import METRICS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["board", "comparison", "curve", "metrics"]


@drawing.register(MetricTable)
def metrics(
    result: MetricTable,
    lang: str = "en",
    *,
    dark: bool = False,
    k: int | None = None,
    height: int | None = None,
) -> Figure:
    """The figures of its overview at one list length (``k``, by default the first)."""
    k = k or result.lengths[0]
    rows = _overview(result.table, k)
    labels = [axis_of(name, k, lang) for name in rows["metric"]]
    figure = new_figure(dark, lang, height=height or 80 + 40 * len(rows))
    written = [f"{value:.4f}" for value in rows["value"]]
    dots(figure, rows, labels, shades=[palette(dark).after] * len(rows), written=written)
    return figure.update_xaxes(title_text=Text("recsys.axis_value").to(lang), rangemode="tozero")


@drawing.register(FitReport)
def curve(result: FitReport, lang: str = "en", *, dark: bool = False, height: int = 220) -> Figure:
    """Loss and validation NDCG by epoch (empty for models solved in one step)."""
    frame = result.curve.set_index("epoch").dropna(axis=1, how="all")
    return drawing(frame, lang=lang, dark=dark, height=height)


@drawing.register(Leaderboard)
def board(
    result: Leaderboard, lang: str = "en", *, dark: bool = False, **options: Unpack[BoardOptions]
) -> Figure:
    """Models side by side.

    Figures with intervals; with ``differences`` those to the base; with ``against`` a map of the
    models; with ``by`` a metric by group.
    """
    options.setdefault("metric", METRICS.default)
    options.setdefault("k", int(result.table["k"].iloc[0]))
    look, metric, k = Look(lang, dark), options["metric"], options["k"]
    if options.get("against") is not None:
        return trade_off(result, look, options)
    if options.get("by") is not None:
        return by_group(result, look, options)
    rows, title, height = (
        result.at(metric, k).iloc[::-1],
        axis_of(metric, k, lang),
        options.get("height"),
    )
    if not options.get("differences"):
        return figures(rows, result.base, metric, look, title=title, height=height)
    rows = rows[rows["name"] != result.base].drop(columns=["value", "low", "high"])
    names = {"change": "value", "change_low": "low", "change_high": "high"}
    title = Text("recsys.axis_minus", metric=title, base=result.base).to(lang)
    return changes(rows.rename(columns=names), metric, look, title=title, height=height)


@drawing.register(MetricComparison)
def comparison(
    result: MetricComparison,
    lang: str = "en",
    *,
    dark: bool = False,
    k: int | None = None,
    height: int | None = None,
) -> Figure:
    """Paired differences of the metrics of the overview at one list length (``k``)."""
    k = k or int(result.table["k"].iloc[0])
    rows = _overview(result.table, k)
    verdicts = [verdict_of(*row) for row in rows[["low", "high", "p"]].to_numpy(dtype=float)]
    names = [axis_of(name, k, lang) for name in rows["metric"]]
    title = Text(
        "recsys.axis_difference_of",
        a=worded("recsys.model_", result.a),
        b=worded("recsys.model_", result.b),
    ).to(lang)
    shown = rows.assign(name=names, verdict=verdicts)
    return changes(shown, "", Look(lang, dark), title=title, height=height)


def _overview(table: pd.DataFrame, k: int) -> pd.DataFrame:
    """The rows of metrics that are drawn together, at one list length, the last first."""
    drawn = table["metric"].isin(METRICS.where(overview=True))
    return table[(table["k"] == k) & drawn].iloc[::-1]
