"""Seconds a person waits: cold start, first page, page switch, rerun, an upload of 1M rows.

    python tests/benchmarks/latency.py [--rows 1000000] [--repeats 7]

Prints one line a figure with the target of the house. Needs Chromium.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "practice")]

import harness  # noqa: E402

from causalrec.core.words import table  # noqa: E402
from causalrec.workspace import Workspace  # noqa: E402

WORDS = table("en")


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def heading(page, name: str) -> None:
    page.get_by_role("heading", level=1, name=WORDS[f"ui.page_{name}"], exact=True).wait_for()
    harness.settled(page)


def navigate(page, name: str) -> None:
    link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=WORDS[f"ui.page_{name}"])
    link.click()
    heading(page, name)


def log_of(rows: int, folder: Path) -> list[Path]:
    draw = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "user_id": draw.integers(0, 50_000, rows),
            "item_id": draw.integers(0, 5_000, rows),
            "time": 1_700_000_000 + np.sort(draw.integers(0, 5_000_000, rows)),
            "click": draw.integers(0, 2, rows),
        }
    )
    csv, parquet = folder / "log.csv", folder / "log.parquet"
    frame.to_csv(csv, index=False)
    frame.to_parquet(parquet)
    return [csv, parquet]


def upload(page, server, file: Path) -> float:
    """Seconds from choosing the file until it is read, in a workspace of its own."""
    page.goto(server.page("data", w=Workspace.create(server.root, file.name).id, lang="en"))
    heading(page, "data")
    page.locator("input[type=file]").first.wait_for(state="attached")
    read = page.locator("[class*=st-key-how-read]")
    assert read.count() == 0, "an earlier table is on the page"
    begun = time.perf_counter()
    page.locator("input[type=file]").first.set_input_files(str(file))
    read.first.wait_for(timeout=120_000)
    return time.perf_counter() - begun


def measure(server, chromium, options: argparse.Namespace, folder: Path) -> None:
    def tab():
        return chromium.new_context(viewport={"width": 1440, "height": 1000}).new_page()

    def show(label: str, seconds: list[float], target: float) -> None:
        print(
            f"{label:34s} {statistics.median(seconds):7.2f} s  p95 {max(seconds):6.2f}"
            f"  target {target} s  (load {os.getloadavg()[0]:.1f})"
        )

    page = tab()
    first = timed(lambda: (page.goto(server.url), harness.settled(page)))
    show("first page, cold server", [first], 4)
    identity = parse_qs(urlparse(page.url).query)["w"][0]
    warm = []
    for _ in range(options.repeats):
        one = tab()
        address = server.page(w=identity)
        warm.append(timed(lambda one=one, a=address: (one.goto(a), harness.settled(one))))
        one.context.close()
    show("first page, warm server", warm, 2.5)
    for name in ("runs", "train"):  # each page's own modules are imported once
        navigate(page, name)
    switches = [
        timed(lambda name=name: navigate(page, name))
        for _ in range(options.repeats)
        for name in ("runs", "train")
    ]
    show("page switch", switches, 0.5)
    reruns = []
    for turn in range(2 * options.repeats):
        label, lang = ("中文", "zh") if turn % 2 == 0 else ("English", "en")
        page.get_by_test_id("stSidebar").get_by_text(label, exact=True).click(no_wait_after=True)
        begun = time.perf_counter()
        title = table(lang)["ui.page_train"]
        page.get_by_role("heading", level=1, name=title, exact=True).wait_for()
        reruns.append(time.perf_counter() - begun)
    show("rerun (language switched)", reruns, 0.2)
    for file, target in zip(log_of(options.rows, folder), (5, 3), strict=True):
        seconds = upload(page, server, file)
        show(f"upload {options.rows:,} rows {file.suffix}", [seconds], target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name)
        chromium = driver.chromium.launch(executable_path=harness.chromium(), args=harness.FLAGS)
        server = harness.Server(folder / "workspaces", folder / "server.log")
        print(f"{'server answers':34s} {timed(server.start):7.2f} s")
        try:
            measure(server, chromium, options, folder)
        finally:
            chromium.close()
            server.stop()


if __name__ == "__main__":
    main()
