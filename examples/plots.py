"""Answers: one sentence, one table, one chart, in two languages."""

import causalrec as cr

shop = cr.sample_shop(users=1_000, items=100, impressions=50_000)
table = cr.causal_table(shop.dataset(), "user", date=shop.promotion_date)
causes = ["activity", "past_spend"]
effect = cr.estimate(table, causes, treatment="promotion", outcome="purchase")

# A sentence with its interval and its n, in English and in Chinese.
print(effect.summary())
print(effect.summary("zh"))

# A tidy table, one row a figure.
print(effect.to_frame().round(4).to_string(index=False))

# A plotly figure, for a light or a dark page; a notebook shows it as it is.
figure = effect.plot("en", dark=True)
print(type(figure).__name__, [trace.type for trace in figure.data])

# JSON out and in again: the same answer.
again = type(effect).model_validate_json(effect.model_dump_json())
print(again.summary() == effect.summary())
