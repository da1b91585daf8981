"""Every model that can learn on a CUDA device, held against the CPU and the device's limits.

Run ``python tests/benchmarks/cuda.py [--small] [--only a,b] [--minutes 7] [--device cuda:0]``.
Needs torch, numpy, scipy, pandas, pyarrow, pydantic, duckdb and safetensors alone, and no file:
the logs are made up (hidden tastes, skewed popularity, seed 0). Of each model two things:

* agreement, on a log of 1,000 users: the CPU's learner moved over to the device must list the
  same items, a short fit there and here must reach like losses and like validation NDCG@10;
* speed, on a log of MovieLens 1M's size: seconds of an epoch (the clock's, once the device is
  done), interactions a second, and the multiply-adds and bytes that the method cannot do
  without, as a share of what a matrix product and a copy reach on the same device.

Then the networks that learn effects (`cuda_effects.py`), in the half minute after the models' time
at least.

Without CUDA both sides are the CPU, which tries the script out. Each model has its own limit of
time; one that fails prints why and the others go on. ``$OUT/cuda.json`` holds the figures.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
import cuda_effects
import cuda_parts  # first: it stands in for what may be missing
import numpy as np
import torch

import causalrec as cr
from causalrec.core.errors import Cancelled
from causalrec.recsys.arrays.topk import best, hide
from causalrec.recsys.learning import training_loop as fitting
from causalrec.recsys.recommenders import RECOMMENDERS

SMALL = (1_000, 800, 40_000)
FULL = (6_040, 3_416, 1_000_000)
#: Parameters of the timed fit beside the epochs; a second row where the batch matters.
TIMED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ials", {}),
    ("bpr", {}),
    ("bpr", {"batch_size": 65_536}),
    ("bpr", {"batch_size": 524_288}),
    ("lightgcn", {}),
    ("lightgcn", {"batch_size": 131_072}),
    ("multvae", {}),
    ("sasrec", {}),
    ("ncf", {}),
    ("ncf", {"batch_size": 65_536}),
    ("gcn", {}),
    ("gat", {}),
    ("joint", {"encoder": "none"}),
    ("ease", {}),
    ("content", {"encoder": "none"}),
    ("slim", {}),
)
EPOCHS, SHORT = 4, 3
#: Losses of short fits differ by what is drawn (order, dropout): a share of their size. BPR
#: takes a pair at a time on a processor, a batch on a device.
LOSS, NDCG, ALIKE = {"bpr": 0.3}, 0.03, 0.98
_SEEN: list[SimpleNamespace] = []


def now(device: str) -> float:
    """Seconds of the clock, once the device is done."""
    if device != "cpu":
        torch.cuda.synchronize()
    return time.perf_counter()


def watched() -> None:
    """Have `train_epochs` tell how long each pass took, and keep its learner for us."""
    plain: Callable[..., None] = fitting._one_epoch

    def timed(job: Any, learner: Any, *rest: Any, **asked: Any) -> None:
        if not _SEEN or _SEEN[-1].learner is not learner:
            _SEEN.append(SimpleNamespace(learner=learner, passes=[], epochs=[]))
        seen, own = _SEEN[-1], learner.epoch
        started = now(job.device)

        def epoch() -> float:
            loss: float = own()
            seen.passes.append(now(job.device) - started)
            return loss

        learner.epoch = epoch
        try:
            plain(job, learner, *rest, **asked)
        finally:
            del learner.epoch
        seen.epochs.append(now(job.device) - started)

    fitting._one_epoch = timed


def until(seconds: float) -> Callable[..., None]:
    """A progress listener that stops the work after so many seconds."""
    end = time.monotonic() + seconds

    def tell(*_: Any, **__: Any) -> None:
        if time.monotonic() > end:
            raise Cancelled("core.cancelled")

    return tell


def fitted(name: str, split: cr.Split, params: dict[str, Any], **how: Any) -> Any:
    """Model, report and what was seen of its learner (None: fitted in one step)."""
    _SEEN.clear()
    model = cr.recommender(name, **params)
    report = model.fit(split.train, split.valid, seed=0, **how)
    return SimpleNamespace(model=model, report=report, seen=_SEEN[-1] if _SEEN else None)


def has(name: str, param: str) -> bool:
    """Whether a model takes a parameter."""
    return param in RECOMMENDERS[name].Params.model_fields


def told(name: str, params: dict[str, Any], epochs: int) -> dict[str, Any]:
    """Parameters with the number of epochs, for models that have epochs."""
    return {**params, **({"epochs": epochs} if has(name, "epochs") else {})}


def overlap(a: np.ndarray, b: np.ndarray, seen: Any) -> float:
    """Share of the ten best that two tables of scores have in common."""
    lists = [best(hide(np.ascontiguousarray(one, dtype=np.float32), seen), 10) for one in (a, b)]
    both = [np.intersect1d(x, y).size for x, y in zip(*lists, strict=True)]
    return float(np.mean(both) / 10)


def agreement(name: str, params: dict[str, Any], split: cr.Split, device: str) -> dict[str, Any]:
    """The same short fit on the CPU and on the device, and the CPU's learner moved over."""
    short = told(name, params, SHORT)
    here = fitted(name, split, short, device="cpu", on_progress=until(40))
    there = fitted(name, split, short, device=device, on_progress=until(40))
    users = np.arange(0, here.model.n_users, 3)
    known = here.model.history[users]
    made: dict[str, Any] = {}
    if here.seen and there.seen:
        # A device has random states of its own.
        own = {k: v for k, v in there.seen.learner.state().items() if k.endswith("random")}
        kept = {**here.seen.learner.state(), **own}
        there.seen.learner.restore(kept)
        if hasattr(there.seen.learner, "_ready"):
            there.seen.learner._ready = None
        scores = [one.seen.learner.score(users) for one in (here, there)]
        made["moved"] = overlap(scores[0], scores[1], known)
        last = [float(one.report.curve["loss"].iloc[-1]) for one in (here, there)]
        made["loss"] = abs(last[0] - last[1]) / max(abs(last[0]), 1e-9)
    else:
        scores = [one.model.score(users) for one in (here, there)]
        made["moved"] = overlap(scores[0], scores[1], known)
    figures = [cr.evaluate(one.model, split, on="valid", k=10) for one in (here, there)]
    made["ndcg_cpu"], made["ndcg_device"] = (float(one.row("ndcg", 10)["value"]) for one in figures)
    made["agrees"] = bool(
        made["moved"] >= ALIKE
        and made.get("loss", 0.0) <= LOSS.get(name, 0.05)
        and abs(made["ndcg_cpu"] - made["ndcg_device"]) <= NDCG
    )
    return made


