"""Forecasts side by side: the change and its interval, one row a method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from causalrec.core.results.result import Estimate, drawing
from causalrec.core.words import Text
from causalrec.core.words.numbers import written
from causalrec.plots.theme import band, new_figure, palette
from causalrec.whatif.forecasts.forecast import Forecast, ForecastSet
from causalrec.whatif.ope.catalogue import OPE_ESTIMATORS
from causalrec.whatif.ope.value import PolicyValue

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["forecast", "forecast_set", "policy_value"]


@drawing.register(ForecastSet)
def forecast_set(
    result: ForecastSet,
    lang: str = "en",
    *,
    dark: bool = False,
    outcome: str | None = None,
    truth: float | None = None,
) -> Figure:
    """The change that each method forecasts for one outcome, with 0 and, where known, the truth.

    Args:
        result: the forecasts.
        lang: language of the labels.
        dark: for a dark page.
        outcome: which; the first where none is named.
        truth: the true change where it is known.
    """
    outcome = outcome or result.outcomes[0]
    answering = [f for f in result.of(outcome) if not f.refused][::-1]
    rows = [(f.label.to(lang), f.change) for f in answering]
    scale, label = 1.0, outcome
    if answering:
        one = answering[0]
        scale, unit = one.measure().axis(lang)
        said = one.measure().said
        key = "compare.axis_change_unit" if unit else "compare.axis_change_of"
        label = Text(key, metric=said, unit=unit).to(lang)
    return _forest(rows, lang, dark=dark, label=label, scale=scale, truth=truth)


@drawing.register(Forecast)
def forecast(
    result: Forecast, lang: str = "en", *, dark: bool = False, truth: float | None = None
) -> Figure:
    """One method's change, as in the set, beside the true one where it is known."""
    alone = ForecastSet(
        scenario="",
        before=result.label,
        after=result.label,
        forecasts=(result,),
        outcomes=(result.outcome,),
    )
    return forecast_set(alone, lang, dark=dark, truth=truth)


@drawing.register(PolicyValue)
def policy_value(
    result: PolicyValue, lang: str = "en", *, dark: bool = False, truth: float | None = None
) -> Figure:
    """The value and its interval, the true one beside it; the log's own mean is the reference."""
    rows = [] if result.refused else [(OPE_ESTIMATORS[result.estimator].word().to(lang), result)]
    figure = _forest(
        rows,
        lang,
        dark=dark,
        label=result.outcome,
        truth=truth,
        zero=result.against_log,
    )
    if result.log_value is not None and not result.against_log:
        figure.add_vline(x=result.log_value, line_dash="dot", line_color=palette(dark).before)
    return figure


def _forest(
    rows: Sequence[tuple[str, Estimate]],
    lang: str,
    *,
    dark: bool,
    label: str,
    scale: float = 1.0,
    truth: float | None = None,
    zero: bool = True,
) -> Figure:
    figure, colours = new_figure(dark, lang, height=110 + 46 * max(len(rows), 1)), palette(dark)
    for at, (name, estimate) in enumerate(rows):
        assert estimate.value is not None
        sure = estimate.excludes_zero or not zero
        colour = colours.after if sure else colours.unsure
        low, high = (scale * float(edge or 0.0) for edge in (estimate.low, estimate.high))
        value = scale * estimate.value
        figures = written(f"{value:+.3g} [{low:+.3g}, {high:+.3g}]")
        hover = f"{name}: {figures}, n = {estimate.n:,}"
        figure.add_scatter(
            x=[low, high],
            y=[at, at],
            mode="lines",
            line={"color": band(colour, 0.45), "width": 10},
            hoverinfo="skip",
        )
        figure.add_scatter(
            x=[value],
            y=[at],
            mode="markers",
            marker={"color": colour, "size": 11, "symbol": "circle" if sure else "circle-open"},
            hovertext=hover,
            hoverinfo="text",
        )
    if zero:
        figure.add_vline(x=0, line_color=colours.muted, line_width=1)
    if truth is not None:
        figure.add_vline(
            x=scale * truth,
            line_color=colours.series[1],
            line_dash="dash",
            line_width=2,
            annotation={
                "text": Text("page_interventions.chart_truth").to(lang),
                "font": {"color": colours.series[1]},
                "yanchor": "bottom",
            },
        )
    figure.update_layout(
        showlegend=False,
        xaxis_range=_range(rows, scale, [0.0] if zero else [], truth),
        xaxis_title_text=label,
        xaxis_zeroline=False,
        yaxis={
            "tickvals": list(range(len(rows))),
            "ticktext": [name for name, _ in rows],
            "range": [-0.6, max(len(rows), 1) - 0.4],
            "showgrid": False,
            "zeroline": False,
        },
    )
    return figure


def _range(
    rows: Sequence[tuple[str, Estimate]], scale: float, seen: list[float], truth: float | None
) -> list[float] | None:
    """From the least to the most that is drawn, with a little room."""
    edges = [scale * float(e) for _, one in rows for e in (one.low, one.high) if e is not None]
    edges += seen + ([] if truth is None else [scale * truth])
    if not edges:
        return None
    room = 0.06 * (max(edges) - min(edges) or 1.0)
    return [min(edges) - room, max(edges) + room]
