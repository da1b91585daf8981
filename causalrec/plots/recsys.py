"""Charts of recommenders: figures with intervals, paired differences, learning curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.core.result import draw
from causalrec.core.words import Text
from causalrec.plots.theme import new_figure, palette
from causalrec.recsys.fitting import FitReport
from causalrec.recsys.leaderboard import Leaderboard
from causalrec.recsys.metric_table import MetricComparison, MetricTable
from causalrec.recsys.recommenders import RECOMMENDERS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["board", "comparison", "curve", "metrics"]

#: Metrics of which more is plainly better; of the others a change is shown without a judgement.
BETTER_HIGH = ("recall", "ndcg", "mrr", "hit_rate")
_SHARES = (*BETTER_HIGH, "coverage", "gini")


@draw.register(MetricTable)
def metrics(result: MetricTable, lang: str = "en", *, dark: bool = False, **options: Any) -> Figure:
    """The figures between 0 and 1 at one list length (``k``, by default the first)."""
    k = int(options.get("k") or result.lengths[0])
    rows = result.table[(result.table["k"] == k) & result.table["metric"].isin(_SHARES)].iloc[::-1]
    labels = [_metric(name, k, lang) for name in rows["metric"]]
    figure = new_figure(dark, lang, height=options.get("height", 80 + 40 * len(rows)))
    _dots(figure, rows, labels, [palette(dark).after] * len(rows), "{:.4f}")
    return figure.update_xaxes(title_text=Text("recsys.axis_value").to(lang), rangemode="tozero")


@draw.register(FitReport)
def curve(result: FitReport, lang: str = "en", *, dark: bool = False, **options: Any) -> Figure:
    """Loss and validation NDCG by epoch (empty for models solved in one step)."""
    frame = result.curve.set_index("epoch").dropna(axis=1, how="all")
    return draw(frame, lang=lang, dark=dark, **options)


@draw.register(Leaderboard)
def board(result: Leaderboard, lang: str = "en", *, dark: bool = False, **options: Any) -> Figure:
    """One metric of all models, or their paired differences to the base.

    Options: ``metric`` ("ndcg"), ``k`` (the first), ``differences`` (False), ``height``.
    """
    metric = str(options.get("metric", "ndcg"))
    k = int(options.get("k") or result.table["k"].iloc[0])
    rows = result.at(metric, k).iloc[::-1]
    if options.get("differences"):
        rows = rows[rows["name"] != result.base].drop(columns=["value", "low", "high"])
        names = {"change": "value", "change_low": "low", "change_high": "high"}
        title = Text("recsys.axis_minus", metric=_metric(metric, k, lang), base=result.base)
        return _forest(rows.rename(columns=names), metric, title.to(lang), (lang, dark), options)
    colours = palette(dark)
    shades = [colours.before if name == result.base else colours.after for name in rows["name"]]
    figure = new_figure(dark, lang, height=options.get("height", 70 + 48 * len(rows)))
    _dots(figure, rows, list(rows["name"]), shades, "{:.4f}" if metric in _SHARES else "{:.2f}")
    return figure.update_xaxes(title_text=_metric(metric, k, lang))


@draw.register(MetricComparison)
def comparison(
    result: MetricComparison, lang: str = "en", *, dark: bool = False, **options: Any
) -> Figure:
    """Paired differences of the metrics between 0 and 1 at one list length (``k``)."""
    k = int(options.get("k") or result.table["k"].iloc[0])
    rows = result.table[(result.table["k"] == k) & result.table["metric"].isin(_SHARES)].iloc[::-1]
    rows = rows.assign(name=[_metric(name, k, lang) for name in rows["metric"]])
    title = Text("recsys.axis_difference_of", a=_model(result.a), b=_model(result.b)).to(lang)
    return _forest(rows, "", title, (lang, dark), options)


def _model(name: str) -> Text | str:
    return Text(f"recsys.model_{name.replace('-', '_')}") if name in RECOMMENDERS else name


def _metric(name: str, k: int, lang: str) -> str:
    return f"{Text(f'recsys.metric_{name}').to(lang)} @{k}"


def _forest(
    rows: pd.DataFrame, metric: str, title: str, look: tuple[str, bool], options: dict[str, Any]
) -> Figure:
    lang, dark = look
    figure = new_figure(dark, lang, height=options.get("height", 70 + 48 * len(rows)))
    colours = palette(dark)
    shades, labels = [], []
    for row in rows.to_dict("records"):
        kind, up = row.get("metric", metric), row["low"] > 0
        clear = up or row["high"] < 0
        shade = colours.after if clear else colours.unsure
        if clear and kind in BETTER_HIGH:
            shade = colours.good if up else colours.bad
        arrow = ("▲ " if up else "▼ ") if clear else ""
        shades.append(shade)
        labels.append(f"{arrow}{row['value']:+.4f}")
    figure.add_vline(x=0, line={"color": colours.muted, "width": 1, "dash": "dot"})
    _dots(figure, rows, list(rows["name"]), shades, labels)
    return figure.update_xaxes(title_text=title)


def _dots(
    figure: Figure,
    rows: pd.DataFrame,
    names: Sequence[str],
    shades: Sequence[str],
    labels: str | Sequence[str],
) -> None:
    """One point a row with its interval and its value written above it."""
    shown = [labels.format(v) for v in rows["value"]] if isinstance(labels, str) else labels
    for place, row in enumerate(rows.to_dict("records")):
        value, low, high = (row[name] for name in ("value", "low", "high"))
        figure.add_scatter(
            x=[value],
            y=[_short(names[place])],
            mode="markers+text",
            text=[shown[place]],
            textposition="top center",
            marker={"color": shades[place], "size": 11},
            error_x={
                "type": "data",
                "array": [high - value],
                "arrayminus": [value - low],
                "color": shades[place],
                "thickness": 2,
                "width": 6,
            },
            hovertemplate=f"{shown[place]} ({low:.4f} – {high:.4f}), n = {int(row['n']):,}"
            "<extra></extra>",
        )
    figure.update_layout(showlegend=False, margin={"t": 4})
    figure.update_yaxes(range=[-0.6, len(rows) - 0.4], showgrid=False)


def _short(name: str) -> str:
    """A name as plain text for an axis (plotly reads a few HTML tags)."""
    plain = name.replace("<", "‹").replace(">", "›")
    return plain if len(plain) <= 34 else f"{plain[:33]}…"
