"""Effects: what is seen, what is caused, and why the two differ."""

import causalrec as cr

shop = cr.sample_shop(impressions=100_000)
data = shop.dataset()

# What causes what. Active users and good customers got the promotion more often.
graph = cr.CausalGraph(
    [
        ("activity", "promotion"),
        ("activity", "purchase"),
        ("past_spend", "promotion"),
        ("past_spend", "purchase"),
        ("promotion", "purchase"),
    ]
)
for names in graph.adjustment_sets("promotion", "purchase"):
    print("enough to adjust for:", ", ".join(names))
print(cr.write_graph(graph, "dagitty"))

# One row a user: what was before the day of the promotion, and what came after.
table = cr.causal_table(data, "user", date=shop.promotion_date)

# The plain difference is what one sees; the others adjust for what the graph says.
for estimator in ("difference", "ols", "aipw"):
    effect = cr.estimate(
        table, graph, treatment="promotion", outcome="purchase", estimator=estimator
    )
    print(f"{estimator}: {effect.summary()}")

# The shop is made up and knows the answer.
print(f"truth: {shop.true_effect('promotion', 'purchase'):+.4f}")
for assumption in effect.assumptions:
    print("-", assumption)
