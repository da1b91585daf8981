"""What if: another policy, valued from the log and by a simulator."""

import causalrec as cr

shop = cr.sample_shop(users=600, items=120, impressions=24_000)
data = shop.dataset()
before = shop.logging_policy()

# An intervention turns a policy into another one.
after = cr.intervention("popularity-penalty", strength=0.5).apply(before)

# From the log alone: each impression is weighed by how much likelier the new policy shows it.
log = cr.exposure_log(data, "click")
for name in ("snips", "sndr", "ips"):
    print(f"{name}: {cr.policy_value(log, after, name).summary()}")

# By a simulator that was fitted to the log: both policies meet the same chance.
comparison = cr.compare_policies(cr.fit_world(data), before, after)
print(comparison.summary())
shown = comparison.to_frame()[["metric", "before", "after", "change", "low", "high"]]
print(shown.round(4).to_string(index=False))

# The shop is made up and knows what really comes of it.
print(f"truth: {shop.true_value(after) - shop.true_value(before):+.4f} clicks an impression")
