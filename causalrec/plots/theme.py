"""One look for every chart: colours, fonts and an empty figure, for light and dark pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["Look", "Palette", "band", "new_figure", "palette"]

FONT = (
    "'Source Sans', -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'PingFang SC', "
    "'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
)
"""The dashboard's own face first (streamlit brings it), then what systems have, with Chinese."""
BAND_ALPHA = 0.22
"""Opacity of an interval drawn in its series' hue."""


@dataclass(frozen=True)
class Palette:
    """Colours of a page.

    Attributes:
        background, panel, text, muted, border: surfaces and writing.
        series: four colours told apart under red-green blindness, at least 3:1 on the background.
        before, after: neutral of the state before, primary of the state after.
        good, bad, unsure: judgements, always shown with an arrow and a sign too.
    """

    background: str
    panel: str
    text: str
    muted: str
    border: str
    series: tuple[str, str, str, str]
    before: str
    after: str
    good: str
    bad: str
    unsure: str


LIGHT = Palette(
    background="#FFFFFF",
    panel="#F6F7FB",
    text="#1C2024",
    muted="#60646C",
    border="#DFE2EA",
    series=("#3451B2", "#D9730D", "#0F8A74", "#1D2140"),
    before="#7B7F8A",
    after="#3451B2",
    good="#0F8A74",
    bad="#C2410C",
    unsure="#7B7F8A",
)
DARK = Palette(
    background="#111418",
    panel="#191D24",
    text="#EDEEF0",
    muted="#A9AFB8",
    border="#2E343D",
    series=("#8DA4EF", "#FF9F4A", "#3DD6B5", "#F5F7FA"),
    before="#A0A6B1",
    after="#8DA4EF",
    good="#3DD6B5",
    bad="#FF9F4A",
    unsure="#A0A6B1",
)
DASHES = ("solid", "dash", "dot", "dashdot")
"""Line dashes in the order of the series: colour is never the only difference."""
MARKERS = ("circle", "diamond", "square", "triangle-up")


def palette(dark: bool = False) -> Palette:
    """The colours of a light or dark page."""
    return DARK if dark else LIGHT


class Look(NamedTuple):
    """Language of the page, and whether it is dark."""

    lang: str
    dark: bool


def band(colour: str, alpha: float = BAND_ALPHA) -> str:
    """A colour ``#RRGGBB`` made see-through, for intervals."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


def new_figure(dark: bool = False, lang: str = "en", *, height: int = 340) -> Figure:
    """An empty figure in the house's look: no background of its own, quiet grid, horizontal legend.

    Args:
        dark: for a dark page.
        lang: language of the page, for number signs and fonts.
        height: pixels.
    """
    import plotly.graph_objects as go

    colours = palette(dark)
    axis = {
        "gridcolor": colours.border,
        "linecolor": colours.border,
        "zerolinecolor": colours.muted,
        "zerolinewidth": 1,
        "ticks": "",
        "automargin": True,
        "title": {"standoff": 8, "font": {"size": 13}},
    }
    return go.Figure(
        layout={
            "template": "none",
            "height": height,
            "margin": {"l": 8, "r": 16, "t": 36, "b": 8},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "size": 13, "color": colours.text},
            "colorway": list(colours.series),
            "hoverlabel": {
                "bgcolor": colours.panel,
                "bordercolor": colours.border,
                "font": {"color": colours.text, "family": FONT},
            },
            "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
            "xaxis": axis,
            "yaxis": axis,
        }
    )