def listing(one: SimpleNamespace) -> dict[str, float]:
    """Users a second for whom lists of twenty are made: by the saved model (numpy, CPU)."""
    users = np.arange(min(one.model.n_users, 2_000))
    started = time.perf_counter()
    scores = one.model.score(users)
    best(hide(scores, one.model.history[users]), 20)
    made = {"users_s": len(users) / (time.perf_counter() - started)}
    if one.seen:
        started = time.perf_counter()
        one.seen.learner.score(users)
        made["scored_on_device_s"] = len(users) / (time.perf_counter() - started)
    return made


def speed(name: str, params: dict[str, Any], given: SimpleNamespace) -> dict[str, Any]:
    """Seconds of a pass at the full size, and its rates."""
    asked = told(name, params, given.epochs)
    one = fitted(name, given.split, asked, device=given.device, on_progress=until(given.limit))
    nnz = one.report.n_interactions
    usage = one.report.usage
    made: dict[str, Any] = {"fit_s": float(one.report.seconds)}
    made["gpu_mb"] = None if usage is None else usage.gpu_peak_mb
    if one.seen:
        passes, whole = one.seen.passes, one.seen.epochs
        made["epochs"] = len(passes)
        made["first_s"], made["epoch_s"] = passes[0], float(np.median(passes[1:] or passes))
        made["with_validation_s"] = float(np.median(whole[1:] or whole))
        made["interactions_s"] = nnz / made["epoch_s"]
    flops, moved = cuda_parts.work(name, one.model, nnz)
    seconds = made.get("epoch_s", made["fit_s"])
    made |= {"flop_s": flops / seconds, "bytes_s": moved / seconds}
    limits = given.limits
    made |= {"of_product": made["flop_s"] / limits["flop_s"]}
    made |= {"of_copy": made["bytes_s"] / limits["bytes_s"]}
    return {**made, **listing(one)}


def attempt(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the work answers, or why it did not: a failure must not hide the other models."""
    started = time.perf_counter()
    try:
        made = work()
    except Cancelled:
        passes = _SEEN[-1].passes if _SEEN else []
        made = {"error": "ran past its limit of time", "epochs": len(passes)}
        made["epoch_s"] = float(np.median(passes)) if passes else None
    except Exception as error:  # noqa: BLE001 - the script's own boundary
        traceback.print_exc()
        made = {"error": f"{type(error).__name__}: {error}"[:300]}
    return {**made, "took_s": time.perf_counter() - started}


def main() -> int:
    """Print figures as they come, then the tables; 1 where a model failed or disagrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="small logs, to try the script out")
    parser.add_argument("--only", default="", help="models, with commas")
    parser.add_argument("--minutes", type=float, default=7.0, help="stop starting work after")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    asked = parser.parse_args()
    end = time.monotonic() + 60 * asked.minutes
    if asked.device == "cpu":
        torch.set_num_threads(1)
    watched()
    given = SimpleNamespace(device=asked.device, epochs=2 if asked.small else EPOCHS)
    given.limits = cuda_parts.limits(asked.device, asked.small)
    print(json.dumps(given.limits), flush=True)
    small = cuda_parts.made_up(*((300, 200, 6_000) if asked.small else SMALL))
    given.split = cuda_parts.made_up(*(SMALL if asked.small else FULL))
    only = [name for name in asked.only.split(",") if name]
    rows: list[dict[str, Any]] = []
    agreed: set[str] = set()
    for name, params in TIMED:
        if (only and name not in only) or time.monotonic() > end:
            continue
        given.limit = 8.0 if asked.small else min(40.0, max(5.0, end - time.monotonic()))
        row: dict[str, Any] = {"model": name, "params": params}
        row["speed"] = attempt(lambda: speed(name, params, given))  # noqa: B023
        if name not in agreed:
            agreed.add(name)
            row["agreement"] = attempt(lambda: agreement(name, params, small, asked.device))  # noqa: B023
        rows.append(row)
        print(json.dumps(row, default=float), flush=True)
    missed = [] if only else sorted({name for name, _ in TIMED} - agreed)
    models = cuda_parts.told(rows, given.limits, missed)
    if only:
        return models
    nets = cuda_effects.effects(asked.device, given.limits, small=asked.small, end=end + 30)
    return max(models, nets)


if __name__ == "__main__":
    sys.exit(main())
