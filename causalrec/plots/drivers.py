"""The chart of what drives an outcome: every factor's effect, and the ranks it may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.causal.attribution.drivers import Drivers
from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import UNNAMED
from causalrec.core.words import Text
from causalrec.core.words.numbers import written
from causalrec.plots.theme import new_figure, palette

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["drivers"]

MOST = 20
"""Factors that are drawn; `to_frame` has all."""


@drawing.register(Drivers)
def drivers(result: Drivers, lang: str = "en", *, dark: bool = False) -> Figure:
    """One dot with its interval for each factor, the largest effect on top; its ranks beside it.

    Args:
        result: the ranking.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
    """
    colours = palette(dark)
    rows = result.rows.head(MOST).to_dict("records")
    scale, unit = result.measure.axis(lang)
    figure = new_figure(dark, lang, height=120 + 34 * len(rows))
    for row in rows:
        value, low, high = (scale * float(row[end]) for end in ("value", "low", "high"))
        colour = colours.after if row["clear"] else colours.unsure
        step = result.steps.get(row["factor"], "")
        said = step.to(lang) if isinstance(step, Text) else step
        figure.add_scatter(
            x=[value],
            y=[row["factor"]],
            error_x={"array": [high - value], "arrayminus": [value - low], "thickness": 2},
            marker={
                "size": 10,
                "color": colour,
                "symbol": "circle" if row["clear"] else "circle-open",
            },
            customdata=[said],
            hovertemplate=written(f"{value:+.4g} ({low:+.4g} – {high:+.4g})")
            + " · %{customdata}"
            + UNNAMED,
            showlegend=False,
        )
        figure.add_annotation(
            x=1.0, xref="paper", xanchor="right", y=row["factor"], yshift=12, showarrow=False,
            text=_ranks(row["rank_low"], row["rank_high"]).to(lang),
            font={"size": 11, "color": colours.muted},
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": colours.muted, "width": 1})
    title = Text("causal.axis_driver").to(lang) + (f" ({unit})" if unit else "")
    figure.update_xaxes(title_text=title)
    names = [row["factor"] for row in rows]
    return figure.update_yaxes(
        categoryorder="array", categoryarray=names[::-1], range=[-0.7, len(rows) - 0.2]
    )


def _ranks(low: int, high: int) -> Text:
    """The ranks that cannot be excluded, in words."""
    key = "causal.drivers_rank" if low == high else "causal.drivers_ranks"
    return Text(key, low=int(low), high=int(high))
