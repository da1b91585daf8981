"""Charts of a dataset's profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import UNNAMED
from causalrec.core.words import Text, word_of
from causalrec.data.preparation.profile import Activity, LongTail, Missingness, Rates, Sessions
from causalrec.plots.theme import DASHES, MARKERS, band, new_figure, palette

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["activity", "long_tail", "missingness", "rates", "sessions"]


@drawing.register(Activity)
def activity(
    result: Activity, lang: str = "en", *, dark: bool = False, height: int | None = None
) -> Figure:
    """Rows over time, and users where known."""
    figure = new_figure(dark, lang, height=height or 280)
    colours, frame = palette(dark).series, result.frame
    rows = Text("data.chart_rows").to(lang)
    figure.add_scatter(
        x=frame["time"],
        y=frame["rows"],
        name=rows,
        mode="lines",
        fill="tozeroy",
        fillcolor=band(colours[0]),
        line={"color": colours[0], "width": 2},
    )
    if "users" in frame.columns and frame["users"].max() > 0.1 * frame["rows"].max():
        figure.add_scatter(
            x=frame["time"],
            y=frame["users"],
            name=Text("data.chart_users").to(lang),
            mode="lines",
            line={"color": colours[1], "width": 2, "dash": DASHES[1]},
        )
    figure.update_yaxes(rangemode="tozero")
    if lang == "zh":
        figure.update_xaxes(tickformat="%Y-%m" if result.span in ("week", "month") else "%m-%d")
    span = word_of("data.span_", result.span).to(lang)
    return figure.update_yaxes(title_text=Text("data.chart_per", span=span).to(lang))


@drawing.register(LongTail)
def long_tail(
    result: LongTail, lang: str = "en", *, dark: bool = False, height: int | None = None
) -> Figure:
    """Share of rows against share of items, the most popular first."""
    figure = new_figure(dark, lang, height=height or 280)
    colours = palette(dark)
    figure.add_scatter(
        x=[0, *result.frame["item_share"]],
        y=[0, *result.frame["row_share"]],
        name=Text("data.chart_this_log").to(lang),
        mode="lines",
        line={"color": colours.series[0], "width": 2.5},
    )
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        name=Text("data.chart_equal").to(lang),
        mode="lines",
        line={"color": colours.before, "dash": "dot", "width": 1.5},
    )
    figure.update_xaxes(
        title_text=Text("data.chart_item_share").to(lang), tickformat=".0%", range=[0, 1]
    )
    return figure.update_yaxes(
        title_text=Text("data.chart_row_share").to(lang), tickformat=".0%", range=[0, 1.02]
    )


@drawing.register(Sessions)
def sessions(
    result: Sessions, lang: str = "en", *, dark: bool = False, height: int | None = None
) -> Figure:
    """Rows a user (or session): median, middle half, and the middle nine tenths."""
    figure = new_figure(dark, lang, height=height or 200)
    colours = palette(dark).series
    for place, (unit, part) in enumerate(result.frame.groupby("unit", sort=False)):
        rows = dict(zip(part["quantile"], part["rows"], strict=True))
        name = Text(f"data.per_{unit}").to(lang)
        colour = colours[place]
        for low, high, width in ((0.05, 0.95, 2), (0.25, 0.75, 8)):
            figure.add_scatter(
                x=[rows[low], rows[high]],
                y=[name, name],
                mode="lines",
                line={"color": colour if width == 2 else band(colour, 0.6), "width": width},
                hovertemplate=f"{low:.0%}-{high:.0%}: %{{x:,.0f}}{UNNAMED}",
            )
        figure.add_scatter(
            x=[rows[0.5]],
            y=[name],
            mode="markers+text",
            text=[f"{rows[0.5]:,.0f}"],
            textposition="top center",
            marker={"color": colour, "size": 11, "symbol": MARKERS[place]},
            hovertemplate="50%: %{x:,.0f}" + UNNAMED,
        )
    figure.update_traces(cliponaxis=False)
    figure.update_layout(showlegend=False)
    return figure.update_xaxes(title_text=Text("data.chart_rows").to(lang), rangemode="tozero")


@drawing.register(Missingness)
def missingness(
    result: Missingness, lang: str = "en", *, dark: bool = False, height: int | None = None
) -> Figure:
    """Share of missing values of the columns that have any, at most 20."""
    frame = result.frame[result.frame["missing"] > 0].head(20).iloc[::-1]
    figure = new_figure(dark, lang, height=height or 120 + 26 * max(len(frame), 1))
    figure.add_bar(
        x=frame["missing"],
        y=[str(name)[:40] for name in frame["column"]],
        orientation="h",
        marker={"color": palette(dark).series[0]},
        text=[f"{share:.1%}" for share in frame["missing"]],
        textposition="outside",
    )
    return figure.update_xaxes(
        title_text=Text("data.chart_missing").to(lang), tickformat=".0%", range=[0, 1.12]
    )


@drawing.register(Rates)
def rates(
    result: Rates, lang: str = "en", *, dark: bool = False, height: int | None = None
) -> Figure:
    """Means of the 0/1 outcomes with their intervals; without any, the first outcome's values."""
    binary = result.frame[result.frame["binary"]]
    if not len(binary) and len(result.distribution):
        return _values(result, lang, dark=dark, height=height)
    frame = (binary if len(binary) else result.frame).iloc[::-1]
    figure = new_figure(dark, lang, height=height or 110 + 44 * len(frame))
    colour = palette(dark).series[0]
    form = "{:.2%}" if len(binary) else "{:.4g}"
    figure.add_scatter(
        x=frame["value"],
        y=[str(name)[:40] for name in frame["outcome"]],
        mode="markers+text",
        text=[form.format(value) for value in frame["value"]],
        textposition="top center",
        marker={"color": colour, "size": 11},
        error_x={
            "type": "data",
            "array": frame["high"] - frame["value"],
            "arrayminus": frame["value"] - frame["low"],
            "color": colour,
            "thickness": 2,
            "width": 6,
        },
    )
    figure.update_xaxes(
        title_text=Text("data.chart_value").to(lang),
        rangemode="tozero",
        tickformat=".1%" if len(binary) else "",
    )
    figure.update_traces(cliponaxis=False)
    figure.update_yaxes(range=[-0.5, len(frame) - 0.4])
    return figure.update_layout(showlegend=False)


def _values(result: Rates, lang: str, *, dark: bool, height: int | None) -> Figure:
    """Rows by value of the first outcome that has few values."""
    first = result.distribution["outcome"].iloc[0]
    frame = result.distribution[result.distribution["outcome"] == first]
    figure = new_figure(dark, lang, height=height or 240)
    figure.add_bar(
        x=[f"{value:g}" for value in frame["value"]],
        y=frame["rows"],
        marker={"color": palette(dark).series[0]},
        text=[f"{rows:,}" for rows in frame["rows"]],
    )
    figure.update_xaxes(
        type="category", title_text=Text("data.chart_outcome_value", outcome=first).to(lang)
    )
    return figure.update_layout(showlegend=False, bargap=0.35)
