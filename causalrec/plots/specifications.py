"""A specification curve: every answer in its order, and below it what was chosen for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from causalrec.causal.effects.specifications import Specifications
from causalrec.causal.estimators import label_of
from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import UNNAMED
from causalrec.core.words import Text, render, word_of
from causalrec.core.words.numbers import written
from causalrec.plots.causal import effect_scale
from causalrec.plots.theme import new_figure, palette

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["specifications"]

_ROW = 24
"""Pixels a row of choices."""
_CURVE = 230
"""Pixels of the curve."""
_GAP = 0.03
_NAMED = 3
"""Columns of a set that are named in full."""


@drawing.register(Specifications)
def specifications(
    result: Specifications, lang: str = "en", *, dark: bool = False, value: float | None = None
) -> Figure:
    """Sorted answers with their intervals, and a grid of the choices behind each.

    Args:
        result: the answers.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
        value: the answer that they stand beside, as a dashed line.
    """
    colours = palette(dark)
    scale, title = effect_scale(result.about)
    rows = result.rows
    choices = _choices(rows, lang)
    figure = new_figure(dark, lang, height=110 + _CURVE + _ROW * len(choices))
    share = _CURVE / (_CURVE + _ROW * len(choices)) if choices else 1.0
    at = list(range(1, len(rows) + 1))
    values = (scale * rows[["value", "low", "high"]]).to_numpy(dtype=float)
    sure = [bool(low > 0 or high < 0) for _, low, high in values]
    figure.add_scatter(
        x=at,
        y=values[:, 0],
        mode="markers",
        error_y={
            "array": values[:, 2] - values[:, 0],
            "arrayminus": values[:, 0] - values[:, 1],
            "thickness": 1,
            "width": 0,
            "color": colours.muted,
        },
        marker={
            "size": 8,
            "color": colours.after,
            "symbol": ["circle" if one else "circle-open" for one in sure],
        },
        customdata=[written(f"{v:+.3g} ({low:+.3g} – {high:+.3g})") for v, low, high in values],
        hovertemplate="%{customdata}" + UNNAMED,
        showlegend=False,
    )
    figure.add_hline(y=0, line={"color": colours.muted, "width": 1})
    if value is not None:
        figure.add_hline(y=scale * value, line={"color": colours.after, "width": 1, "dash": "dash"})
    names = list(choices)
    for name, taken in choices.items():
        figure.add_scatter(
            x=[place for place, one in zip(at, taken, strict=True) if one],
            y=[name] * sum(taken),
            yaxis="y2",
            mode="markers",
            marker={"size": 7, "color": colours.before, "symbol": "square"},
            hoverinfo="skip",
            showlegend=False,
        )
    figure.update_layout(
        yaxis={"domain": [1 - share + _GAP, 1], "title": {"text": title.to(lang)}},
        yaxis2={
            "domain": [0, max(1 - share - _GAP, 0.01)],
            "anchor": "x",
            "automargin": True,
            "categoryorder": "array",
            "categoryarray": names[::-1],
            "range": [-0.7, len(names) - 0.3],
        },
    )
    return figure.update_xaxes(showticklabels=False, showgrid=False, zeroline=False)


def _choices(rows: pd.DataFrame, lang: str) -> dict[str, list[bool]]:
    """Each choice in words, and which answers made it; what all made alike is left out."""
    said: dict[str, Callable[[str], str]] = {
        "estimator": lambda name: str(render(label_of(name), lang)),
        "target": lambda name: word_of("causal.param_target_", name).to(lang),
        "adjustment": lambda name: _set_word(name).to(lang),
    }
    return {
        say(name): [bool(one) for one in rows[column] == name]
        for column, say in said.items()
        for name in dict.fromkeys(rows[column])
        if len(set(rows[column])) > 1
    }


def _set_word(columns: str) -> Text:
    """What was adjusted for; of many columns the first ones are named."""
    if not columns:
        return Text("causal.curve_free")
    names = columns.split(", ")
    if len(names) > _NAMED:
        more = len(names) - _NAMED + 1
        shown = ", ".join(names[: _NAMED - 1])
        return Text("causal.curve_set_more", columns=shown, more=more)
    return Text("causal.curve_set", columns=columns)
