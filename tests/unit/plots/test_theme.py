"""The house's colours: readable on both backgrounds, the same in charts and in the dashboard."""

from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

from causalrec.core.results.result import draw
from causalrec.plots.theme import band, new_figure, palette

ROOT = Path(__file__).resolve().parents[3]


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.1)."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_series_stand_out_and_words_are_readable(dark):
    colours = palette(dark)
    for surface in (colours.background, colours.panel):
        for colour in (*colours.series, colours.before, colours.good, colours.bad):
            assert contrast(colour, surface) >= 3, (colour, surface)
        for words in (colours.text, colours.muted):
            assert contrast(words, surface) >= 4.5, (words, surface)
    assert all(one != other for one, other in combinations(colours.series, 2))


@pytest.mark.parametrize("dark", [False, True])
def test_the_dashboard_and_the_charts_share_their_colours(dark):
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    theme, colours = config["theme"]["dark" if dark else "light"], palette(dark)
    assert theme["backgroundColor"] == colours.background
    assert theme["secondaryBackgroundColor"] == colours.panel
    assert theme["textColor"] == colours.text
    assert theme["borderColor"] == colours.border
    assert theme["primaryColor"] == colours.after
    assert theme["chartCategoricalColors"][:4] == list(colours.series)
    assert len(theme["chartCategoricalColors"]) == 10  # fewer: plotly takes its own colours


def test_nothing_is_fetched_and_nothing_is_reported():
    config = (ROOT / ".streamlit" / "config.toml").read_text()
    assert "http" not in config
    assert tomllib.loads(config)["browser"]["gatherUsageStats"] is False
    for file in (ROOT / "assets").glob("*.svg"):
        assert "href" not in file.read_text(), file


def test_band_keeps_the_hue():
    assert band("#3451B2") == "rgba(52,81,178,0.22)"


def test_a_figure_has_no_background_of_its_own():
    figure = new_figure(dark=True)
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.font.color == palette(True).text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_metrics_are_one_panel_each_side_by_side(lang):
    steps = pd.DataFrame({"loss": [3.0, 2.0, 1.0], "valid_ndcg": [None, 0.1, 0.2]}, index=[1, 2, 3])
    figure = draw(steps, lang=lang)
    assert [list(trace.x) for trace in figure.data] == [[1, 2, 3], [2, 3]]
    assert figure.data[1].yaxis == "y2"
    first, second = figure.layout.xaxis.domain, figure.layout.xaxis2.domain
    assert first[1] <= second[0]
    assert figure.layout.yaxis2.title.text == {"en": "validation NDCG", "zh": "验证 NDCG"}[lang]
    assert figure.layout.yaxis.title.text != figure.layout.yaxis2.title.text
