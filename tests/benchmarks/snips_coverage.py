"""How often policy values' 95 % intervals hold the truth, and how fast they come.

``python tests/benchmarks/snips_coverage.py [draws]`` prints, for three targets on fresh logs of
the sample shop, the share of intervals that hold the true value; then values and times against a
plain row-by-row implementation in the manner of the Open Bandit Pipeline.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import causalrec as cr
from causalrec.data.dataset.exposure import exposure_log
from causalrec.shop.large_shop import SampleShop
from causalrec.whatif.ope import policy_change

USERS, IMPRESSIONS = 500, 10_000


def worlds() -> tuple[SampleShop, dict[str, np.ndarray]]:
    """The shop and three targets as tables (n_users, n_items) in the shop's order."""
    shop = cr.sample_shop(seed=21, users=1_500, items=200, impressions=90_000)
    data = shop.dataset()
    own, everybody = shop.logging_policy(), np.arange(1_500)
    boosted = cr.intervention("boost-category", category="Books", strength=1.0).apply(own)
    model = cr.recommender("ease")
    model.fit(data)
    from causalrec.recsys.policies.temperature import default_temperature

    temperature = default_temperature(model, exposure_log(data, "click"))
    policy = cr.Policy.from_recommender(model, temperature=temperature)
    users = pd.Index(policy.user_ids).get_indexer(shop.user_ids.astype(str))
    items = pd.Index(policy.item_ids).get_indexer(shop.item_ids.astype(str))
    softmax = policy.probabilities(users)[:, items]
    best = np.zeros_like(softmax)
    np.put_along_axis(best, np.argsort(-softmax, axis=1)[:, :10], 0.1, axis=1)
    print(f"temperature of the model's softmax: {temperature:.3g}")
    return shop, {
        "category boosted by one logit": boosted.probabilities(everybody),
        "a model's softmax": softmax,
        "deterministic top 10": best,
    }


def coverage(shop: SampleShop, targets: dict[str, np.ndarray], draws: int) -> pd.DataFrame:
    """Coverage, refusals and flags a target and estimator."""
    truth = {name: shop.population_value(table) for name, table in targets.items()}
    base = shop.population_value(shop.logging_policy())
    rows = []
    for seed in range(draws):
        frame = shop.draw_log(seed, USERS, IMPRESSIONS)
        known = frame[["item", "propensity"]].assign(
            user=frame["visitor"], outcome=frame["click"].astype(float)
        )
        log = cr.ExposureLog(known, shop.item_ids, np.arange(USERS).astype(str))
        for name, table in targets.items():
            chances = table[frame["user"], frame["item"]]
            answers = {
                "snips": (cr.policy_value(log, chances), truth[name]),
                "ips": (cr.policy_value(log, chances, "ips"), truth[name]),
                "snips against log": (policy_change(log, chances), truth[name] - base),
            }
            for kind, (value, right) in answers.items():
                rows.append((name, kind, *_judged(value, right)))
    columns = ["target", "estimator", "held", "refused", "flagged", "effective", "off", "width"]
    judged = pd.DataFrame(rows, columns=columns)
    return judged.groupby(["target", "estimator"], sort=False).mean()


def _judged(value: cr.whatif.ope.PolicyValue, right: float) -> tuple[float, ...]:
    share = value.effective_n / value.n
    if value.refused:
        return np.nan, 1.0, 0.0, share, np.nan, np.nan
    held = value.low <= right <= value.high
    flagged = float(bool(value.flags))
    return float(held), 0.0, flagged, share, value.value - right, value.high - value.low


def plain_snips(
    outcome: np.ndarray, weight: np.ndarray, rng: np.random.Generator
) -> tuple[float, float, float]:
    """SNIPS row by row with 200 bootstrap means, as obp's estimators do it."""
    rewards = weight * outcome / weight.mean()
    means = [rng.choice(rewards, len(rewards)).mean() for _ in range(200)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(rewards.mean()), float(low), float(high)


def speed(shop: SampleShop, table: np.ndarray) -> None:
    """Value and time against the plain implementation, one log of 100,000 rows."""
    frame = shop.draw_log(0, 1_500, 100_000)
    known = frame[["item", "propensity"]].assign(
        user=frame["visitor"], outcome=frame["click"].astype(float)
    )
    log = cr.ExposureLog(known, shop.item_ids, np.arange(1_500).astype(str))
    chances = table[frame["user"], frame["item"]]
    started = time.perf_counter()
    ours = cr.policy_value(log, chances)
    middle = time.perf_counter()
    weight = chances / known["propensity"].to_numpy()
    theirs = plain_snips(known["outcome"].to_numpy(), weight, np.random.default_rng(0))
    ended = time.perf_counter()
    print(f"ours  {ours.value:.12f}  [{ours.low:.5f}, {ours.high:.5f}]  {middle - started:.4f} s")
    print(f"plain {theirs[0]:.12f}  [{theirs[1]:.5f}, {theirs[2]:.5f}]  {ended - middle:.4f} s")
    print(f"difference {abs(ours.value - theirs[0]):.1e}")


def main() -> None:
    """Print both tables."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    shop, targets = worlds()
    pd.set_option("display.width", 160)
    print(coverage(shop, targets, draws).round(4).to_string())
    speed(shop, targets["a model's softmax"])


if __name__ == "__main__":
    main()
