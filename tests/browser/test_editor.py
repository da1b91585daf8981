"""Every gesture of the graph editor, in a browser, on a page with nothing but the editor.

Each test draws on a small graph (z -> x, z -> y, x -> y; x is the treatment, y the outcome) and
reads back what Python received: `Board.document` is Python's copy, not the browser's.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.request import urlopen

import pytest

from causalrec.causal.formats.graph_text import read_graph
from causalrec.causal.formats.json_document import to_document

HERE = Path(__file__).resolve().parent
TRIANGLE = (
    'dag { z [pos="0,-100"] x [exposure,pos="-200,60"] y [outcome,pos="200,60"] '
    "z -> x z -> y x -> y }"
)
NUMBERS = count(1)
CHAIN = 'dag { a [pos="-200,0"] b [pos="0,0"] c [pos="200,0"] a -> b b -> c }'


@pytest.fixture(scope="module")
def address(browser, tmp_path_factory) -> Iterator[str]:
    """A server that shows the editor alone."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(HERE / "editor_app.py")]
    command += [f"--server.port={port}", "--server.address=127.0.0.1"]
    command += ["--server.fileWatcherType=none", "--server.headless=true"]
    log = tmp_path_factory.mktemp("editor") / "server.log"
    root = HERE.parents[1]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=root,
            env=os.environ | {"PYTHONPATH": str(root)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
                break
            except OSError:
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


class Board:
    """The editor on a page, with a person's hands."""

    def __init__(self, page) -> None:
        self.page = page
        self.root = page.locator(".dag")
        self.edits = 0

    def open(self, address: str, graph: str = TRIANGLE, **asked: str) -> Board:
        """Mount a new editor: as good as a new page, and much faster."""
        if not self.page.url.startswith(address):
            self.page.goto(address)
        n = next(NUMBERS)
        field = self.page.get_by_role("textbox", name="asked")
        field.fill(json.dumps({"n": n, "graph": graph, **asked}))
        field.press("Enter")
        self.root = self.page.locator(f'.dag[data-id="editor-{n}"]')
        return self.seen(0)

    def find(self, selector: str):
        """What the editor shows; the one before it may still be leaving the page."""
        return self.root.locator(selector)

    def seen(self, revision: int) -> Board:
        """Wait until Python has analysed this revision and its colours are on screen."""
        # The editor before this one may still be leaving the page: the new one stands first.
        self.page.locator(
            f'.dag[data-revision="{revision}"][data-analysed="{revision}"]'
        ).first.wait_for()
        self.edits = revision
        return self

    def edited(self, times: int = 1) -> Board:
        return self.seen(self.edits + times)

    @property
    def document(self) -> dict:
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        return json.loads(self.page.locator("[data-testid=stCode] code").inner_text())

    @property
    def nodes(self) -> dict[str, dict]:
        return {node["name"]: node for node in self.document["nodes"]}

    @property
    def edges(self) -> set[str]:
        arrows = {"directed": "->", "bidirected": "<->"}
        return {f"{e['source']} {arrows[e['kind']]} {e['target']}" for e in self.document["edges"]}

    @property
    def spoken(self) -> str:
        return self.find(".spoken").inner_text().strip()

    def node(self, name: str):
        return self.find(".node").filter(
            has=self.page.locator(f"title:text-is({json.dumps(name)})")
        )

    def edge(self, source: str, target: str):
        return self.find(f'.edge[data-source="{source}"][data-target="{target}"]')

    def middle(self, locator) -> tuple[float, float]:
        box = locator.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def body(self, name: str) -> tuple[float, float]:
        return self.middle(self.node(name).locator(".body"))

    def spot(self, x: float, y: float) -> tuple[float, float]:
        """A point of the canvas, as shares of its width and height."""
        box = self.find(".canvas").bounding_box()
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def drag(self, start: tuple[float, float], end: tuple[float, float], *, drop=True) -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=3)
        mouse.move(*end, steps=3)
        if drop:
            mouse.up()

    def port(self, name: str, side: str = "right") -> tuple[float, float]:
        self.page.mouse.move(*self.body(name))
        return self.middle(self.node(name).locator(f'.port[data-side="{side}"]'))

    def press(self, *keys: str) -> Board:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def focus(self, name: str) -> Board:
        self.node(name).focus()
        return self

    def click(self, action: str) -> Board:
        self.find(f'button[data-action="{action}"]').click()
        return self


