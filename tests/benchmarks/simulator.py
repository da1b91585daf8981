"""Does the simulator recover a world whose truth is known? And how fast is it?

python tests/benchmarks/simulator.py            the full shop: curve, three interventions, speed
python tests/benchmarks/simulator.py --shops 24 many smaller shops, from a seed on (--first): how
                                                often intervals hold, and how wide they are beside
                                                those of the log (SNDR)
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import causalrec as cr
from causalrec.recsys.policies.temperature import default_temperature
from causalrec.whatif.forecasts.ope_forecasts import off_policy_forecasts
from causalrec.whatif.forecasts.simulate import simulated_changes

OUTCOMES = {"click": "click", "purchase": "purchase", "revenue": "revenue"}


def interventions(data):
    """Three changes of lists: a category, the popular, a category for a segment."""
    shown = data.items["category"].iloc[data.frame["item"]].value_counts()
    first, second = shown.index[0], shown.index[3]
    segment = f"segment={sorted(data.users['segment'].unique())[0]}"
    return {
        "boost a category": cr.intervention("boost-category", category=first, strength=1.0),
        "popularity penalty": cr.intervention("popularity-penalty", strength=0.5),
        "boost for a segment": cr.intervention(
            "boost-segment-category", segment=segment, category=second, strength=1.5
        ),
    }


def curve(world, shop) -> np.ndarray:
    """Whether each position's interval holds the truth."""
    found = world.examination
    true = shop.world.examination / shop.world.examination[0]
    return (found.low <= true) & (true <= found.high)


def changes(world, shop, data, seed: int = 0, base=None):
    """name, outcome, truth, estimate, low, high of each intervention (base: the shop's policy)."""
    base = base or shop.logging_policy()
    for name, one in interventions(data).items():
        after = one.apply(base, data)
        rows, _ = simulated_changes(world, base, after, seed, before_name=cr_text())
        for row in rows:
            outcome = next(o for o, m in OUTCOMES.items() if m == row.metric)
            true = shop.true_value(after, outcome) - shop.true_value(base, outcome)
            yield name, outcome, true, row.change.value, row.change.low, row.change.high


def cr_text():
    from causalrec.core.words import Text

    return Text("compare.before_log")


def full() -> None:
    shop = cr.sample_shop(seed=0)
    data = shop.dataset()
    start, cpu = time.perf_counter(), time.process_time()
    world = cr.fit_world(data)
    print(f"fit: {time.perf_counter() - start:.1f} s ({time.process_time() - cpu:.1f} s of CPU)")
    held = curve(world, shop)
    table = world.examination.to_frame()
    table["truth"] = shop.world.examination / shop.world.examination[0]
    print(table.round(3).to_string(index=False))
    print(f"examination curve: {held[1:].sum()} of {len(held) - 1} positions within their interval")
    print(f"\n{'intervention':22}{'outcome':10}{'truth':>10}{'estimate':>10}  interval, error")
    for name, outcome, true, value, low, high in changes(world, shop, data):
        verdict = "holds" if low <= true <= high else "MISSES"
        print(
            f"{name:22}{outcome:10}{true:>10.5f}{value:>10.5f}  [{low:.5f}, {high:.5f}] {verdict}"
            f", {value / true - 1:+.1%}"
        )
    base = shop.logging_policy()
    start, cpu = time.perf_counter(), time.process_time()
    made = cr.compare_policies(world, base, base)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    pairs = data.n_users * data.n_items * (world.members + 1) * 2
    print(f"\nA/A: {[row.change.value for row in made.rows]}")
    print(
        f"compare two policies: {seconds:.1f} s ({cpu:.1f} s of CPU), "
        f"{pairs / cpu / 1e6:.0f} million user-item-world-arm outcomes a CPU second"
    )


def bases(shop, data):
    """The shop's own policy, and those of two models as sharp as the log can judge."""
    yield "shop", shop.logging_policy()
    for name in ("ease", "popularity"):
        model = cr.recommender(name)
        model.fit(data)
        sharp = default_temperature(cr.Policy.from_recommender(model, temperature=1.0), data)
        yield name, cr.Policy.from_recommender(model, temperature=sharp)


def beside_log(data, base, width: dict[tuple[str, str], float]):
    """Width of the simulator's interval over that of the log's, of each change that it answers."""
    for name, one in interventions(data).items():
        after = one.apply(base, data)
        for told in off_policy_forecasts(data, after, base, tuple(OUTCOMES), estimators=("sndr",)):
            if not told.refused:
                yield width[name, told.outcome] / (told.change.high - told.change.low)


def many(first: int, shops: int, users: int, items: int, impressions: int) -> None:
    held: dict[str, list[bool]] = {}
    ratios: list[float] = []
    seconds = 0.0
    for seed in range(first, first + shops):
        shop = cr.sample_shop(seed=seed, users=users, items=items, impressions=impressions)
        data = shop.dataset()
        start = time.process_time()
        world = cr.fit_world(data)
        seconds += time.process_time() - start
        held.setdefault("examination", []).extend(curve(world, shop)[1:])
        for base_name, base in bases(shop, data):
            width = {}
            for name, outcome, true, _, low, high in changes(world, shop, data, base=base):
                width[name, outcome] = high - low
                for key in ("all", base_name, outcome, name):
                    held.setdefault(key, []).append(low <= true <= high)
            ratios += beside_log(data, base, width)
        rates = ", ".join(f"{k} {np.mean(v):.2f} ({len(v)})" for k, v in held.items())
        print(
            f"{seed - first + 1} shops: held {rates}; width {np.median(ratios):.2f} of the log's"
            f" ({len(ratios)}); fit {seconds / (seed - first + 1):.1f} s of CPU",
            flush=True,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--shops", type=int, default=0)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--users", type=int, default=1_500)
    parser.add_argument("--items", type=int, default=300)
    parser.add_argument("--impressions", type=int, default=90_000)
    asked = parser.parse_args()
    if asked.shops:
        many(asked.first, asked.shops, asked.users, asked.items, asked.impressions)
    else:
        full()
