"""Links into the middle of the dashboard, reloads, and what leaves the machine (nothing)."""

from __future__ import annotations

from urllib.parse import urlparse

import pytest
from harness import no_traceback, settled

import causalrec as cr
from causalrec.causal.formats.json_document import to_document
from causalrec.core.words import table
from causalrec.ui.kit.pages import PAGES

INNER = [name for name in PAGES if name != "home"]


@pytest.mark.parametrize("name", ["graph", "compare"])
def test_a_deep_link_opens_on_a_server_nobody_has_visited(new_server, page, name):
    """Streamlit starts a page's script alone there; the frame must bring router and charts."""
    cold = new_server()
    page.goto(cold.page(name, lang="zh"))
    settled(page)
    assert page.get_by_role("heading", level=1).inner_text() == table("zh")[f"ui.page_{name}"]
    assert page.get_by_test_id("stSidebarNav").get_by_role("link").count() == len(PAGES)
    no_traceback(page)
    cold.stop()


def test_each_page_opens_by_its_link_and_nothing_leaves_this_machine(server, workspace, page):
    hosts, errors = set(), []
    page.on("request", lambda request: hosts.add(urlparse(request.url).hostname))
    page.on("pageerror", lambda error: errors.append(str(error)))
    for name in INNER:
        page.goto(server.page(name, w=workspace.id))
        settled(page)
        assert page.get_by_role("heading", level=1).inner_text() == table("en")[f"ui.page_{name}"]
        assert f"w={workspace.id}" in page.url
        no_traceback(page)
    assert hosts <= {"127.0.0.1", None}, hosts
    assert not errors


def test_the_sidebar_keeps_workspace_and_language(server, workspace, page):
    page.goto(server.page("runs", w=workspace.id))
    settled(page)
    page.get_by_test_id("stSidebar").get_by_text("中文", exact=True).click()
    zh = table("zh")
    page.get_by_role("heading", level=1, name=zh["ui.page_runs"]).wait_for()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=zh["ui.page_data"]).click()
    page.get_by_role("heading", level=1, name=zh["ui.page_data"]).wait_for()
    settled(page)
    assert f"w={workspace.id}" in page.url
    assert "lang=zh" in page.url
    page.reload()
    page.get_by_role("heading", level=1, name=zh["ui.page_data"]).wait_for()


def test_the_browsers_language_comes_first(server, workspace, new_page):
    page = new_page(locale="zh-CN")
    page.goto(server.page("runs", w=workspace.id))
    page.get_by_role("heading", level=1, name=table("zh")["ui.page_runs"]).wait_for()
    settled(page)
    assert "lang=" not in page.url


def test_the_page_follows_a_switch_to_dark(server, workspace, page):
    """Charts and logo take their colours in Python, so a switch must draw the page again."""
    page.goto(server.page("runs", w=workspace.id))
    settled(page)
    logo = page.get_by_test_id("stSidebar").get_by_test_id("stSidebarLogo")
    light = logo.get_attribute("src")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "light => document.querySelector('[data-testid=stSidebarLogo]').src.split('/').pop()"
        " !== light.split('/').pop()",
        arg=light,
    )
    settled(page)
    assert logo.get_attribute("src") != light
    no_traceback(page)


def test_what_cannot_be_pressed_can_be_read_in_the_dark(server, workspace, new_page):
    """Ink for the bright face of a button is no ink for the page: Save of a saved graph."""
    workspace.save_json("graph", "kept", to_document(cr.CausalGraph([("a", "b")])))
    page = new_page(color_scheme="dark")
    page.goto(server.page("graph", w=workspace.id))
    words = page.locator(".st-key-graph-save button:disabled p")
    words.wait_for()
    settled(page)
    ink = words.evaluate(
        """words => {
            const part = document.createElement('canvas').getContext('2d');
            part.fillStyle = '#111418'; part.fillRect(0, 0, 1, 1);
            part.fillStyle = getComputedStyle(words).color; part.fillRect(0, 0, 1, 1);
            return Math.max(...part.getImageData(0, 0, 1, 1).data.slice(0, 3));
        }"""
    )
    assert ink > 60  # of 255; the page itself is at most 24
    no_traceback(page)
