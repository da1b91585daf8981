"""First steps: from a log to a decision, in ten lines."""

import causalrec as cr

shop = cr.sample_shop(users=1_000, items=100, impressions=50_000)
data = shop.dataset()
split = cr.Split.by_time(data)
model = cr.recommender("ease")
model.fit(split.train, valid=split.valid)
print(cr.evaluate(model, split).summary())
table = cr.causal_table(data, "user", date=shop.promotion_date)
asked = {"treatment": "promotion", "outcome": "purchase"}
print(cr.estimate(table, ["activity", "past_spend"], **asked).summary())
calmer = cr.intervention("popularity-penalty", strength=0.5).apply(shop.logging_policy())
print(cr.compare_policies(cr.fit_world(data), shop.logging_policy(), calmer).summary())
