"""Whom a treatment concerns: the share of each group among them, beside its share of everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import UNNAMED
from causalrec.core.words import Text
from causalrec.plots.theme import band, new_figure, palette
from causalrec.whatif.interventions.affected import Affected

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["affected"]

_ROW, _FRAME = 46, 110


@drawing.register(Affected)
def affected(result: Affected, lang: str = "en", *, dark: bool = False) -> Figure:
    """Two bars a group; empty where no column has few groups.

    Args:
        result: whom it concerns.
        lang: language of the words.
        dark: for a dark page.
    """
    colours, table = palette(dark), result.groups.iloc[::-1]
    figure = new_figure(dark, lang, height=_FRAME + _ROW * len(table))
    names = [str(name) for name in table["group"]] if len(table) else []
    looks = (("of_all", band(colours.before, 0.5)), ("share", colours.after))
    for column, colour in looks:
        figure.add_bar(
            y=names,
            x=table[column] if len(table) else [],
            name=Text(f"whatif.affected_{column}").to(lang),
            marker={"color": colour},
            orientation="h",
            hovertemplate=f"%{{x:.0%}}{UNNAMED}",
        )
    figure.update_layout(barmode="group", bargap=0.3, legend={"traceorder": "reversed"})
    figure.update_yaxes(type="category", showgrid=False)
    return figure.update_xaxes(tickformat=".0%", rangemode="tozero", nticks=6)
