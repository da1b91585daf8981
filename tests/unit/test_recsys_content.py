"""Attributes as features, and the models that use them and texts."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import ParamError
from causalrec.recsys.attributes import attribute_matrix, encoded


def table() -> pd.DataFrame:
    n = 60
    return pd.DataFrame(
        {
            "title": [f"Film {i}" for i in range(n)],
            "genres": ["Action|Comedy", "Drama", None] * (n // 3),
            "tags": [["a", "b"], [], ["b"]] * (n // 3),
            "price": [np.nan, *np.linspace(1, 100, n - 1)],
            "shop": ["one"] * n,
            "brand_id": np.arange(n) % 12,
            "code": [f"x{i}" for i in range(n)],
            "genres_zh": ["动作|喜剧", "剧情", None] * (n // 3),
            "new": [True, False, None] * (n // 3),
            "nothing": [None] * n,
            "visits": [0.0] * (n - 11) + list(range(11)),
        }
    )


def test_features_are_what_describes() -> None:
    made = attribute_matrix(table(), 60)
    assert made.matrix.shape == (60, len(made.names))
    assert made.matrix.dtype == np.float32
    assert {feature.column for feature in made.features} == {
        *("genres", "tags", "price", "brand_id", "new", "visits")
    }
    dense = pd.DataFrame(made.matrix.toarray(), columns=made.names)
    assert dense.loc[0, ["genres=Action", "genres=Comedy", "genres=Drama"]].tolist() == [1, 1, 0]
    assert dense.loc[2, ["genres=Action", "genres=Comedy", "genres=Drama"]].tolist() == [0, 0, 0]
    assert dense.loc[0, ["tags=a", "tags=b"]].tolist() == [1, 1]
    prices = dense[[name for name in made.names if name.startswith("price=")]]
    assert prices.shape[1] == 5
    assert prices.sum(axis=1).tolist() == [0] + [1] * 59
    assert prices.sum().between(11, 13).all()
    assert dense.loc[1, "new=False"] == 1
    assert dense[["visits=–1", "visits=1–"]].sum().tolist() == [50, 10]
    assert set(made.columns) == set(range(6))


def test_new_rows_are_read_in_the_old_features() -> None:
    made = attribute_matrix(table(), 60)
    vocabulary = json.loads(json.dumps(made.vocabulary()))
    assert (encoded(vocabulary, table(), 60) != made.matrix).nnz == 0
    new = pd.DataFrame({"genres": ["Drama|Western", "Western", 3.0], "price": [1e9, -1, "?"]})
    rows = pd.DataFrame(encoded(vocabulary, new, 3).toarray(), columns=made.names)
    assert rows.loc[0].sum() == 2
    assert rows.loc[0, "genres=Drama"] == 1
    assert rows.loc[1].sum() == 1
    assert rows.loc[2].sum() == 0
    assert encoded(vocabulary, None, 4).shape == (4, len(made.names))
    assert encoded(vocabulary, None, 4).nnz == 0


def test_nothing_known_is_no_feature() -> None:
    for given in (None, pd.DataFrame(index=range(5)), table()[["title", "shop", "nothing"]][:5]):
        made = attribute_matrix(given, 5)
        assert made.matrix.shape == (5, 0)
        assert made.names == []
    with pytest.raises(ParamError):
        attribute_matrix(table(), 7)


def test_the_sample_shop_is_described() -> None:
    data = cr.sample_shop(seed=3, users=300, items=40, impressions=3_000, days=20).dataset()
    items = attribute_matrix(data.items, data.n_items)
    users = attribute_matrix(data.users, data.n_users)
    assert [f.column for f in items.features if f.categories] == ["category"]
    assert {"segment", "device", "is_new", "promotion"} <= {f.column for f in users.features}
    assert {f.column for f in users.features if f.edges} == {"activity", "past_spend"}
