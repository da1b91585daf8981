"""Identification: agreement with DAGitty, and milliseconds at 20, 50 and 100 nodes.

python tests/benchmarks/identification.py
"""

from __future__ import annotations

import itertools
import json
import os
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from causalrec.causal.graph.causal_graph import CausalGraph  # noqa: E402
from causalrec.causal.identification.adjustment_report import analyse  # noqa: E402

BENCH = Path(os.environ.get("CAUSALREC_BENCH_DATA", ROOT.parent / "shared" / "data"))


def agreement() -> None:
    for name in ("named_examples", "dev_200"):
        cases = json.loads((BENCH / "dag_oracle" / f"{name}.json").read_text())
        wrong = 0
        start = time.perf_counter()
        for case in cases:
            graph = CausalGraph(case["edges"], nodes=case["nodes"], latent=case["latent"])
            mine = graph.adjustment_sets(case["x"], case["y"])
            wrong += sorted(mine) != sorted(case["minimal_adjustment_sets"])
        spent = (time.perf_counter() - start) * 1000
        print(f"{name}: {len(cases)} graphs, {wrong} disagreements with DAGitty, {spent:.1f} ms")


def speed() -> None:
    import networkx as nx

    for n in (20, 50, 100):
        rng = random.Random(n)
        names = [f"v{i}" for i in range(n)]
        pairs = list(itertools.combinations(names, 2))
        edges = [pair for pair in pairs if rng.random() < 4 / n]
        latent = rng.sample(names, n // 10)
        asked = []
        start = time.perf_counter()
        graph = CausalGraph(edges, nodes=names, latent=latent)
        asked.append(("build", start))
        for what, call in (
            ("one set", lambda g, x, y: g.adjustment_sets(x, y, limit=1)),
            ("50 sets", lambda g, x, y: g.adjustment_sets(x, y, limit=50)),
            ("instruments", lambda g, x, y: g.question(x, y).instruments()),
            ("analysis", lambda g, x, y: analyse(g, x, y)),
        ):
            times = []
            for _ in range(20):
                x, y = sorted(rng.sample(range(n), 2))
                start = time.process_time()
                call(graph, names[x], names[y])
                times.append((time.process_time() - start) * 1000)
            times.sort()
            print(f"{n} nodes, {what}: median {times[10]:.2f} ms, worst {times[-1]:.2f} ms")
        whole = nx.DiGraph(edges)
        whole.add_nodes_from(names)
        start = time.process_time()
        nx.is_d_separator(whole, {names[0]}, {names[-1]}, set(names[1:4]))
        print(f"{n} nodes, networkx d-separation: {(time.process_time() - start) * 1000:.2f} ms")


if __name__ == "__main__":
    agreement()
    speed()
