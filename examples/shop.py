"""The sample shop: a made-up world that can prove itself."""

import causalrec as cr

shop = cr.sample_shop(users=600, items=120, impressions=24_000)
data = shop.dataset()
print(f"{len(data):,} impressions of {data.n_items} items to {data.n_users} users")
print(data.frame[["user", "item", "position", "propensity", "click"]].head(3).round(4))

# It knows with which probability each item was shown: the log's propensities are those.
policy = shop.logging_policy()
first = data.frame.iloc[0]
shown = policy.probabilities([int(first["user"])])[0, int(first["item"])]
print(f"propensity {first['propensity']:.6f}, the policy says {shown:.6f}")

# It knows the value of any policy and the effect of any of its treatments.
print(f"true click rate of its own policy: {shop.true_value(policy):.4f}")
print(f"true effect of the promotion: {shop.true_effect('promotion', 'purchase'):+.4f}")
