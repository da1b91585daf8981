"""The page and the table that leave the house: escaped, self-contained, no formulas."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

import pytest

from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.reports.export_files import to_csv
from causalrec.reports.report import to_html
from causalrec.whatif.changes.comparison import Compared, Comparison, compare
from causalrec.whatif.changes.comparison_answer import comparison_answer
from causalrec.whatif.changes.metric_change import MetricChange
from causalrec.whatif.changes.verdict import Guardrail

RAILS = (
    Guardrail(metric="ndcg", allowed=0.05),
    Guardrail(metric="coverage", allowed=0.2),
    Guardrail(metric="revenue", allowed=0.02),
)

EVIL = "=HYPERLINK(\"x\")<script>alert('1')</script>"
BEFORE = Text("compare.before_model", model=EVIL)
HOLDS = Text("whatif.assume_propensity")


def figure(metric: str, source: str, value: float | None, **more) -> MetricChange:
    if value is None:
        none = Estimate(refused=True, reason=Text("compare.policy", name="-1 " + EVIL))
        parts = {"before": none, "after": none, "change": none}
    else:
        change = Estimate(value=value, low=value - 0.01, high=value + 0.01, n=500)
        parts = {
            "before": Estimate(value=0.2, low=0.1, high=0.3, n=500),
            "after": Estimate(value=0.2 + value, low=0.1, high=0.3, n=500),
            "change": change,
        }
    return MetricChange(metric=metric, source=source, before_name=BEFORE, **parts, **more)


@pytest.fixture
def made() -> Comparison:
    rows = [
        figure("click", "off-policy-snips", -0.05, assumptions=(HOLDS,)),
        figure("click", "simulator", None),
        figure("revenue", "off-policy-snips", None),
        figure("ndcg", "split", 0.005, k=10, unit="list"),
        figure("gini", "split", 0.0, k=10, unit="list"),
    ]
    segments = [figure("click", "off-policy-snips", 0.02, segment=EVIL)]
    compared = Compared(
        name=EVIL,
        before_name=BEFORE,
        after_name=BEFORE,
        currency="EUR",
        notes=(Text("compare.note_lists_model"),),
    )
    comparison = compare(compared, rows, guardrails=RAILS, segments=segments)
    return comparison.model_copy(update={"split_by": EVIL})


class Tags(HTMLParser):
    """Collects tags, and checks that each one that opens also closes."""

    VOID = frozenset({"meta", "line", "rect", "circle", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_holds_everything_and_runs_nothing(made, lang):
    page = to_html(made, lang)
    tags = Tags()
    tags.feed(page)
    assert not tags.open
    assert not {"script", "img", "link", "iframe", "object"} & set(tags.seen)
    assert not re.search(r"(?:src|href)\s*=|url\(|@import|https?:", page)
    text = " ".join(tags.words)
    answer = comparison_answer(made)
    assert answer.decided.to(lang) in text
    assert all(sentence in text for sentence in answer.sentences(lang))
    assert all(step.words.to(lang) in text for step in answer.rule)
    assert EVIL in text
    for key in ("compare.report_assumptions", "compare.report_guardrails", "answer.title_unknown"):
        assert Text(key).to(lang) in text
    assert tags.seen.count("svg") == 3
    assert "prefers-color-scheme:dark" in page
    assert f'<html lang="{lang}">' in page


def test_what_must_hold_stands_there_where_something_must(made):
    title = Text("compare.report_assumptions").to("en")
    assert HOLDS in to_html(made)
    bare = [row.model_copy(update={"assumptions": ()}) for row in made.rows]
    assert title not in to_html(made.model_copy(update={"rows": tuple(bare)}))


def test_the_table_is_no_program(made):
    rows = list(csv.DictReader(io.StringIO(to_csv(made).decode("utf-8-sig"))))
    assert len(rows) == len(made.rows) + len(made.segments)
    for row in rows:
        assert row["comparison"].startswith("'=")
        for cell in row.values():
            if cell and cell[0] in "=+-@\t\r":
                float(cell)  # only numbers may begin like a formula
    assert float(rows[0]["change"]) == -0.05
    assert float(rows[0]["low"]) == pytest.approx(-0.06)
    assert rows[1]["change"] == ""


def test_charts_draw_it_in_both_themes(made):
    import causalrec.plots  # noqa: F401 - registers the drawings

    for kind in ("dumbbell", "forest", "segments"):
        for dark in (False, True):
            figure = made.plot("zh", dark=dark, kind=kind, truth={"click": -0.04})
            assert len(figure.data) >= 3
            labels = " ".join(figure.layout.yaxis.ticktext)
            assert "<script" not in labels
    drawn = made.plot(kind="dumbbell")
    assert {trace.line.dash for trace in drawn.data if trace.mode == "lines"} == {None, "dot"}
