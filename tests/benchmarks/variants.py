"""Variants of models on MovieLens 100K: size, scoring speed, and NDCG@10 against the original.

Run it as ``python tests/benchmarks/variants.py [model ...]``; seed 0, fixed split r811.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from movielens import folder, read_split

import causalrec as cr
from causalrec.core.progress import silent
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.recsys.variants.compress import make_variant, users_per_second

FORMS = ("int8", "bf16", "pruned", "distilled")


def size_mb(model: Recommender) -> float:
    """Megabytes of the saved model: document and weights."""
    with tempfile.TemporaryDirectory() as place:
        model.save(place)
        return sum(file.stat().st_size for file in Path(place).iterdir()) / 1e6


def main(names: list[str]) -> int:
    """Print the table."""
    where = folder()
    if where is None:
        print("skipped: the MovieLens splits are not here")
        return int(os.environ.get("CI") == "true")
    split = read_split(where / "r811")
    head = f"{'model':10}{'form':11}{'MB':>7}{'size':>7}{'users/s':>10}{'speed':>7}"
    print(f"{head}{'NDCG@10':>9}{'change':>9}{'95 % interval':>20}")
    for name in [n for n in names if n in RECOMMENDERS] or ["ease", "ials", "bpr", "item-knn"]:
        base = cr.recommender(name)
        base.fit(split.train, split.valid, seed=0)
        first = (size_mb(base), cr.evaluate(base, split, k=10))
        for form in ("original", *FORMS):
            model = base
            if form != "original":
                model = make_variant(base, form, split, on_progress=silent)
            size, (speed, beside) = size_mb(model), users_per_second(model, base)
            table = cr.evaluate(model, split, k=10)
            row = cr.compare_metrics(first[1], table).table.query("metric == 'ndcg'").iloc[0]
            ratios = f"{size:7.2f}{size / first[0]:7.2f}{speed:10,.0f}{speed / beside:7.2f}"
            value = table.row("ndcg", 10)["value"]
            between = f"{row['low']:+.4f} – {row['high']:+.4f}"
            print(
                f"{name:10}{form:11}{ratios}{value:9.4f}{row['value']:+9.4f}{between:>20}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
