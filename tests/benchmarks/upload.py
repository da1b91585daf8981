"""Seconds from choosing a file in the browser to its table on the page, and of each part behind.

    python tests/benchmarks/upload.py              1,000,000 rows as CSV and as Parquet, 3 times
    python tests/benchmarks/upload.py --rows 10000000 --times 1
    python tests/benchmarks/upload.py --no-browser (the parts only), --no-parts (the page only)

Needs Chromium for the browser's figures. Targets (p50, two busy cores): 5 s CSV, 3 s Parquet.
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
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "practice")]

import harness  # noqa: E402

from causalrec.data.preparation.checks import find  # noqa: E402
from causalrec.data.preparation.measure_profile import profile  # noqa: E402
from causalrec.data.reading.files import import_file  # noqa: E402
from causalrec.data.roles.guess_mapping import guess_mapping  # noqa: E402
from causalrec.data.steps.draft import Draft  # noqa: E402
from causalrec.data.storage.store import save_dataset  # noqa: E402
from causalrec.workspace import Workspace  # noqa: E402


def log(n: int) -> pd.DataFrame:
    """A log of n rows: users, items, clicks, times, devices, prices."""
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "user_id": random.integers(0, n // 20, n),
            "item_id": random.integers(0, max(n // 200, 50), n),
            "click": (random.random(n) < 0.1).astype(int),
            "timestamp": 1_600_000_000 + random.integers(0, 30_000_000, n),
            "device": random.choice(["ios", "android", "web"], n),
            "price": random.random(n).round(2),
        }
    )


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that the work took, and what it gave."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def parts(path: Path, folder: Path) -> dict[str, float]:
    """Seconds of each step behind the page."""
    seconds: dict[str, float] = {}
    seconds["read"], table = timed(lambda: import_file(path, folder / "table.parquet"))
    frame = table.to_frame()
    seconds["roles"], mapping = timed(lambda: guess_mapping(table.head(20_000)))
    draft = Draft(frame, mapping)
    seconds["findings"], _ = timed(lambda: find(draft, table))
    seconds["build"], data = timed(lambda: draft.dataset("log"))
    seconds["save"], _ = timed(lambda: save_dataset(data, folder / "data"))
    seconds["profile"], _ = timed(lambda: profile(folder / "data"))
    return seconds


def shown(server: harness.Server, browser, path: Path) -> dict[str, float]:
    """Seconds from choosing the file until its first rows, its roles and its findings stand.

    Each upload has a workspace of its own: an earlier upload's table would be on the page already.
    """
    workspace = Workspace.create(server.root, path.name)
    page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    page.set_default_timeout(180_000)
    page.goto(server.page("data", w=workspace.id))
    dropzone = page.locator("[data-testid=stFileUploaderDropzoneInput]").first
    dropzone.wait_for(state="attached")
    harness.settled(page)
    read = page.locator("[class*=st-key-how-read]")
    assert read.count() == 0
    start = time.perf_counter()
    dropzone.set_input_files(str(path))
    read.first.wait_for()
    seconds = {"table": time.perf_counter() - start}
    page.locator(".st-key-save-dataset").wait_for()
    harness.settled(page, timeout=180_000)
    seconds["ready to save"] = time.perf_counter() - start
    page.context.close()
    return seconds


def report(name: str, rounds: list[dict[str, float]]) -> None:
    """One line a figure: median of the rounds."""
    for part in rounds[0]:
        values = [one[part] for one in rounds]
        load = os.getloadavg()[0]
        print(
            f"{name:14} {part:14} p50 {statistics.median(values):6.2f} s"
            f"  max {max(values):6.2f}   (of {len(values)}, load {load:.1f})"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--no-parts", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frame = log(asked.rows)
        frame.to_csv(folder / "log.csv", index=False)
        frame.to_parquet(folder / "log.parquet", index=False)
        del frame
        files = [folder / "log.csv", folder / "log.parquet"]
        for path in files if not asked.no_parts else ():
            report(f"{path.suffix[1:]} parts", [parts(path, folder) for _ in range(asked.times)])
        if not asked.no_browser:
            browse(files, folder, asked.times)


def browse(files: list[Path], folder: Path, times: int) -> None:
    """The same through the browser."""
    from playwright.sync_api import sync_playwright

    server = harness.Server(folder / "workspaces", folder / "server.log").start()
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=harness.chromium(), args=harness.FLAGS)
            for path in files:
                rounds = [shown(server, browser, path) for _ in range(times)]
                report(f"{path.suffix[1:]} page", rounds)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
