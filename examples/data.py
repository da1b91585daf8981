"""Data: a table becomes a dataset."""

from pathlib import Path
from tempfile import TemporaryDirectory

import causalrec as cr

# A log as shops export it: names of its own, decimal commas, a date format of its country.
rows = """customer;product;bought on;price;click
anna;lamp;03.02.2026 10:15;19,90;1
anna;chair;04.02.2026 18:40;74,50;0
ben;lamp;05.02.2026 09:05;19,90;1
ben;desk;25.02.2026 20:30;210,00;0
eve;chair;26.02.2026 11:00;74,50;1
eve;lamp;27.02.2026 12:45;19,90;0
"""

# What each column means: what is not said here is not guessed.
mapping = cr.ColumnMapping(
    user="customer", item="product", time="bought on", price="price", outcome="click"
)
with TemporaryDirectory() as folder:
    path = Path(folder) / "log.csv"
    path.write_text(rows, encoding="utf-8")
    data = cr.read_dataset(path, mapping)
print(f"{len(data)} rows, {data.n_users} users, {data.n_items} items")
print(data.frame[["time", "price"]].head(2))

# What was read in one way and could be read in another is said.
for note in data.notes:
    print("-", note)

# A split by time: what comes later is what a model is judged on.
split = cr.Split.by_time(data)
print(len(split.train), "rows to learn from,", len(split.test), "to be judged on")
