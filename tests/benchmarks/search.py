"""Tuned against default parameters on MovieLens 100K: searched on validation, told on test.

Run it as ``python tests/benchmarks/search.py [trials] [model ...]``. The median of three seeds
of random and TPE at equal trials, fixed split r811; the first trial is the defaults.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from movielens import folder, read_split

import causalrec as cr
from causalrec.core.progress import silent
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.recsys.tuning.search import SearchPlan, search
from causalrec.recsys.tuning.search_result import Budget, SearchResult
from causalrec.recsys.tuning.search_space import space_of

SEEDS = (0, 1, 2)


def keep(result: SearchResult) -> None:
    """Trials are only wanted at the end."""


def tested(name: str, params: dict[str, object], split: cr.Split) -> float:
    """NDCG@10 on test of a model trained on train."""
    model = cr.recommender(name, **params)
    model.fit(split.train, split.valid, seed=0)
    return float(cr.evaluate(model, split, k=10).row("ndcg", 10)["value"])


def main(words: list[str]) -> int:
    """Print the table."""
    where = folder()
    if where is None:
        print("skipped: the MovieLens splits are not here")
        return int(os.environ.get("CI") == "true")
    split = read_split(where / "r811")
    trials = next((int(word) for word in words if word.isdigit()), 20)
    names = [word for word in words if word in RECOMMENDERS] or ["ease", "item-knn", "ials"]
    print(f"{trials} trials; median of seeds {SEEDS}; NDCG@10")
    head = f"{'model':10}{'sampler':9}{'valid':>8}{'default':>9}{'test':>8}{'default':>9}"
    print(f"{head}{'gain':>9}{'seconds':>9}  best of the first seed")
    for name in names:
        default = tested(name, {}, split)
        space = space_of(RECOMMENDERS[name].Params)
        for sampler in ("random", "tpe"):
            found, times = [], []
            for seed in SEEDS:
                started = time.perf_counter()
                budget = Budget(trials)
                options = {"sampler": sampler, "seed": seed}
                plan = SearchPlan(name, space, budget, **options)
                made = search(plan, split, on_progress=silent, on_trial=keep)
                found.append(made)
                times.append(time.perf_counter() - started)
            valid = statistics.median(float(one.best_value) for one in found)
            test = statistics.median(tested(name, one.best, split) for one in found)
            best = ", ".join(f"{key} {value:.4g}" for key, value in found[0].best.items())
            figures = f"{valid:8.4f}{found[0].default_value:9.4f}{test:8.4f}{default:9.4f}"
            gain = f"{test - default:+9.4f}{statistics.median(times):9.1f}"
            print(f"{name:10}{sampler:9}{figures}{gain}  {best}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