@pytest.fixture(scope="module")
def page(browser):
    """One tab for all tests here; `Board.open` gives each an editor of its own."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def board(page, address: str) -> Board:
    return Board(page).open(address)


# ------------------------------------------------------------------------------ by pointer


def test_double_click_makes_a_node_and_names_it(board: Board) -> None:
    board.page.mouse.dblclick(*board.spot(0.5, 0.9))
    board.page.keyboard.type("price")
    board.press("Enter").edited(2)
    assert set(board.nodes) == {"x", "y", "z", "price"}
    board.click("undo").edited()  # naming a new node belongs to making it
    assert set(board.nodes) == {"x", "y", "z"}


def test_drag_from_port_to_node_makes_an_edge(board: Board) -> None:
    board.click("add")
    board.press("Enter").edited()
    board.drag(board.port("node 1"), board.body("y"))
    board.edited()
    assert "node 1 -> y" in board.edges


def test_drag_into_empty_canvas_makes_edge_and_node(board: Board) -> None:
    board.drag(board.port("z", "top"), board.spot(0.8, 0.1))
    board.page.keyboard.type("season")
    board.press("Enter").edited(2)
    assert "z -> season" in board.edges


def test_shift_drag_makes_a_common_cause_edge(board: Board) -> None:
    start = board.port("x", "bottom")
    board.page.keyboard.down("Shift")
    board.drag(start, board.body("y"))
    board.page.keyboard.up("Shift")
    board.edited()
    assert "x <-> y" in board.edges
    assert board.find('.edge[data-kind="bidirected"][data-path="biasing"]').count() == 1


def test_cycle_is_refused_while_dragging(board: Board) -> None:
    board.drag(board.port("y", "top"), board.body("z"), drop=False)
    assert board.node("z").get_attribute("data-refuse") is not None
    assert board.node("z").get_attribute("data-blocked") is not None
    assert "y → z → y" in board.find(".toast").inner_text()
    assert "y → z → y" in board.spoken
    board.page.mouse.up()
    board.focus("z").press("ArrowDown")
    assert board.root.get_attribute("data-revision") == "0"  # nothing was drawn, nothing was sent
    assert board.edges == {"z -> x", "z -> y", "x -> y"}


def test_drag_moves_a_node_and_keeps_its_edges(board: Board) -> None:
    before = board.nodes["z"]
    x, y = board.body("z")
    board.drag((x, y), (x + 90, y - 30))
    board.edited()
    after = board.nodes["z"]
    assert after["x"] > before["x"] + 50
    assert after["y"] < before["y"]
    assert board.edges == {"z -> x", "z -> y", "x -> y"}


def test_double_click_renames(board: Board) -> None:
    board.page.mouse.dblclick(*board.body("z"))
    board.page.keyboard.type("activity")
    board.press("Enter").edited()
    assert board.edges == {"activity -> x", "activity -> y", "x -> y"}


def test_a_taken_name_is_refused(board: Board) -> None:
    board.focus("z").press("Enter")
    board.page.keyboard.type("x")
    board.press("Enter")
    assert "“x”" in board.spoken
    board.press("Escape")
    assert board.find(".rename").count() == 0
    assert set(board.nodes) == {"x", "y", "z"}


def test_names_are_text_never_markup(board: Board) -> None:
    name = "<img src=x onerror=alert(1)>"
    alarms: list[str] = []

    def alarm(dialog) -> None:
        alarms.append(dialog.message)
        dialog.dismiss()

    board.page.once("dialog", alarm)
    board.focus("z").press("Enter")
    board.page.keyboard.type(name)
    board.press("Enter").edited()
    assert name in board.nodes
    assert board.find("img").count() == 0
    assert alarms == []
    board.page.remove_listener("dialog", alarm)


def test_click_marks_and_unmarks(board: Board) -> None:
    board.page.mouse.click(*board.body("z"))
    for role in ("adjusted", "unobserved", "instrument"):
        board.click(role).edited()
        assert board.nodes["z"]["role"] == role
    board.click("treatment").edited()
    assert board.nodes["z"]["role"] == "treatment"
    assert board.nodes["x"]["role"] is None  # there is one treatment
    board.click("treatment").edited()
    assert board.nodes["z"]["role"] is None


def test_edge_is_chosen_turned_and_deleted_by_buttons(board: Board) -> None:
    a, b = board.body("x"), board.body("y")
    board.page.mouse.click((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    board.click("reverse").edited()
    assert "y -> x" in board.edges
    board.click("both").edited()
    assert {"y <-> x"} == board.edges - {"z -> x", "z -> y"}
    board.click("remove").edited()
    assert board.edges == {"z -> x", "z -> y"}


def test_wheel_zooms_only_once_the_canvas_is_entered(board: Board) -> None:
    from playwright.sync_api import expect

    level = board.find(".level")
    before = level.inner_text()
    board.page.mouse.move(*board.spot(0.5, 0.5))
    board.page.mouse.wheel(0, 300)
    assert level.inner_text() == before
    board.page.mouse.click(*board.spot(0.05, 0.9))
    board.page.mouse.wheel(0, 300)
    expect(level).not_to_have_text(before)
    assert board.root.get_attribute("data-revision") == "0"  # a view is no edit


def test_zoom_buttons_pan_and_fit(board: Board) -> None:
    level = board.find(".level")
    board.click("closer")
    near = level.inner_text()
    board.click("farther").click("farther")
    assert int(level.inner_text().split()[0]) < int(near.split()[0])
    x, _ = board.body("x")
    board.drag(board.spot(0.1, 0.9), board.spot(0.3, 0.9))
    assert board.body("x")[0] > x + 100
    board.click("fit")
    canvas = board.find(".canvas").bounding_box()
    for name in "xyz":
        box = board.node(name).locator(".body").bounding_box()
        assert canvas["x"] < box["x"]
        assert box["x"] + box["width"] < canvas["x"] + canvas["width"]


def test_layout_places_causes_left_of_effects(board: Board) -> None:
    board.click("layout").edited()
    at = {name: node["x"] for name, node in board.nodes.items()}
    assert at["z"] < at["x"] < at["y"]


def test_undo_and_redo_by_buttons(board: Board) -> None:
    board.page.mouse.click(*board.body("z"))
    board.click("remove").edited()
    assert set(board.nodes) == {"x", "y"}
    board.click("undo").edited()
    assert board.edges == {"z -> x", "z -> y", "x -> y"}
    board.click("redo").edited()
    assert board.edges == {"x -> y"}


def test_touch_draws_moves_and_pinches(new_page, address: str) -> None:
    page = new_page(has_touch=True, viewport={"width": 800, "height": 900})
    board = Board(page).open(address)
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, *points: tuple[float, float]) -> None:
        spots = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    def swipe(start: tuple[float, float], end: tuple[float, float]) -> None:
        fingers("touchStart", start)
        for share in (0.3, 0.7, 1):
            fingers(
                "touchMove", tuple(a + (b - a) * share for a, b in zip(start, end, strict=True))
            )
        fingers("touchEnd")

    x, y = board.body("z")
    swipe((x, y), (x + 60, y - 20))
    board.edited()
    swipe(board.middle(board.node("z").locator('.port[data-side="top"]')), board.spot(0.2, 0.1))
    board.press("Enter").edited()
    assert "z -> node 1" in board.edges
    before = int(board.find(".level").inner_text().split()[0])
    left, right = board.spot(0.4, 0.9), board.spot(0.6, 0.9)
    fingers("touchStart", left, right)
    fingers("touchMove", board.spot(0.3, 0.9), board.spot(0.7, 0.9))
    fingers("touchEnd")
    assert int(board.find(".level").inner_text().split()[0]) > before
    page.touchscreen.tap(*board.spot(0.9, 0.9))
    page.touchscreen.tap(*board.spot(0.9, 0.9))
    board.press("Enter").edited()
    assert "node 2" in board.nodes


# ------------------------------------------------------------------------------ by keyboard


def test_keys_add_connect_and_mark(page, address: str) -> None:
    """A whole graph without a mouse."""
    board = Board(page).open(address, graph="dag { }")
    board.find(".canvas").focus()
    board.press("n")
    page.keyboard.type("promotion")
    board.press("Enter", "t", "n")
    page.keyboard.type("purchase")
    board.press("Enter", "o")
    board.press("ArrowLeft", "e", "ArrowRight", "Enter").edited(7)
    assert board.edges == {"promotion -> purchase"}
    assert {n: v["role"] for n, v in board.nodes.items()} == {
        "promotion": "treatment",
        "purchase": "outcome",
    }
    assert board.find('.edge[data-path="causal"]').count() == 1


def test_marks_by_key(board: Board) -> None:
    board.focus("z")
    for key, role in (("a", "adjusted"), ("u", "unobserved"), ("i", "instrument")):
        board.press(key).edited()
        assert board.nodes["z"]["role"] == role
        assert role.capitalize() in board.node("z").get_attribute("aria-label")


def test_a_cycle_is_refused_by_key_too(board: Board) -> None:
    board.focus("y").press("e")
    board.node("z").focus()
    assert "y → z → y" in board.spoken
    board.press("Enter")
    assert board.root.get_attribute("data-revision") == "0"
    assert board.find(".draft path").count() == 0


def test_escape_cancels_an_edge(board: Board) -> None:
    board.focus("z").press("e", "ArrowDown", "Escape", "Escape")
    assert board.find(".draft path").count() == 0
    assert board.root.get_attribute("data-revision") == "0"


def test_arrows_and_tab_walk_between_nodes(board: Board) -> None:
    board.focus("x").press("ArrowRight")
    assert board.node("y").get_attribute("aria-pressed") == "true"
    names = []
    board.find(".canvas").focus()
    for _ in range(3):
        board.press("Tab")
        names.append(board.find(".node:focus").get_attribute("data-name"))
    assert sorted(names) == ["x", "y", "z"]


def test_edges_by_key_reverse_kind_delete(page, address: str) -> None:
    board = Board(page).open(address, graph=CHAIN)
    board.focus("a").press("j")
    assert board.find(".edge:focus").get_attribute("aria-label") == "a → b"
    board.press("r").edited()
    assert board.edges == {"b -> a", "b -> c"}
    board.press("b").edited()
    assert board.edges == {"b <-> a", "b -> c"}
    board.press("Delete").edited()
    assert board.edges == {"b -> c"}


def test_reversal_that_closes_a_cycle_is_refused(board: Board) -> None:
    board.focus("z").press("j", "j")
    assert board.find(".edge:focus").get_attribute("data-target") == "y"
    board.press("r")
    assert "y → z → x → y" in board.spoken
    assert board.root.get_attribute("data-revision") == "0"


def test_keys_move_delete_rename_undo_redo(board: Board) -> None:
    x = board.nodes["z"]["x"]
    board.focus("z").press("Shift+ArrowRight").edited()
    assert board.nodes["z"]["x"] == x + 12
    board.press("F2")
    board.page.keyboard.type("w")
    board.press("Enter", "Delete").edited(2)
    assert set(board.nodes) == {"x", "y"}
    board.press("Control+z", "Control+z").edited(2)
    assert "z" in board.nodes
    board.press("Control+y", "Control+Shift+z").edited(2)
    assert set(board.nodes) == {"x", "y"}


def test_view_and_layout_keys(board: Board) -> None:
    level = board.find(".level")
    first = level.inner_text()
    board.focus("z").press("+", "+")
    assert level.inner_text() != first
    board.press("0")
    assert level.inner_text() == first
    board.press("l").edited()
    assert board.nodes["z"]["x"] < board.nodes["x"]["x"]


def test_bidirected_edge_by_key(page, address: str) -> None:
    board = Board(page).open(address, graph=CHAIN)
    board.focus("a").press("b", "ArrowRight", "ArrowRight", "Enter").edited()
    assert "a <-> c" in board.edges


def test_new_target_while_drawing_an_edge(board: Board) -> None:
    board.focus("z").press("e", "n")
    board.page.keyboard.type("w")
    board.press("Enter").edited(2)
    assert "z -> w" in board.edges


def test_help_lists_the_keys(board: Board) -> None:
    board.focus("z").press("?")
    panel = board.find(".help")
    assert panel.is_visible()
    assert "Ctrl + Z" in panel.inner_text()
    board.press("Escape")
    assert panel.is_hidden()


def test_streamlits_own_shortcuts_stay_quiet(board: Board) -> None:
    """R reruns and C clears the cache on any Streamlit page, but not from inside the editor."""
    board.focus("z").press("c", "r")
    assert board.page.locator("[role=dialog]:visible").count() == 0


# ------------------------------------------------------------------------------ colours, both ways


def test_colours_follow_the_analysis(board: Board) -> None:
    assert board.node("z").get_attribute("data-suggested") is not None
    assert board.edge("x", "y").get_attribute("data-path") == "causal"
    assert board.edge("z", "x").get_attribute("data-path") == "biasing"
    board.focus("z").press("a").edited()
    assert board.node("z").get_attribute("data-suggested") is None
    assert board.edge("z", "x").get_attribute("data-path") == ""
    assert "Causal path" in board.edge("x", "y").get_attribute("aria-label")


def test_pythons_own_change_replaces_the_document_and_can_be_undone(page, address: str) -> None:
    board = Board(page).open(address, load=CHAIN)
    board.focus("z").press("a").edited()
    page.get_by_role("button", name="Load", exact=True).click()
    board.root.and_(page.locator('[data-version="2"]')).wait_for()
    assert set(board.nodes) == {"a", "b", "c"}
    board.edits = int(board.root.get_attribute("data-revision"))
    board.click("undo").edited()
    assert board.nodes["z"]["role"] == "adjusted"


def test_pictures_download(board: Board) -> None:
    board.focus("z").press("Enter")
    board.page.keyboard.type("<b>&")
    board.press("Enter").edited()
    with board.page.expect_download() as svg:
        board.click("svg")
    text = Path(svg.value.path()).read_text(encoding="utf-8")
    assert "&lt;b&gt;&amp;" in text
    assert re.search(r"fill:\s*rgb", text)
    assert 'class="port"' not in text
    with board.page.expect_download() as png:
        board.click("png")
    assert Path(png.value.path()).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert png.value.suggested_filename == "test-b-graph-b-.png"


def test_chinese_dark_and_narrow(new_page, address: str) -> None:
    page = new_page(color_scheme="dark", viewport={"width": 380, "height": 800})
    board = Board(page).open(address, lang="zh")
    board.focus("z").press("a").edited()
    assert "已调整" in board.node("z").get_attribute("aria-label")
    inside = board.root.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
    assert inside
    fill = board.node("y").locator(".body").evaluate("e => getComputedStyle(e).fill")
    assert fill == "rgb(237, 238, 240)"  # the outcome is drawn in the dark theme's ink


# ------------------------------------------------------------------------------ on the real page


def test_on_the_page_an_edit_survives_page_switch_and_reload(server, new_page, workspace) -> None:

    workspace.save_json("graph", "g", to_document(read_graph(TRIANGLE)))
    page = new_page()
    board = Board(page)
    page.goto(server.page("graph", w=workspace.id))
    board.seen(0)
    board.focus("z").press("a").edited()
    page.get_by_text("removes the bias").wait_for()  # the sentence on top follows
    board.focus("z").press("Enter")
    page.keyboard.type("activity")
    board.press("Enter").edited()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Runs").click()
    page.get_by_role("heading", level=1, name="Runs").wait_for()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Graph").click()
    board.seen(2)
    board.focus("activity").press("Control+z").edited()  # so does the history
    assert board.node("z").count() == 1
    page.reload()
    board.node("z").wait_for()
    assert board.node("z").get_attribute("data-role") == "adjusted"
