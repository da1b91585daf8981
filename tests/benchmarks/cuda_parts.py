"""What `cuda.py` is made of: its logs, the limits of a device, the work of a pass, its tables."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any


def stand_in_for_psutil() -> None:
    """The two answers that the engine asks of psutil, from /proc, on machines without it."""
    try:
        import psutil  # noqa: F401
    except ImportError:
        sys.modules["psutil"] = _stand_in()


def _stand_in() -> ModuleType:
    made = ModuleType("psutil")

    def kilobytes(path: str, key: str) -> int:
        lines = Path(path).read_text().splitlines()
        return int(next(line for line in lines if line.startswith(key)).split()[1])

    class Process:
        def __init__(self, _: int | None = None) -> None:
            pass

        def memory_info(self) -> SimpleNamespace:
            return SimpleNamespace(rss=1024 * kilobytes("/proc/self/status", "VmRSS"))

    def virtual_memory() -> SimpleNamespace:
        return SimpleNamespace(available=1024 * kilobytes("/proc/meminfo", "MemAvailable"))

    vars(made).update(Process=Process, virtual_memory=virtual_memory)
    return made


stand_in_for_psutil()


def made_up(users: int, items: int, events: int) -> Any:
    """A split of a log with 16 hidden tastes, skewed popularity, times, and items' categories."""
    import numpy as np
    import pandas as pd

    import causalrec as cr

    rng = np.random.default_rng(0)
    activity = rng.lognormal(0.0, 0.8, users)
    counts = np.clip(activity / activity.sum() * events, 5, items // 2).astype(int)
    person = rng.standard_normal((users, 16), dtype=np.float32)
    thing = rng.standard_normal((items, 16), dtype=np.float32)
    fame = -np.log1p(np.arange(items, dtype=np.float32))
    taken = []
    for start in range(0, users, 500):
        few = slice(start, start + 500)
        keys = person[few] @ thing.T * np.float32(0.7) + fame
        keys += rng.gumbel(size=keys.shape).astype(np.float32)
        order = np.argsort(-keys, axis=1)
        taken += [row[:n] for row, n in zip(order, counts[few], strict=True)]
    log = pd.DataFrame({"user": np.repeat(np.arange(users), counts), "item": np.concatenate(taken)})
    log["time"] = np.concatenate([rng.permutation(n) for n in counts])
    shelf = pd.DataFrame({"item": np.arange(items), "category": thing[:, :8].argmax(1).astype(str)})
    mapping = cr.ColumnMapping(user="user", item="item", time="time")
    return cr.Split.per_user(cr.Dataset.from_frame(log, mapping, items=shelf), seed=0)


def limits(device: str, small: bool) -> dict[str, Any]:
    """What the device reaches: a product and a copy in single precision, bf16, rows gathered."""
    import torch

    def seconds(work: Any) -> float:
        work()
        times = []
        for _ in range(5):
            if device != "cpu":
                torch.cuda.synchronize()
            started = time.perf_counter()
            work()
            if device != "cpu":
                torch.cuda.synchronize()
            times.append(time.perf_counter() - started)
        return min(times)

    n, length = (512, 2**22) if small else (8_192, 2**28)
    a, b = (torch.randn((n, n), device=device) for _ in range(2))
    source = torch.zeros(length, device=device)
    target = torch.empty_like(source)
    table = torch.zeros((length // 64, 64), device=device)
    rows = torch.randint(len(table), (min(len(table), 2_000_000),), device=device)
    made: dict[str, Any] = {"device": device, "torch": torch.__version__}
    if device != "cpu":
        made["name"] = torch.cuda.get_device_name()
    made["python"] = sys.version.split()[0]
    made["flop_s"] = 2.0 * n**3 / seconds(lambda: a @ b)
    made["bytes_s"] = 8.0 * length / seconds(lambda: target.copy_(source))
    made["gathered_s"] = 256.0 * len(rows) / seconds(lambda: table.index_select(0, rows))
    if device != "cpu":
        low = a.bfloat16(), b.bfloat16()
        made["bf16_flop_s"] = 2.0 * n**3 / seconds(lambda: low[0] @ low[1])
    return made


def work(name: str, model: Any, nnz: int) -> tuple[float, float]:
    """Least multiply-adds (times two) and bytes of a pass; of the whole fit, where it has none.

    Counted from the method alone: rows gathered and written once an interaction, AdamW's seven
    passes over its tables a step, six passes over the scores of a softmax.
    """
    one = _Size(model, nnz)
    count = WORK.get(name)
    return (0.0, 0.0) if count is None else count(one)


class _Size:
    """A model's parameters and the sizes of what it learns from."""

    def __init__(self, model: Any, nnz: int) -> None:
        self.p, self.users, self.items = model.params, model.n_users, model.n_items
        self.d, self.n = float(getattr(self.p, "factors", 64)), float(nnz)
        # The batch that the fit took: 0 among the parameters leaves it to the log.
        batch = model.report.params.get("batch_size") if model.report else None
        self.steps = max(1.0, self.n / float(batch or 16_384))
        self.scores = float(self.users) * self.items
        self.softmax_bytes = 24.0 * self.scores


def _ials(s: _Size) -> tuple[float, float]:
    turns, nodes = 2.0 * (s.p.steps + 1), s.users + s.items
    flops = turns * (4 * s.n * s.d + nodes * s.d**2) + 2 * nodes * s.d**2
    return flops, turns * s.n * 2 * (4 * s.d + 8)


def _ncf(s: _Size) -> tuple[float, float]:
    pairs, learnt = s.n * (1 + s.p.negatives), 2 * s.d * (s.users + s.items)
    return 6 * pairs * (1.5 * s.d**2 + s.d), pairs * 32 * s.d + s.steps * 28 * learnt


def _graph(s: _Size) -> tuple[float, float]:
    spread, nodes = s.steps * 4 * s.p.layers * s.n, float(s.users + s.items)
    maps = s.steps * 6 * s.p.layers * nodes * s.d**2 * hasattr(s.p, "id_dropout")
    flops = 6 * s.scores * s.d + 2 * spread * s.d + maps
    return flops, s.softmax_bytes + spread * (4 * s.d + 8) + s.steps * 28 * s.d * nodes


def _unfolding(s: _Size) -> tuple[float, float]:
    wide = float(getattr(s.p, "width", s.d))
    moved = s.softmax_bytes + 12 * s.n * wide + s.steps * 56 * s.items * wide
    return 6 * s.scores * wide + 4 * s.n * wide, moved


def _sasrec(s: _Size) -> tuple[float, float]:
    reach, d = min(s.p.length, s.n / s.users) / 2, s.d
    flops = 6 * s.n * (s.p.blocks * (12 * d * d + 2 * d * reach) + d * s.items)
    return flops, s.n * (24.0 * s.items + s.p.blocks * 136 * d)


WORK: dict[str, Callable[[_Size], tuple[float, float]]] = {
    "ials": _ials,
    "bpr": lambda s: (20 * s.n * s.d, s.n * (36 * (s.d + 1) + 36)),
    "ncf": _ncf,
    "lightgcn": _graph,
    "gcn": _graph,
    "gat": _graph,
    "multvae": _unfolding,
    "joint": _unfolding,
    "sasrec": _sasrec,
    "ease": lambda s: (float(s.items) ** 3, 16.0 * s.items**2),
    "slim": lambda s: (2.0 * s.p.sweeps * s.items**3, 4.0 * s.p.sweeps * s.items**2),
}


def told(rows: list[dict[str, Any]], limit: dict[str, Any], left_out: list[str]) -> int:
    """Print the tables and write `$OUT/cuda.json`; 1 where a model failed or disagrees."""
    import pandas as pd

    agreed = [row for row in rows if "agreement" in row]
    names = [f"{row['model']} {row['params'].get('batch_size', '')}".strip() for row in rows]
    speeds = pd.DataFrame([row["speed"] for row in rows], index=names)
    alike = pd.DataFrame([row["agreement"] for row in agreed], index=[r["model"] for r in agreed])
    print(f"\n{limit}")
    with pd.option_context("display.width", 250, "display.max_columns", 30):
        for table in (speeds, alike):
            print("\n" + table.to_string(float_format=lambda x: f"{x:.4g}", na_rep="-"))
    if left_out:
        print(f"left out, no time: {', '.join(left_out)}")
    if os.environ.get("OUT"):
        text = json.dumps({"limits": limit, "rows": rows}, indent=1, default=float)
        Path(os.environ["OUT"], "cuda.json").write_text(text, encoding="utf-8")
    failed = [row for row in rows if "error" in row["speed"]]
    differ = [row for row in agreed if not row["agreement"].get("agrees")]
    return int(bool(failed or differ or left_out))
