"""Charts of designs: the path that was not taken, effects by time, and placebos."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from causalrec.causal.designs.design_effect import DesignEffect, placebo_name
from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import UNNAMED
from causalrec.core.words import Text
from causalrec.plots.theme import Look, band, new_figure, palette

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["design_effect"]


@drawing.register(DesignEffect)
def design_effect(
    result: DesignEffect, lang: str = "en", *, dark: bool = False, show: str = "path"
) -> Figure:
    """A design's chart.

    Args:
        result: the answer.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
        show: "path", "event" or "placebos".
    """
    charts = {"path": _path, "event": _event, "placebos": _placebos}
    return charts[show](result, Look(lang, dark))


def _places(values: pd.Series) -> list[object]:
    """Places on an axis: numbers where all are numbers, else as they print (dates)."""
    numbers = pd.to_numeric(values, errors="coerce")
    return list(values) if numbers.isna().any() else list(numbers)


def _scaled(frame: pd.DataFrame, names: tuple[str, ...], scale: float) -> list[np.ndarray]:
    return [scale * frame[name].to_numpy(dtype=float) for name in names]


def _ribbon(
    figure: Figure, at: list[object], ends: tuple[np.ndarray, np.ndarray], *, colour: str, name: str
) -> None:
    """An interval along a line."""
    low, high = ends
    figure.add_scatter(
        x=[*at, *at[::-1]], y=[*high, *low[::-1]], mode="lines",
        fill="toself", fillcolor=colour,
        line={"width": 0}, hoverinfo="skip", name=name,
    )  # fmt: skip


def _titled(figure: Figure, result: DesignEffect, look: Look, *, change: bool) -> Figure:
    """The value axis's title: the outcome, or its change."""
    measure = result.measure
    if change:
        key = "compare.axis_change_unit" if measure.unit_word else "compare.axis_change_of"
        title = Text(key, metric=measure.said, unit=measure.unit_word).to(look.lang)
    else:
        unit = measure.axis(look.lang)[1] if measure.kind != "share" else "%"
        title = measure.name.to(look.lang) + (f" ({unit})" if unit else "")
    return figure.update_yaxes(title_text=title)


def _path(result: DesignEffect, look: Look) -> Figure:
    """What was observed, and what would have been, with its interval; the start as a line."""
    colours = palette(look.dark)
    figure = new_figure(look.dark, look.lang)
    path = result.path
    at = _places(path["at"])
    observed, without, low, high = _scaled(path, ("observed", "counterfactual", "low", "high"),
                                           result.measure.scale)  # fmt: skip
    level = Text("causal.design_band", level=result.level).to(look.lang)
    known = np.isfinite(low) & np.isfinite(high)
    if known.any():
        inside = [one for one, there in zip(at, known, strict=True) if there]
        _ribbon(figure, inside, (low[known], high[known]), colour=band(colours.before), name=level)
    lines = (
        ("without", without, {"color": colours.before, "dash": "dash", "width": 2}),
        ("observed", observed, {"color": colours.after, "width": 2.5}),
    )
    for key, values, line in lines:
        mode = "markers" if result.running and key == "observed" else "lines"
        figure.add_scatter(
            x=at, y=values, mode=mode, line=line, name=Text(f"causal.design_{key}").to(look.lang),
            marker={"color": line["color"], "size": 7},
            hovertemplate="%{y:.4g}" + UNNAMED,
        )  # fmt: skip
    after = path["after"].to_numpy(dtype=bool)
    if after.any():
        line = {"color": colours.muted, "width": 1.5, "dash": "dot"}
        figure.add_vline(x=result.start if result.running else at[int(after.argmax())], line=line)
    if result.running:
        figure.update_xaxes(title_text=result.running)
    return _titled(figure, result, look, change=False)


def _event(result: DesignEffect, look: Look) -> Figure:
    """Effects by time since the start, with intervals and the band that holds all at once."""
    colours = palette(look.dark)
    figure = new_figure(look.dark, look.lang, height=300)
    event, scale = result.event, result.measure.scale
    since = list(event["since"].to_numpy(dtype=float))
    value, low, high, *ends = _scaled(
        event, ("value", "low", "high", "band_low", "band_high"), scale
    )
    name = Text("causal.design_band_all", level=result.level).to(look.lang)
    _ribbon(figure, since, (ends[0], ends[1]), colour=band(colours.after), name=name)
    figure.add_scatter(
        x=since, y=value, mode="markers+lines", line={"color": colours.after, "width": 1.5},
        error_y={"array": high - value, "arrayminus": value - low, "thickness": 1.5},
        marker={"size": 7, "color": colours.after}, showlegend=False,
        hovertemplate="%{y:.4g}" + UNNAMED,
    )  # fmt: skip
    figure.add_hline(y=0, line={"color": colours.muted, "width": 1})
    figure.add_vline(x=-0.5, line={"color": colours.muted, "width": 1.5, "dash": "dot"})
    figure.update_xaxes(title_text=Text("causal.design_axis_since").to(look.lang))
    return _titled(figure, result, look, change=True)


def _placebos(result: DesignEffect, look: Look) -> Figure:
    """The answer, and each placebo with its interval."""
    colours = palette(look.dark)
    rows = result.placebos[result.placebos["placebo"].isin(_OF_OUTCOME)]
    tried = zip(rows["placebo"], rows["about"], strict=True)
    names = [placebo_name(str(one), str(about)).to(look.lang) for one, about in tried]
    names = [Text("causal.design_answer").to(look.lang), *names]
    figure = new_figure(look.dark, look.lang, height=110 + 44 * len(names))
    first = [result.value, result.low, result.high]
    figures = [first, *rows[["value", "low", "high"]].to_numpy().tolist()]
    fine = [True, *rows["passes"].astype(bool)]
    numbers = result.measure.scale * np.array(figures, dtype=float)
    for at, ((value, low, high), name) in enumerate(zip(numbers, names, strict=True)):
        colour = colours.after if at == 0 else colours.before if fine[at] else colours.bad
        figure.add_scatter(
            x=[value], y=[name], mode="markers", showlegend=False,
            error_x={"array": [high - value], "arrayminus": [value - low], "thickness": 2},
            marker={"size": 11, "color": colour, "symbol": "circle" if fine[at] else "x"},
            hovertemplate="%{x:.4g}" + UNNAMED,
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": colours.muted, "width": 1})
    figure.update_yaxes(categoryorder="array", categoryarray=names[::-1])
    title = _titled(figure, result, look, change=True).layout.yaxis.title.text
    return figure.update_xaxes(title_text=title).update_yaxes(title_text="")


_OF_OUTCOME = ("time", "space", "cutoff")
"""Placebos whose figures are changes of the outcome."""
