"""The simulator: refusals with reasons, A/A, alignment of items, segments, keeping a world."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import DataError, ParamError, StorageError
from causalrec.whatif.world.world_folder import load_world, save_world


class Tilted:
    """A policy in items and users of its own order."""

    name = "tilted"

    def __init__(self, user_ids, item_ids, weight) -> None:
        self.user_ids, self.item_ids, self.weight = user_ids, item_ids, weight

    def probabilities(self, users):
        return np.tile(self.weight / self.weight.sum(), (len(users), 1))


@pytest.fixture(scope="module")
def shop():
    return cr.sample_shop(seed=3, users=250, items=60, impressions=15_000)


@pytest.fixture(scope="module")
def world(shop):
    return cr.fit_world(shop.dataset(), members=6)


def without(data: cr.Dataset, *columns: str) -> cr.Dataset:
    """The same log, read again without some roles."""
    frame = data.frame.drop(columns=[c for c in columns if c in data.frame])
    frame = frame.assign(item=data.item_ids[frame["item"]])
    roles = {r: r for r in ("time", "propensity", "position", "price") if r in frame}
    if "user" in frame:
        frame = frame.assign(user=data.user_ids[frame["user"]])
        roles["user"] = "user"
    outcomes = {o: o for o in ("click", "purchase") if o in frame} or {"stars": "stars"}
    if "stars" in outcomes:
        frame = frame.assign(stars=np.arange(len(frame)) % 5 + 1.0)
    mapping = cr.ColumnMapping(item="item", outcomes=outcomes, **roles)
    return cr.Dataset.from_frame(frame, mapping, name="less")


@pytest.mark.parametrize(
    ("columns", "key"),
    [
        (("position",), "simulate.no_position"),
        (("user",), "simulate.no_user"),
        (("click", "purchase"), "simulate.no_binary"),
    ],
)
def test_a_log_that_cannot_tell_is_refused_with_its_reason(shop, columns, key):
    with pytest.raises(DataError) as caught:
        cr.fit_world(without(shop.dataset(), *columns))
    assert caught.value.text.key == key
    assert caught.value.hint


def test_one_position_or_few_clicks_are_refused(shop):
    data = shop.dataset()
    with pytest.raises(DataError, match="same position"):
        cr.fit_world(data.with_frame(data.frame.assign(position=1.0)))
    few = data.frame.assign(click=(np.arange(len(data.frame)) % 1000 == 0).astype(float))
    with pytest.raises(DataError, match="too few"):
        cr.fit_world(data.with_frame(few))


def test_without_propensities_it_says_what_is_not_adjusted_for(shop):
    world = cr.fit_world(without(shop.dataset(), "propensity"), members=3)
    assert [flag.key for flag in world.flags] == ["simulate.no_propensity"]


def test_a_policy_compared_with_itself_differs_by_exactly_nothing(shop, world):
    policy = shop.logging_policy()
    made = cr.compare_policies(world, policy, policy, segment="segment")
    for row in (*made.rows, *made.segments):
        assert (row.change.value, row.change.low, row.change.high) == (0.0, 0.0, 0.0)
    assert made.verdict.code == "no clear difference"
    assert {row.metric for row in made.rows} >= {"click", "purchase", "revenue", "coverage"}


def test_users_and_items_are_matched_by_id(shop, world):
    policy = shop.logging_policy()
    weight = np.random.default_rng(0).random(60)
    straight = Tilted(policy.user_ids, policy.item_ids, weight)
    turned = Tilted(policy.user_ids[::-1], policy.item_ids[::-1], weight[::-1])
    made = cr.compare_policies(world, straight, turned)
    assert made.of("click")[0].change.value == pytest.approx(0.0, abs=1e-7)


def test_unknown_items_are_refused(world):
    stranger = Tilted(world.user_ids, np.append(world.item_ids, "new"), np.ones(61))
    with pytest.raises(ParamError, match="1 items that the log does not know"):
        cr.simulate(world, stranger)


def test_the_log_is_simulated_near_what_it_holds(shop, world):
    told = cr.simulate(world, None)
    clicks = float(shop.dataset().frame["click"].mean())
    assert told.metric("click").value == pytest.approx(clicks, rel=0.02)
    assert told.metric("click").low < told.metric("click").value < told.metric("click").high
    with pytest.raises(ParamError, match="no figure"):
        told.metric("dwell")
    assert "10%" in told.summary() or "%" in told.summary("zh")
    assert list(told.to_frame().columns) == ["metric", "k", "value", "low", "high", "level", "n"]


def test_segments_add_up_to_everybody(shop, world):
    base = shop.logging_policy()
    after = Tilted(base.user_ids, base.item_ids, np.ones(60))
    made = cr.compare_policies(world, base, after, segment="segment")
    mine = [row for row in made.segments if row.metric == "click"]
    total = sum(row.change.value * row.change.n for row in mine) / sum(r.change.n for r in mine)
    assert total == pytest.approx(made.of("click")[0].change.value, rel=1e-6)
    with pytest.raises(ParamError, match="no column"):
        cr.compare_policies(world, base, after, segment="shoe size")


def test_equal_seeds_give_equal_worlds_and_a_kept_world_is_the_same(shop, world, tmp_path):
    again = cr.fit_world(shop.dataset(), members=6)
    assert np.array_equal(again.look.betas, world.look.betas)
    save_world(world, tmp_path)
    read = load_world(tmp_path)
    policy = shop.logging_policy()
    assert cr.simulate(read, policy).to_frame().equals(cr.simulate(world, policy).to_frame())
    assert read.flags == world.flags
    (tmp_path / "world.json").write_text("{", encoding="utf-8")
    with pytest.raises(cr.CausalRecError, match="damaged"):
        load_world(tmp_path)


def test_the_curve_is_a_table_with_intervals(world):
    frame = world.examination.to_frame()
    assert frame["position"].tolist() == list(range(1, 11))
    assert (frame["low"] <= frame["value"]).all()
    assert frame.loc[0, "value"] == 1.0
    assert "position 1" in world.examination.summary()
    assert isinstance(frame, pd.DataFrame)


def test_a_kept_world_that_was_changed_is_refused(tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    data = cr.sample_shop(users=60, items=12, impressions=1_500).dataset()
    save_world(cr.fit_world(data), tmp_path)
    numbers, rest = load_file(tmp_path / "world.safetensors"), (tmp_path / "world.json").read_text()
    for name, array in numbers.items():
        rows = {key: value for key, value in numbers.items() if key != name}
        wild = array + (10_000 if array.dtype.kind == "i" else np.nan)
        for changed in (rows, {**rows, name: array[None]}, {**rows, name: wild}):
            if name == "price" and changed is rows:
                continue  # of use to money alone, and this world plays clicks
            save_file(changed, tmp_path / "world.safetensors")
            with pytest.raises(StorageError):
                load_world(tmp_path)
    save_file(numbers, tmp_path / "world.safetensors")
    kept = json.loads(rest)
    fewer = json.dumps({**kept, "own": kept["own"] - 1})  # the coefficients are then too many
    twice = json.dumps({**kept, "outcomes": kept["outcomes"] * 2})  # more than are played
    for text in (
        "{",
        "[]",
        twice,
        rest.replace('"own": ', '"own": -'),
        rest.replace('"name"', '"names"'),
        fewer,
    ):
        (tmp_path / "world.json").write_text(text)
        with pytest.raises(StorageError):
            load_world(tmp_path)
