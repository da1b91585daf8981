"""Only the figures asked for; intervals of many users from a formula."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import NotFoundError
from causalrec.recsys.evaluation.intervals import mean_rows, paired_mean_rows
from causalrec.recsys.interactions.segments import Segment
from causalrec.recsys.metrics import METRICS


@pytest.fixture(scope="module")
def fitted() -> tuple[cr.Recommender, cr.Split]:
    rng = np.random.default_rng(0)
    items = np.concatenate([rng.choice(30, 8, replace=False) for _ in range(80)])
    frame = pd.DataFrame({"u": np.repeat(np.arange(80), 8), "i": items})
    split = cr.Split.per_user(cr.Dataset.from_frame(frame, cr.ColumnMapping(user="u", item="i")))
    model = cr.recommender("ease", regularization=5.0)
    model.fit(split.train)
    return model, split


def test_only_what_was_asked_for_is_computed(
    fitted: tuple[cr.Recommender, cr.Split], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = cr.evaluate(*fitted, k=(3, 5))
    monkeypatch.setattr(METRICS["auc"], "of_scores", None)  # called, it would break
    some = cr.evaluate(*fitted, k=(3, 5), metrics=("recall", "coverage"))
    assert list(dict.fromkeys(some.table["metric"])) == ["recall", "ndcg", "coverage"]
    assert set(some.per_user) == {"user", "recall@3", "recall@5", "ndcg@3", "ndcg@5"}
    for metric in ("recall", "ndcg", "coverage"):
        pd.testing.assert_series_equal(some.row(metric, 5), whole.row(metric, 5), check_names=False)
    np.testing.assert_array_equal(some.lists, whole.lists)
    compared = cr.compare_metrics(some, whole)
    assert set(compared.table["metric"]) == {"recall", "ndcg", "coverage"}
    with pytest.raises(NotFoundError):
        cr.evaluate(*fitted, metrics=("recal",))


def test_intervals_of_many_users_are_students() -> None:
    """The t interval, by its own formula; a group's and a gap's from their own users."""
    from scipy.stats import t

    rng = np.random.default_rng(0)
    values = rng.gamma(0.5, size=(1_500, 2))
    mine = np.arange(1_500) < 40
    by = [Segment("half", ("a", "b"), np.stack([mine, ~mine], axis=1))]
    rows, groups = mean_rows(values, ("ndcg@10", "recall@10"), by, seed=0)
    for column, row in enumerate(rows):
        error = values[:, column].std(ddof=1) / np.sqrt(1_500)
        low, high = t.interval(0.95, 1_499, values[:, column].mean(), error)
        assert (row["low"], row["high"]) == pytest.approx((low, high))
    few = values[mine, 0]
    low, high = t.interval(0.95, 39, few.mean(), few.std(ddof=1) / np.sqrt(40))
    assert (groups[0]["low"], groups[0]["high"]) == pytest.approx((low, high))
    assert groups[0]["gap_low"] < groups[0]["gap"] < groups[0]["gap_high"]
    (change,) = paired_mean_rows((values[:, :1], values[:, 1:]), ("ndcg@10",), seed=0)
    gap = values[:, 1] - values[:, 0]
    low, high = t.interval(0.95, 1_499, gap.mean(), gap.std(ddof=1) / np.sqrt(1_500))
    assert (change["low"], change["high"]) == pytest.approx((low, high))
