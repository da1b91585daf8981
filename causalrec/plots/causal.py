"""Charts of effects: estimators side by side, overlap, balance."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from causalrec.causal.effects.effect import Effect, step_word
from causalrec.causal.estimators import adjusts, label_of
from causalrec.causal.refuters.refutations import Refutations
from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import UNNAMED
from causalrec.core.words import Text, render
from causalrec.core.words.numbers import written
from causalrec.plots.sensitivity import refutations, sensitivity
from causalrec.plots.theme import Look, band, new_figure, palette

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["effect", "effect_scale"]

MOST_COVARIATES = 25


@drawing.register(Effect)
def effect(
    result: Effect,
    lang: str = "en",
    *,
    dark: bool = False,
    show: str = "forest",
    truth: float | None = None,
) -> Figure:
    """An effect's chart.

    Args:
        result: the effect.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
        show: "forest", "overlap", "love", "levels", "attempts" or "hidden".
        truth: the true value, drawn as a line among intervals.
    """
    charts = {
        "forest": _forest,
        "overlap": _overlap,
        "love": _love,
        "levels": _levels,
        "attempts": _attempts,
        "hidden": _hidden,
    }
    return charts[show](result, Look(lang, dark), truth)


def effect_scale(result: Effect) -> tuple[float, Text]:
    """What values are multiplied by, and the axis's title: as sentences tell them, a slope's step.

    Returns:
        The factor, and the title with the measure's name and unit.
    """
    measure, step = result.measure, result.step or 1.0
    key = "compare.axis_change_unit" if measure.unit_word else "compare.axis_change_of"
    title = Text(key, metric=measure.said, unit=measure.unit_word)
    if result.step is not None:
        facts = {"step": step_word(step), "treatment": result.treatment}
        title = Text("causal.axis_step", title=title, **facts)
    return measure.scale * step, title


class _Rows(NamedTuple):
    """What a chart of intervals shows: value, low and high a row, its name, whether as seen."""

    frame: pd.DataFrame
    names: list[str]
    seen: list[bool]


def _forest(result: Effect, look: Look, truth: float | None) -> Figure:
    rows = result.to_frame()
    names = [str(render(label_of(name), look.lang)) for name in rows["estimator"]]
    seen = [not adjusts(name) for name in rows["estimator"]]
    return _intervals(result, _Rows(rows, names, seen), look, truth)


def _levels(result: Effect, look: Look, truth: float | None) -> Figure:
    rows = result.contrasts
    names = [
        Text("causal.versus", treated=a, control=b).to(look.lang)
        for a, b in zip(rows["level"], rows["control"], strict=True)
    ]
    return _intervals(result, _Rows(rows, names, [False] * len(rows)), look, truth)


def _intervals(result: Effect, rows: _Rows, look: Look, truth: float | None) -> Figure:
    """One dot with its interval a row, first on top; zero and the truth as lines."""
    lang, dark = look
    colours = palette(dark)
    scale, title = effect_scale(result)
    names = rows.names
    figure = new_figure(dark, lang, height=110 + 44 * len(names))
    figures = scale * rows.frame[["value", "low", "high"]].to_numpy(dtype=float)
    for (value, low, high), name, seen in zip(figures, names, rows.seen, strict=True):
        if np.isnan(value):
            continue
        colour = colours.before if seen else colours.after
        figure.add_scatter(
            x=[value],
            y=[name],
            mode="markers+text",
            text=[written(f"{value:+.3g}")],
            textposition="top center",
            cliponaxis=False,
            error_x={"array": [high - value], "arrayminus": [value - low], "thickness": 2},
            marker={
                "size": 11,
                "color": colour,
                "symbol": "diamond-open" if seen else "circle",
            },
            hovertemplate=written(f"{value:+.4g} ({low:+.4g} – {high:+.4g})") + UNNAMED,
            showlegend=False,
        )
    figure.add_vline(x=0, line={"color": colours.muted, "width": 1})
    if truth is not None:
        label = Text("causal.truth_label").to(lang)
        line = {"color": colours.series[2], "width": 2, "dash": "dash"}
        figure.add_vline(x=truth * scale, line=line)
        figure.add_scatter(
            x=[None],
            y=[None],
            mode="lines",
            line=line,
            name=written(f"{label} {truth * scale:+.3g}"),
        )
    figure.update_yaxes(
        categoryorder="array", categoryarray=names[::-1], range=[-0.6, len(names) - 0.2]
    )
    return figure.update_xaxes(title_text=title.to(lang))


def _overlap(result: Effect, look: Look, _: float | None) -> Figure:
    """Propensities of both arms: treated up, control down."""
    lang, dark = look
    colours = palette(dark)
    figure = new_figure(dark, lang, height=300)
    bins = result.overlap
    middle = (bins["low"] + bins["high"]) / 2 if len(bins) else pd.Series(dtype=float)
    sides = (("treated", 1, colours.series[0]), ("control", -1, colours.series[1]))
    for side, sign, colour in sides if len(bins) else ():
        share = bins[side].to_numpy(dtype=float)
        figure.add_bar(
            x=middle,
            y=sign * share,
            width=(bins["high"] - bins["low"]).to_numpy(),
            name=result.arm_word(treated=sign > 0).to(lang),
            marker={"color": band(colour, 0.75), "line": {"color": colour, "width": 1}},
            customdata=share,
            hovertemplate="%{x:.2f}: %{customdata:.1%}" + UNNAMED,
        )
    figure.update_layout(barmode="overlay", bargap=0)
    figure.update_xaxes(title_text=Text("causal.axis_propensity").to(lang), range=[0, 1])
    top = float(np.nanmax(bins[["treated", "control"]].to_numpy())) if len(bins) else 1.0
    ticks = np.linspace(-top, top, 5)
    return figure.update_yaxes(
        title_text=Text("causal.axis_share").to(lang),
        tickvals=ticks,
        ticktext=[f"{abs(v):.0%}" for v in ticks],
    )


def _love(result: Effect, look: Look, _: float | None) -> Figure:
    """Standardised differences before and after weighting, the largest on top."""
    lang, dark = look
    colours = palette(dark)
    rows = result.balance
    if len(rows):
        order = rows["before"].abs().sort_values(ascending=False).index[:MOST_COVARIATES]
        rows = rows.loc[order]
    figure = new_figure(dark, lang, height=120 + 26 * len(rows))
    names = [str(name) for name in rows.get("covariate", [])]
    for column, colour, symbol in (
        ("before", colours.before, "circle-open"),
        ("after", colours.after, "circle"),
    ):
        figure.add_scatter(
            x=rows[column].abs() if len(rows) else [],
            y=names,
            mode="markers",
            name=Text(f"causal.balance_{column}").to(lang),
            marker={"size": 10, "color": colour, "symbol": symbol, "line": {"width": 2}},
            hovertemplate="%{y}: %{x:.2f}" + UNNAMED,
        )
    for limit, dash in ((0.1, "dot"), (0.25, "dash")):
        figure.add_vline(x=limit, line={"color": colours.muted, "width": 1, "dash": dash})
    figure.update_yaxes(
        categoryorder="array", categoryarray=names[::-1], range=[-0.8, len(names) + 0.3]
    )
    return figure.update_xaxes(
        title_text=Text("causal.axis_difference").to(lang), rangemode="tozero"
    )


def _attempts(result: Effect, look: Look, _: float | None) -> Figure:
    """What attempts to break it came to, in the unit of the sentence."""
    scale, title = effect_scale(result)
    tried = result.refutations or Refutations(
        treatment=result.treatment, outcome=result.outcome, estimator=result.estimator
    )
    figure = refutations(tried, look.lang, dark=look.dark, scale=scale)
    return figure.update_xaxes(title_text=title.to(look.lang))


def _hidden(result: Effect, look: Look, _: float | None) -> Figure:
    """What a hidden cause would have to be; empty where there is nothing to explain away."""
    scale, _title = effect_scale(result)
    if result.hidden is None:
        return new_figure(look.dark, look.lang)
    return sensitivity(result.hidden, look.lang, dark=look.dark, scale=scale)
