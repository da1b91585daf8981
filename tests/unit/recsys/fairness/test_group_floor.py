"""A floor for groups: who belongs where, what each has, how weights rise, and the price."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import DataError, ParamError
from causalrec.recsys.fairness.group_floor import (
    FEWEST,
    Floor,
    FloorReport,
    fit_with_floor,
    priced,
)
from causalrec.recsys.fairness.groups import Groups, group_values, groups_of
from causalrec.recsys.model.recommender import Recommender

MAPPING = cr.ColumnMapping(user="u", item="i")
SECOND = 1.0 / np.log2(3.0)
"""NDCG of one held-out item in the second place."""


@cache
def split_of(few: int = FEWEST, *, valid: bool = True) -> cr.Split:
    """Everybody took "met"; 40 of the group "many" hold out "first", the few hold out "second"."""
    who = [f"m{u}" for u in range(40)] + [f"f{u}" for u in range(few)]
    held = ["first"] * 40 + ["second"] * few
    people = pd.DataFrame({"u": who, "group": ["many"] * 40 + ["few"] * few})
    things = pd.DataFrame(
        {"i": ["met", "first", "second"], "label": ["news|old", "news", "sport|new"]}
    )
    taken = pd.DataFrame({"u": who, "i": "met"})
    rest = pd.DataFrame({"u": who, "i": held})
    parts = [
        cr.Dataset.from_frame(part, MAPPING, users=people, items=things)
        for part in (taken, rest, rest)
    ]
    return cr.Split.given(*parts) if valid else cr.Split.given(*parts[:2])


class Fixed:
    """The same scores of the items, by name, for everybody of a group."""

    def __init__(self, split: cr.Split, **of_group: dict[str, float]) -> None:
        self.item_ids = np.asarray(split.train.item_ids)
        self.n_items = len(self.item_ids)
        people = split.train.users
        assert people is not None
        self.table = np.array(
            [[of_group[group][item] for item in self.item_ids] for group in people["group"]]
        )

    def score(self, users: np.ndarray) -> np.ndarray:
        return self.table[users]


FIRST = {"met": 9.0, "first": 2.0, "second": 1.0}
OTHER = {"met": 9.0, "first": 1.0, "second": 2.0}


def fitting(
    split: cr.Split, helps: Callable[[float], bool]
) -> tuple[Callable[[np.ndarray, int], Recommender], list[float]]:
    """A fit that serves the few once the weight of their rows helps, and the weights it got."""
    weights_of_few: list[float] = []
    few = groups_of(split.train, "group").names.index("few")

    def fit(weights: np.ndarray, number: int) -> Recommender:
        of_rows = groups_of(split.train, "group").of_rows(split.train)
        assert (weights[of_rows != few] == 1.0).all()
        weight = float(np.unique(weights[of_rows == few]).item())
        assert number == len(weights_of_few)
        weights_of_few.append(weight)
        scores = OTHER if helps(weight) else FIRST
        return cast(Recommender, Fixed(split, many=FIRST, few=scores))

    return fit, weights_of_few


def test_groups_of_users_come_before_those_of_items() -> None:
    data = split_of().train
    by_user, by_item = groups_of(data, "group"), groups_of(data, "label")
    assert (by_user.kind, by_user.names) == ("quality", ("few", "many"))
    assert (by_item.kind, by_item.names) == ("exposure", ("news", "sport")), "of a|b the first"
    named = dict(zip(data.item_ids, by_item.codes, strict=True))
    assert named == {"met": 0, "first": 0, "second": 1}
    who = np.asarray(data.user_ids)[data.frame["user"].to_numpy()]
    np.testing.assert_array_equal(by_user.of_rows(data) == 0, [u.startswith("f") for u in who])
    assert (by_item.of_rows(data) == 0).all(), "only what everybody met was taken"


def test_numbers_are_quarters_and_what_is_missing_is_in_no_group() -> None:
    people = pd.DataFrame({"u": range(9), "age": [*range(10, 90, 10), None]})
    frame = pd.DataFrame({"u": range(9), "i": [0, 1, 2] * 3})
    groups = groups_of(cr.Dataset.from_frame(frame, MAPPING, users=people), "age")
    assert len(groups.names) == 4
    np.testing.assert_array_equal(np.bincount(groups.codes[groups.codes >= 0]), [2, 2, 2, 2])
    assert (groups.codes == -1).sum() == 1


def test_an_attribute_that_nobody_has_is_refused_with_those_there_are() -> None:
    with pytest.raises(ParamError) as error:
        groups_of(split_of().train, "colour")
    assert "group" in str(error.value.hint)
    assert "label" in str(error.value.hint)


def test_quality_is_the_mean_ndcg_of_a_group_and_exposure_its_share_of_places() -> None:
    split = split_of()
    model = cast(Recommender, Fixed(split, many=FIRST, few=FIRST))
    values, sizes, overall = group_values(model, split, groups_of(split.train, "group"))
    np.testing.assert_allclose(values, [SECOND, 1.0])
    np.testing.assert_array_equal(sizes, [FEWEST, 40])
    assert overall == pytest.approx((40 + FEWEST * SECOND) / (40 + FEWEST))
    # What was taken is not listed: of two places one is news, one is sport.
    shares, items, same = group_values(model, split, groups_of(split.train, "label"))
    np.testing.assert_allclose(shares, [0.5, 0.5])
    np.testing.assert_array_equal(items, [2, 1])
    assert same == overall


def test_rows_of_a_group_that_falls_short_weigh_more_until_it_is_reached() -> None:
    split = split_of()
    fit, weights = fitting(split, lambda weight: weight > 2.0)
    groups = groups_of(split.train, "group")
    model, plain, report = fit_with_floor(fit, split, Floor(groups, least=0.8, rounds=3))
    lift = (0.8 / SECOND) ** 2
    assert weights == pytest.approx([1.0, lift, lift**2])
    assert report.reached
    assert report.rounds == 2
    rows = report.table.set_index("group")
    assert rows.loc["few", ["before", "after"]].tolist() == pytest.approx([SECOND, 1.0])
    assert rows.loc["few", "weight"] == pytest.approx(lift**2)
    assert rows.loc["many", ["weight", "before", "after"]].tolist() == [1.0, 1.0, 1.0]
    few = report.tried.query("group == 'few'")
    assert few["value"].tolist() == pytest.approx([SECOND, SECOND, 1.0])
    values = [group_values(one, split, groups)[0][0] for one in (plain, model)]
    assert values == pytest.approx([SECOND, 1.0]), "the first model and the kept one"


def test_a_floor_out_of_reach_stops_at_sixteen_times_and_keeps_the_first_round() -> None:
    split = split_of()
    fit, weights = fitting(split, lambda _: False)
    model, plain, report = fit_with_floor(
        fit, split, Floor(groups_of(split.train, "group"), least=0.99, rounds=4)
    )
    lift = (0.99 / SECOND) ** 2
    assert weights == pytest.approx([min(lift**n, 16.0) for n in range(5)])
    assert weights[-1] == 16.0, "the premise: the limit is met"
    assert not report.reached
    assert model is plain
    assert report.table["weight"].tolist() == [1.0, 1.0]


def test_a_round_that_made_things_worse_is_not_kept() -> None:
    """The model that a heavier group gets takes from the others more than it gives."""
    split = split_of()
    few = groups_of(split.train, "group").of_rows(split.train) == 0

    nothing = {"met": 9.0, "first": -np.inf, "second": 1.0}

    def fit(weights: np.ndarray, _: int) -> Recommender:
        many = nothing if weights[few].max() > 1.0 else FIRST
        return cast(Recommender, Fixed(split, many=many, few=FIRST))

    model, plain, report = fit_with_floor(
        fit, split, Floor(groups_of(split.train, "group"), least=0.9, rounds=1)
    )
    assert report.rounds == 1
    assert model is plain
    assert report.table["after"].tolist() == report.table["before"].tolist()
    assert report.tried.query("group == 'many'")["value"].tolist() == [1.0, 0.0]


def test_groups_of_few_users_are_shown_and_not_raised() -> None:
    split = split_of(few=FEWEST - 1)
    fit, weights = fitting(split, lambda _: False)
    report = fit_with_floor(fit, split, Floor(groups_of(split.train, "group"), least=0.9))[2]
    assert weights == [1.0]
    assert report.reached
    assert report.table.set_index("group")["raised"].to_dict() == {"few": False, "many": True}
    assert report.note.key == "recsys.floor_held"


def test_what_cannot_be_judged_is_refused() -> None:
    split = split_of()
    fit, _ = fitting(split, lambda _: False)
    nobody = Groups("group", "quality", ("few", "many"), np.full(40 + FEWEST, -1))
    with pytest.raises(DataError, match=str(FEWEST)):
        fit_with_floor(lambda _, n: fit(np.ones(40 + FEWEST), n), split, Floor(nobody, 0.5))
    with pytest.raises(DataError):
        fit_with_floor(fit, split_of(valid=False), Floor(groups_of(split.train, "group"), 0.5))


@pytest.fixture(scope="module")
def tables() -> tuple[cr.MetricTable, cr.MetricTable]:
    """What is popular, and items at random, on the same held-out rows."""
    rng = np.random.default_rng(1)
    share = 1.0 / np.arange(1, 31)
    share /= share.sum()
    items = np.concatenate([rng.choice(30, 6, replace=False, p=share) for _ in range(60)])
    frame = pd.DataFrame({"u": np.repeat(np.arange(60), 6), "i": items})
    split = cr.Split.per_user(cr.Dataset.from_frame(frame, MAPPING))
    models = [cr.recommender("popularity"), cr.recommender("random")]
    for model in models:
        model.fit(split.train)
    before, after = (cr.evaluate(model, split) for model in models)
    return before, after


def report_of(split: cr.Split, helps: Callable[[float], bool], least: float) -> FloorReport:
    groups = groups_of(split.train, "group")
    return fit_with_floor(fitting(split, helps)[0], split, Floor(groups, least, rounds=1))[2]


@pytest.mark.parametrize("reached", [True, False])
def test_the_price_is_the_change_of_ndcg_on_the_test_part(tables, reached: bool) -> None:
    before, after = tables
    report = priced(report_of(split_of(), lambda weight: reached and weight > 1, 0.9), *tables)
    change = float(after.row()["value"] - before.row()["value"])
    assert change < -0.05, "the premise: something is paid"
    assert report.price == pytest.approx(change)
    assert report.price_low < report.price < report.price_high
    assert report.n == int(after.row()["n"])
    assert report.note.key == ("recsys.floor_reached" if reached else "recsys.floor_missed")
    assert "few" in report.summary()
    assert "few" in report.summary("zh")


def test_where_nothing_had_to_be_raised_nothing_is_paid(tables) -> None:
    report = priced(report_of(split_of(), lambda _: False, 0.5), *tables)
    assert (report.rounds, report.price, report.price_low, report.price_high) == (0, 0.0, 0.0, 0.0)
    assert report.n == int(tables[1].row()["n"])
    assert report.note.key == "recsys.floor_held"
