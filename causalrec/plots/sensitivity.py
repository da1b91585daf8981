"""Charts of what it would take to break an effect: hidden causes, and attempts that were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from causalrec.causal.refuters import REFUTERS
from causalrec.causal.refuters.refutations import Refutations
from causalrec.causal.sensitivity.robustness import bias
from causalrec.causal.sensitivity.sensitivity import Sensitivity
from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import UNNAMED
from causalrec.core.words import Text
from causalrec.core.words.numbers import written
from causalrec.plots.theme import new_figure, palette

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["refutations", "sensitivity"]

POINTS = 41
MOST_MEASURES = 3
"""Covariates that the chart names, the strongest first: more would lie on each other."""
LEAST_REACH, MOST_REACH = 0.02, 0.95


@drawing.register(Sensitivity)
def sensitivity(
    result: Sensitivity, lang: str = "en", *, dark: bool = False, scale: float = 1.0
) -> Figure:
    """What is left of the value by how strongly a hidden cause goes with treatment and outcome.

    A dot a covariate stands where a hidden cause as strong as it would; beyond the bold line
    nothing is left.

    Args:
        result: the sensitivity.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
        scale: what values are multiplied by.
    """
    colours = palette(dark)
    figure = new_figure(dark, lang, height=340)
    rows = result.rows
    names = [str(name) for name in rows["covariate"]]
    shares = rows[["with_treatment", "with_outcome"]].to_numpy(dtype=float)
    reach = np.maximum(shares.max(axis=0, initial=0.0), result.robustness)
    across, up = (
        np.linspace(0.0, float(np.clip(1.4 * one, LEAST_REACH, MOST_REACH)), POINTS)
        for one in reach
    )
    moved = np.array([[bias(d, y, result.ratio) for d in across] for y in up])
    left = scale * (result.value - np.copysign(1.0, result.value) * moved)
    lines = {"x": across, "y": up, "showscale": False, "hoverinfo": "skip"}
    figure.add_contour(
        **lines,
        z=left,
        contours={"coloring": "lines", "showlabels": True},
        colorscale=[[0, colours.muted], [1, colours.muted]],
        line={"width": 1},
    )
    figure.add_contour(
        **lines,
        z=left,
        contours={"coloring": "lines", "start": 0, "end": 0, "size": 1},
        colorscale=[[0, colours.bad], [1, colours.bad]],
        line={"width": 3},
    )
    figure.add_scatter(
        x=shares[:, 0],
        y=shares[:, 1],
        mode="markers+text",
        text=[str(name) if at < MOST_MEASURES else "" for at, name in enumerate(names)],
        textposition="top right",
        marker={"size": 10, "color": colours.after},
        customdata=names,
        hovertemplate="%{customdata}: %{x:.1%}, %{y:.1%}" + UNNAMED,
        showlegend=False,
    )
    figure.update_xaxes(title_text=Text("causal.axis_with_treatment").to(lang), tickformat=".0%")
    return figure.update_yaxes(
        title_text=Text("causal.axis_with_outcome").to(lang), tickformat=".0%"
    )


@drawing.register(Refutations)
def refutations(
    result: Refutations, lang: str = "en", *, dark: bool = False, scale: float = 1.0
) -> Figure:
    """One dot with the range of its draws for each attempt, in the unit of the effect's values.

    Args:
        result: the attempts.
        lang: language of their words.
        dark: whether it is drawn on a dark ground.
        scale: what values are multiplied by.
    """
    colours = palette(dark)
    rows = result.rows.to_dict("records")
    names = [
        " ".join([str(REFUTERS[row["refuter"]].word().to(lang)), str(row["about"])]).strip()
        for row in rows
    ]
    figure = new_figure(dark, lang, height=110 + 40 * len(rows))
    for name, row in zip(names, rows, strict=True):
        value, low, high = (scale * float(row[end]) for end in ("value", "low", "high"))
        figure.add_scatter(
            x=[value],
            y=[name],
            error_x={"array": [high - value], "arrayminus": [value - low], "thickness": 2},
            marker={
                "size": 10,
                "color": colours.good if row["passes"] else colours.bad,
                "symbol": "circle" if row["passes"] else "x",
            },
            hovertemplate=written(f"{value:+.4g} ({low:+.4g} – {high:+.4g})") + UNNAMED,
            showlegend=False,
        )
    figure.add_vline(x=0, line={"color": colours.muted, "width": 1})
    if result.value is not None:
        figure.add_vline(
            x=scale * result.value, line={"color": colours.after, "width": 1, "dash": "dash"}
        )
    return figure.update_yaxes(categoryorder="array", categoryarray=names[::-1])
