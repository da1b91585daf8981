"""axe-core (WCAG 2.2, A and AA) finds nothing of ours on any page, light and dark, both languages.

What streamlit draws is not ours to mend; its faults are listed with the reason, each by where it
may lie, so that the same fault anywhere else is one of ours.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from harness import click, no_traceback, settled
from practice_logs import dirty_shop

from causalrec.core.words import table
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.journey import Journey
from causalrec.ui.kit.pages import HOME, PAGES
from causalrec.workspace import Workspace

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SMALL = {"users": 500, "items": 60, "impressions": 12_000}
THEIRS = {
    # The navigation's headings stand as divs between its list and its items.
    "list": "[data-testid=stSidebarNav]",
    "listitem": "[data-testid=stSidebarNav]",
    # "Clear all" of a multiselect is 22.5 px wide; day and month of a date 17 px.
    "target-size": "[data-testid=stMultiSelect], [data-testid=stDateInput]",
}
"""Streamlit's own faults: the rule, and the only places where it is theirs."""
OPEN = "document.querySelectorAll('details:not([open]) > summary').forEach(one => one.click())"


@pytest.fixture(scope="module")
def finished(server) -> Workspace:
    """A workspace in which every page has something to show."""
    place = Workspace.create(server.root, "Finished")
    run_inline(place, Journey, SMALL)
    return place


def still(page) -> None:
    """Wait until everything is drawn, folded parts too."""
    settled(page)
    page.evaluate(OPEN)
    settled(page)
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")
    page.wait_for_timeout(500)  # colours fade in
    settled(page)


def faults(page) -> list[str]:
    """What axe finds that is not streamlit's own: rule, element and why."""
    about = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
    violations = Axe().run(page, options=about).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:200]} {node['failureSummary'][:200]}"
        for fault in violations
        for node in fault["nodes"]
        if not theirs(page, fault["id"], node["target"])
    ]


def theirs(page, rule: str, target: list[str]) -> bool:
    """Whether an element lies where the fault is streamlit's."""
    place = THEIRS.get(rule)
    inside = "(element, place) => element.closest(place) !== null"
    return place is not None and page.locator(target[0]).first.evaluate(inside, place)


def stops(server, page, place: Workspace, lang: str, path: str) -> Iterator[str]:
    """Every page as it is found, then the forms that only work brings up."""
    for name in PAGES:
        page.goto(server.page(name, w=place.id, lang=lang))
        still(page)
        yield name
    page.goto(server.page("train", w=place.id, lang=lang))
    page.locator(".st-key-train-view button").last.click()
    page.locator(".st-key-train-start").wait_for()
    still(page)
    yield "train: a new run"
    empty = Workspace.create(server.root, "Empty")
    page.goto(server.page("data", w=empty.id, lang=lang))
    settled(page)
    page.locator("input[type=file]").first.set_input_files(path)
    page.locator(".st-key-save-dataset button:enabled").wait_for()
    still(page)
    yield "data: an upload"
    page.goto(server.page(w=place.id, lang=lang))
    settled(page)
    click(page.locator(".st-key-workspaces button[kind=tertiary][aria-haspopup=dialog]"))
    page.locator("[data-testid=stPopoverBody]").wait_for()
    yield "home: a question"


@pytest.mark.parametrize(("scheme", "lang"), [("light", "en"), ("dark", "zh")])
def test_nothing_of_ours_is_found(server, finished, new_page, tmp_path, scheme, lang):
    dirty_shop(400)[0].to_csv(tmp_path / "shop.csv", index=False)
    locale = {"en": "en-US", "zh": "zh-CN"}[lang]
    page, words = new_page(locale=locale, color_scheme=scheme), table(lang)
    found = {}
    for stop in stops(server, page, finished, lang, str(tmp_path / "shop.csv")):
        found |= {f"{stop}: {fault}": "" for fault in faults(page)}
        no_traceback(page)
        assert page.evaluate("document.documentElement.lang") == {"en": "en", "zh": "zh-CN"}[lang]
        name = stop.partition(":")[0]
        title = words[f"ui.page_{name}"]
        assert page.title() == ("CausalRec" if name == HOME.name else f"{title} · CausalRec")
    assert not found, "\n".join(found)
