"""The chart of an interaction: what each treatment does, what both do, and the difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.causal.mechanisms.interaction import Interaction
from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import UNNAMED
from causalrec.core.words import Text
from causalrec.data.dataset.outcome_measure import outcome_measure
from causalrec.data.dataset.outcomes import outcome_named
from causalrec.plots.theme import new_figure, palette

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["interaction"]


@drawing.register(Interaction)
def interaction(result: Interaction, lang: str = "en", *, dark: bool = False) -> Figure:
    """One dot with its interval a figure, zero as a line.

    Args:
        result: the interaction.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
    """
    colours = palette(dark)
    rows = result.rows
    figure = new_figure(dark, lang, height=110 + 44 * len(rows))
    measure = outcome_measure(result.about or outcome_named(result.outcome), result.unit)
    named = dict(zip(("first", "second"), result.treatments, strict=False))
    for _, row in rows.iterrows():
        name = str(row["effect"])
        shown = Text("causal.joint_alone", name=named[name]) if name in named else None
        value, low, high = (measure.scale * float(row[end]) for end in ("value", "low", "high"))
        figure.add_scatter(
            x=[value],
            y=[(shown or Text(f"causal.joint_{name}")).to(lang)],
            mode="markers",
            error_x={"array": [high - value], "arrayminus": [value - low], "thickness": 2},
            marker={"size": 11, "color": colours.after if shown is None else colours.before},
            hovertemplate="%{x:+.3g}" + UNNAMED,
            showlegend=False,
        )
    figure.add_vline(x=0, line={"color": colours.muted, "width": 1})
    figure.update_yaxes(autorange="reversed")
    title = Text("compare.axis_change_of", metric=measure.said)
    return figure.update_xaxes(title_text=title.to(lang))
