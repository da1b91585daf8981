"""Recommenders: fit, judge, compare, recommend."""

import causalrec as cr

shop = cr.sample_shop(users=600, items=120, impressions=24_000)
split = cr.Split.by_time(shop.dataset())

# Every model is made by its name and fitted in the same way; popularity is the bar to clear.
tables = {}
for name in ("popularity", "ease", "ials"):
    model = cr.recommender(name)
    model.fit(split.train, valid=split.valid)
    tables[name] = cr.evaluate(model, split)

# Differences are paired and corrected for the number of comparisons.
board = cr.leaderboard(tables)
print(board.summary())
ndcg = tables["ease"].to_frame().query("metric == 'ndcg'")
print(ndcg.round(4).to_string(index=False))

# Lists, of somebody the log knows and of somebody it never met.
somebody = str(split.train.user_ids[0])
print(model.recommend(user_ids=[somebody], k=3).to_string(index=False))
first, second = (str(item) for item in split.train.item_ids[:2])
print(model.recommend(histories={"a newcomer": [first, second]}, k=3).to_string(index=False))

# As a policy it shows each item with a probability.
policy = cr.Policy.from_recommender(model, temperature=0.05)
print(policy.probabilities([0]).round(3)[0, :5])
