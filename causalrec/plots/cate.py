"""Charts of effects on each row: the tree that can be read, how they spread, and who was judged."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from causalrec.causal.heterogeneity.cate import Cate
from causalrec.causal.learners import LEARNERS
from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import LINE, UNNAMED
from causalrec.core.words import Text
from causalrec.plots.theme import Look, new_figure, palette
from causalrec.plots.uplift import said

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["cate"]

BINS = 30
WRAP, WRAP_ZH = 44, 22
"""Letters of a line of a leaf's conditions."""


@drawing.register(Cate)
def cate(result: Cate, lang: str = "en", *, dark: bool = False, show: str = "effects") -> Figure:
    """How the effects of rows differ, or the learners that were judged.

    Where one effect for everybody was chosen there is no chart of effects: a sentence stands in
    its place.

    Args:
        result: the effects.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
        show: "effects" (a readable tree leaf by leaf, else how often which effect is told of
            rows held out) or "learners" (what each gains over one effect for everybody).
    """
    look = Look(lang, dark)
    if result.refused:
        return said(result.summary(lang), look)
    if show == "learners":
        return _learners(result, look)
    if not result.differs:
        return said(result.summary(lang), look)
    return _tree(result, look) if result.tree else _spread(result, look)


def _tree(result: Cate, look: Look) -> Figure:
    """A bar a leaf, the least effect below."""
    width = WRAP_ZH if look.lang == "zh" else WRAP
    names = [
        LINE.join(textwrap.wrap(f"{leaf.where.to(look.lang)} (n = {leaf.n:,})", width))
        for leaf in result.tree
    ]
    figure = new_figure(look.dark, look.lang, height=120 + 56 * len(names))
    figure.add_bar(
        x=[leaf.value for leaf in result.tree], y=names, orientation="h",
        marker={"color": palette(look.dark).after}, hovertemplate="%{x:+.3g}" + UNNAMED,
    )  # fmt: skip
    return figure.update_xaxes(title_text=Text("causal.cate_axis").to(look.lang))


def _spread(result: Cate, look: Look) -> Figure:
    """How often which effect is told of rows held out, with the average."""
    colours = palette(look.dark)
    counts, edges = np.histogram(result.effects["held_out"].to_numpy(dtype=float), BINS)
    figure = new_figure(look.dark, look.lang)
    figure.add_bar(
        x=(edges[1:] + edges[:-1]) / 2, y=counts, width=np.diff(edges),
        marker={"color": colours.after}, hovertemplate="%{x:+.3g}: %{y:,}" + UNNAMED,
    )  # fmt: skip
    if result.average is not None and result.average.value is not None:
        dashed = {"color": colours.before, "width": 2, "dash": "dash"}
        figure.add_vline(x=result.average.value, line=dashed)
    figure.update_yaxes(title_text=Text("causal.cate_axis_rows").to(look.lang))
    return figure.update_xaxes(title_text=Text("causal.cate_axis").to(look.lang))


def _learners(result: Cate, look: Look) -> Figure:
    """What each learner's loss gains over one effect for everybody, with a standard error."""
    colours = palette(look.dark)
    rows = result.criteria
    figure = new_figure(look.dark, look.lang, height=120 + 32 * len(rows))
    figure.add_scatter(
        x=rows["gain"], y=[str(LEARNERS[name].word().to(look.lang)) for name in rows["learner"]],
        error_x={"array": rows["gain_se"]}, mode="markers",
        marker={
            "size": 11,
            "color": [colours.after if one else colours.muted for one in rows["chosen"]],
        },
        hovertemplate="%{x:+.3g}" + UNNAMED,
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed")
    return figure.update_xaxes(title_text=Text("causal.cate_axis_gain").to(look.lang))
