"""Milliseconds from an edit in the graph editor to Python's colours on screen, on the real page.

    python tests/benchmarks/edit_latency.py [--edits 60] [--nodes 8 30]

Each edit is a key that marks a node; the clock runs inside the browser, from the key to the
moment when the analysis of that very edit has been painted. Needs Chromium.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "practice")]

import harness  # noqa: E402

from causalrec.causal.formats.json_document import to_document  # noqa: E402
from causalrec.causal.graph.causal_graph import CausalGraph  # noqa: E402
from causalrec.shop.large_shop import sample_shop  # noqa: E402
from causalrec.tasks.data.import_data import keep_dataset  # noqa: E402
from causalrec.workspace import Workspace  # noqa: E402

EDIT = """(root, key) => new Promise((done) => {
  const node = [...root.querySelectorAll('.node')].find((n) => n.dataset.name === 'v2');
  node.focus();
  const wanted = String(Number(root.dataset.revision) + 1);
  const begun = performance.now();
  const seen = () => {
    if (root.dataset.analysed !== wanted) return;
    watcher.disconnect();
    requestAnimationFrame(() => done(performance.now() - begun));
  };
  const watcher = new MutationObserver(seen);
  watcher.observe(root, { attributes: true });
  node.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true }));
})"""


def random_graph(nodes: int) -> CausalGraph:
    """A graph with about two edges a node, v0 the treatment and the last node the outcome."""
    draw = np.random.default_rng(nodes)
    names = [f"v{i}" for i in range(nodes)]
    pairs = [(i, j) for j in range(nodes) for i in range(j)]
    chosen = draw.choice(len(pairs), size=min(2 * nodes - 1, len(pairs)), replace=False)
    edges = {(names[pairs[k][0]], names[pairs[k][1]]) for k in chosen}
    edges |= {("v1", "v3"), ("v1", names[-1]), ("v3", names[-1])}
    graph = CausalGraph(sorted(edges), nodes=names)
    return graph.with_roles(treatment="v3", outcome=names[-1])


def measure(server, chromium, nodes: int, edits: int) -> list[float]:
    workspace = Workspace.create(server.root, f"{nodes} nodes")
    shop = sample_shop(seed=0, users=2000, items=200, impressions=50_000)
    keep_dataset(workspace, shop.dataset())
    workspace.save_json("graph", "g", to_document(random_graph(nodes)))
    page = chromium.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    page.goto(server.page("graph", w=workspace.id))
    root = page.locator('.dag[data-analysed="0"]')
    root.locator(".node").first.wait_for(timeout=60_000)
    harness.settled(page)
    root = page.locator(".dag")
    times = []
    for turn in range(edits + 5):  # the first five warm up
        times.append(root.evaluate(EDIT, "aui"[turn % 3]))
        harness.settled(page)
    page.context.close()
    return times[5:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edits", type=int, default=60)
    parser.add_argument("--nodes", type=int, nargs="+", default=[8, 30])
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name)
        chromium = driver.chromium.launch(executable_path=harness.chromium(), args=harness.FLAGS)
        server = harness.Server(folder / "workspaces", folder / "server.log")
        server.start()
        try:
            for nodes in options.nodes:
                times = measure(server, chromium, nodes, options.edits)
                low, high = np.percentile(times, [50, 95])
                print(
                    f"{nodes:3d} nodes, {len(times)} edits: edit to colours "
                    f"p50 {low:.0f} ms, p95 {high:.0f} ms   (target p50 300, p95 600)"
                )
        finally:
            chromium.close()
            server.stop()


if __name__ == "__main__":
    main()
