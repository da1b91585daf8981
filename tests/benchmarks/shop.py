"""What the sample shop can teach: how well models learn its tastes, and what its log can judge.

``python tests/benchmarks/shop.py [seeds …]`` prints, for the default shop of each seed (0 where
none is named): NDCG@10 by the product's own protocol, each model against popularity with its
paired interval; the off-policy forecasts of the default list scenarios beside the truth, with
their effective sample; the promotion's naive difference beside its truth.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import causalrec as cr
from causalrec.data.splits.split import Split
from causalrec.recsys.evaluation.evaluate import compare_metrics, evaluate
from causalrec.recsys.policies.policy import RecommenderPolicy
from causalrec.recsys.policies.temperature import default_temperature
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.shop.large_shop import SampleShop
from causalrec.tasks.recsys.saved_models import knowing
from causalrec.whatif.forecasts.ope_forecasts import off_policy_forecasts
from causalrec.whatif.forecasts.scenario import default_scenarios

BAR, MODELS = "popularity", ("ease", "ials", "item-knn")
OUTCOMES = ("click", "purchase", "revenue")


def accuracy(split: Split) -> RecommenderPolicy:
    """NDCG@10 of each model against popularity; the default model as a policy."""
    tables, models = {}, {}
    for name in (BAR, *MODELS):
        models[name] = cr.recommender(name)
        models[name].fit(split.train, split.valid)
        tables[name] = evaluate(models[name], split, k=10, metrics=("ndcg",))
        row = tables[name].row()
        print(f"  {name:12}{row['value']:.4f}", end="")
        if name != BAR:
            gain = compare_metrics(tables[BAR], tables[name]).table.iloc[0]
            times = row["value"] / tables[BAR].row()["value"]
            interval = f"[{gain['low']:+.4f}, {gain['high']:+.4f}]"
            print(f"  {times:.2f} times, {gain['value']:+.4f} {interval}", end="")
        print(f"  {int(row['n'])} users")
    rough = RecommenderPolicy(knowing(models[RECOMMENDERS.default], split), ranked=True)
    return rough.with_temperature(default_temperature(rough, split.test))


def scenarios(shop: SampleShop, split: Split, base: RecommenderPolicy) -> None:
    """The default list scenarios: what the log says of each, and what is true."""
    data = shop.dataset()
    for scenario in default_scenarios(data, base.name):
        _, after = scenario.policies(base, data)
        forecasts = off_policy_forecasts(
            split.test, after, base, OUTCOMES, estimators=("snips",), lead="snips"
        )
        for forecast in forecasts:
            before = shop.true_value(base, forecast.outcome)
            truth = shop.true_value(after, forecast.outcome) - before
            print(
                f"  {scenario.name:28}{forecast.outcome:10}truth {truth:+.4f} of {before:.4f}",
                end="",
            )
            change = forecast.change
            if forecast.refused:
                print("  refused")
                continue
            clear = "clear" if change.low * change.high > 0 else "unclear"
            n = f"effective {forecast.effective_n:.0f}"
            print(f"  {change.value:+.4f} [{change.low:+.4f}, {change.high:+.4f}] {clear}, {n}")


def promotion(shop: SampleShop) -> None:
    """Buyers with the promotion less buyers without, and the promotion's true effect."""
    window = shop.frame[shop.frame["time"] >= shop.promotion_date]
    bought = window.groupby("user_id")["purchase"].max().reindex(shop.user_ids, fill_value=0)
    given = shop.users["promotion"].to_numpy() == 1
    yes, no = bought[given].to_numpy(), bought[~given].to_numpy()
    naive = yes.mean() - no.mean()
    error = np.sqrt(yes.var() / len(yes) + no.var() / len(no))
    truth = shop.true_effect("promotion", "purchase")
    parts = [
        shop.true_effect("promotion", "purchase", s) for s in sorted(set(shop.users["segment"]))
    ]
    print(
        f"  promotion: naive {naive:+.3f}, true {truth:+.3f}, effect {truth / error:.1f} and bias "
        f"{(naive - truth) / error:.1f} standard errors; segments {min(parts):.3f} to "
        f"{max(parts):.3f}"
    )


def main(seeds: list[int]) -> None:
    """Everything, one shop a seed."""
    for seed in seeds:
        shop = cr.sample_shop(seed=seed)
        frame = shop.frame
        rates = ", ".join(f"{name} {frame[name].mean():.3f}" for name in ("click", "purchase"))
        least = frame["propensity"].min() * len(shop.items)
        print(f"seed {seed}: {rates}, least propensity {least:.3f} of an equal share", flush=True)
        split = Split.auto(shop.dataset())
        promotion(shop)
        scenarios(shop, split, accuracy(split))


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or [0])
