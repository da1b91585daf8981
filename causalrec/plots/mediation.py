"""The chart of a mediation: its parts side by side, and what a hidden cause would leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.causal.mechanisms.mediation import Mediation
from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import UNNAMED
from causalrec.core.words import Text
from causalrec.core.words.numbers import written
from causalrec.data.dataset.outcome_measure import outcome_measure
from causalrec.data.dataset.outcomes import outcome_named
from causalrec.plots.theme import band, new_figure, palette

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["mediation"]


@drawing.register(Mediation)
def mediation(result: Mediation, lang: str = "en", *, dark: bool = False) -> Figure:
    """Whole, direct and indirect effect on the left, the hidden cause's curve on the right.

    Args:
        result: the mediation.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
    """
    colours = palette(dark)
    figure = new_figure(dark, lang, height=320)
    measure = outcome_measure(result.about or outcome_named(result.outcome), result.unit)
    axis = measure.said if isinstance(measure.said, str) else str(measure.said)
    title = Text("compare.axis_change_of", metric=axis).to(lang)
    methods = list(dict.fromkeys(result.rows["method"])) if len(result.rows) else []
    for place, method in enumerate(methods):
        rows = result.rows[result.rows["method"] == method]
        values, lows, highs = (
            measure.scale * rows[end].to_numpy(dtype=float) for end in ("value", "low", "high")
        )
        figure.add_scatter(
            x=values,
            y=[Text(f"causal.mediation_{name}").to(lang) for name in rows["effect"]],
            mode="markers",
            name=Text(f"causal.mediation_{method}").to(lang),
            error_x={"array": highs - values, "arrayminus": values - lows, "thickness": 2},
            marker={
                "size": 11,
                "color": colours.series[place],
                "symbol": ("circle", "diamond-open")[place % 2],
            },
            hovertemplate="%{x:+.3g}" + UNNAMED,
        )
    figure.add_vline(x=0, line={"color": colours.muted, "width": 1})
    figure.update_xaxes(title_text=title)
    figure.update_yaxes(autorange="reversed")
    if len(result.sensitivity):
        _beside(figure, result, measure.scale, (lang, dark))
    return figure


def _beside(figure: Figure, result: Mediation, scale: float, look: tuple[str, bool]) -> None:
    """What a hidden cause of mediators and outcome would leave, in the right half."""
    lang, dark = look
    colours = palette(dark)
    rows = result.sensitivity
    across = rows["rho"].to_numpy(dtype=float)
    low, high, value = (scale * rows[end].to_numpy(dtype=float) for end in ("low", "high", "value"))
    right = {"xaxis": "x2", "yaxis": "y2", "showlegend": False, "hoverinfo": "skip"}
    figure.add_scatter(x=across, y=low, mode="lines", line={"width": 0}, **right)
    figure.add_scatter(
        x=across,
        y=high,
        mode="lines",
        line={"width": 0},
        fill="tonexty",
        fillcolor=band(colours.series[0]),
        **right,
    )
    figure.add_scatter(x=across, y=value, mode="lines", line={"color": colours.series[0]}, **right)
    dots = [one for one in (result.rho,) if one is not None]
    figure.add_scatter(
        x=dots,
        y=[0.0] * len(dots),
        mode="markers+text",
        text=[written(f"{one:.2f}") for one in dots],
        textposition="top center",
        marker={"size": 10, "color": colours.bad},
        **right,
    )
    quiet = {"gridcolor": colours.border, "zerolinecolor": colours.muted}
    figure.update_layout(
        xaxis={"domain": [0.0, 0.44]},
        xaxis2={
            "domain": [0.56, 1.0],
            "anchor": "y2",
            "title": {"text": Text("causal.axis_rho").to(lang), "font": {"size": 12}},
            **quiet,
        },
        yaxis2={
            "anchor": "x2",
            "title": {"text": Text("causal.mediation_indirect").to(lang), "font": {"size": 12}},
            **quiet,
        },
    )
