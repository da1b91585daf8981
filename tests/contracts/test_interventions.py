"""What every intervention on lists holds, whatever it does: run over the whole catalogue."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from practice_entries import add_entry, example_params

import causalrec as cr
from causalrec.core.errors import CausalRecError
from causalrec.core.params import Params
from causalrec.core.results.result import Estimate
from causalrec.core.words import LANGUAGES, table
from causalrec.runs.record.runner import run_inline
from causalrec.ui.interventions.pickers import _PICKERS, picks_of, possible
from causalrec.whatif.forecasts.scenario import Step, default_scenarios
from causalrec.whatif.forecasts.treatment_forecast import treatment_forecast
from causalrec.whatif.interventions import INTERVENTIONS
from causalrec.whatif.interventions.intervention_kinds import LIST, TREATMENT, Intervention
from tests.truth import test_simulator_truth as truth

USERS = np.arange(-1, 60)
ITEM, HIDDEN = "i0007", ("i0003", "i0011")

EXAMPLES = {
    "boost-item": {"item": ITEM, "strength": 1.5},
    "boost-category": {"category": "Books", "strength": -0.7},
    "boost-segment-category": {"segment": "device=mobile", "category": "Books", "strength": 1.0},
    "hide-items": {"items": HIDDEN},
    "popularity-penalty": {"strength": 0.8},
    "diversify": {"strength": 0.6},
    "explore": {"epsilon": 0.2},
}
NEUTRAL = {
    "boost-item": {"item": ITEM, "strength": 0.0},
    "boost-category": {"category": "Books", "strength": 0.0},
    "boost-segment-category": {"segment": "device=mobile", "category": "Books", "strength": 0.0},
    "hide-items": {"items": ()},
    "popularity-penalty": {"strength": 0.0},
    "diversify": {"strength": 0.0},
    "explore": {"epsilon": 0.0},
}
LISTS = [name for name in INTERVENTIONS if INTERVENTIONS[name].on == "list"]


@pytest.fixture(scope="module")
def shop():
    return cr.sample_shop(seed=1, users=80, items=60, impressions=4_000)


@pytest.fixture(scope="module")
def data(shop):
    return shop.dataset()


@pytest.fixture(scope="module", params=["shop", "model"])
def policy(request, shop, data):
    if request.param == "shop":
        return shop.logging_policy()
    model = cr.recommender("ease", regularization=20.0)
    model.fit(data)
    return cr.Policy.from_recommender(model, temperature=0.2)


def test_every_intervention_has_an_example() -> None:
    assert set(LISTS) == set(EXAMPLES) == set(NEUTRAL)


@pytest.mark.parametrize("name", LISTS)
def test_rows_sum_to_one_and_something_changes(name: str, policy, data) -> None:
    changed = cr.intervention(name, **EXAMPLES[name]).apply(policy, data)
    before, after = policy.probabilities(USERS), changed.probabilities(USERS)
    assert after.shape == before.shape
    assert (after >= 0).all()
    np.testing.assert_allclose(after.sum(axis=1), 1.0, atol=1e-12)
    assert np.abs(after - before).max() > 1e-6


@pytest.mark.parametrize("name", LISTS)
def test_the_given_policy_stays_as_it_is(name: str, policy, data) -> None:
    before = policy.logits(USERS).copy()
    cr.intervention(name, **EXAMPLES[name]).apply(policy, data).probabilities(USERS)
    np.testing.assert_array_equal(policy.logits(USERS), before)


@pytest.mark.parametrize("name", LISTS)
def test_strength_zero_is_the_very_same(name: str, policy, data) -> None:
    same = cr.intervention(name, **NEUTRAL[name]).apply(policy, data)
    np.testing.assert_array_equal(same.probabilities(USERS), policy.probabilities(USERS))
    np.testing.assert_array_equal(same.top(USERS, 10), policy.top(USERS, 10))


@pytest.mark.parametrize("name", LISTS)
def test_equal_arguments_give_equal_policies(name: str, policy, data) -> None:
    one, two = (cr.intervention(name, **EXAMPLES[name]).apply(policy, data) for _ in range(2))
    np.testing.assert_array_equal(one.probabilities(USERS), two.probabilities(USERS))


@pytest.mark.parametrize("name", LISTS)
def test_hidden_items_stay_hidden_under_every_other_intervention(name: str, policy, data) -> None:
    less = cr.intervention("hide-items", items=HIDDEN).apply(policy, data)
    both = cr.intervention(name, **EXAMPLES[name]).apply(less, data)
    codes = [list(policy.item_ids).index(item) for item in HIDDEN]
    assert (both.probabilities(USERS)[:, codes] == 0).all()
    assert not np.isin(both.top(USERS, 58), codes).any()


@pytest.mark.parametrize("name", LISTS)
def test_lists_follow_the_probabilities(name: str, policy, data) -> None:
    changed = cr.intervention(name, **EXAMPLES[name]).apply(policy, data)
    chances = np.take_along_axis(changed.probabilities(USERS), changed.top(USERS, 8), axis=1)
    assert (np.diff(chances, axis=1) <= 1e-15).all()


@pytest.mark.parametrize("name", [*LISTS, "treat"])
def test_it_says_what_it_does_in_both_languages(name: str) -> None:
    examples = {**EXAMPLES, "treat": {"node": "promotion", "segment": "is_new=1"}}
    made = cr.intervention(name, **examples[name])
    assert made.sentence.to("en") != made.sentence.to("zh")
    assert made.label.to("en") != made.label.to("zh")


def test_boost_multiplies_odds(policy, data) -> None:
    boosted = cr.intervention("boost-item", item=ITEM, strength=1.5).apply(policy, data)
    code = list(policy.item_ids).index(ITEM)
    before, after = (p.probabilities(USERS)[:, code] for p in (policy, boosted))
    np.testing.assert_allclose(after / (1 - after), np.exp(1.5) * before / (1 - before))


def test_a_segments_boost_leaves_everybody_else_alone(policy, data) -> None:
    example = EXAMPLES["boost-segment-category"]
    changed = cr.intervention("boost-segment-category", **example).apply(policy, data)
    inside = (data.users["device"] == "mobile").to_numpy()
    order = [list(data.user_ids).index(user) for user in policy.user_ids]
    moved = np.abs(changed.probabilities(np.arange(80)) - policy.probabilities(np.arange(80)))
    assert (moved.max(axis=1) > 0).tolist() == inside[order].tolist()


def test_diversify_puts_more_categories_on_the_list(policy, data) -> None:
    changed = cr.intervention("diversify", strength=0.7).apply(policy, data)
    order = [list(data.item_ids).index(item) for item in policy.item_ids]
    category = data.items["category"].to_numpy()[order]

    def variety(p):
        return np.mean([len(set(category[row])) for row in p.top(np.arange(60), 8)])

    assert variety(changed) > variety(policy)
    ours, theirs = (np.sort(p.probabilities(USERS), axis=1) for p in (changed, policy))
    np.testing.assert_allclose(ours, theirs, atol=1e-15)  # the same chances, handed on


def test_popularity_penalty_levels_exposure(policy, data) -> None:
    changed = cr.intervention("popularity-penalty", strength=1.0).apply(policy, data)

    def spread(p):
        return p.probabilities(np.arange(80)).mean(axis=0).std()

    assert spread(changed) < 0.6 * spread(policy)


def test_exploring_leaves_a_floor(policy, data) -> None:
    changed = cr.intervention("explore", epsilon=0.3).apply(policy, data)
    assert changed.probabilities(USERS).min() >= 0.3 / 60 - 1e-12


def test_categories_are_known_without_the_dataset_where_the_policy_remembers_them(policy) -> None:
    changed = cr.intervention("boost-category", category="Books", strength=1.0).apply(policy)
    assert changed.probabilities(USERS).shape == policy.probabilities(USERS).shape


@pytest.mark.parametrize(
    ("name", "params", "named"),
    [
        ("boost-item", {"item": "i00007"}, "i0007"),
        ("boost-category", {"category": "Boks"}, "Books"),
        ("boost-segment-category", {"segment": "mobile", "category": "Books"}, "mobile"),
        ("boost-segment-category", {"segment": "moon=full", "category": "Books"}, "moon"),
        ("boost-segment-category", {"segment": "device=radio", "category": "Books"}, "radio"),
        ("explore", {"epsilon": 2.0}, "epsilon"),
        ("boost-categories", {}, "boost-category"),
        ("treat", {"node": "promotion"}, "forecast"),
    ],
)
def test_mistakes_name_the_way_out(name: str, params: dict, named: str, policy, data) -> None:
    with pytest.raises(CausalRecError) as caught:
        cr.intervention(name, **params).apply(policy, data)
    assert named in str(caught.value)


def test_hiding_everything_is_refused(policy, data) -> None:
    empty = cr.intervention("hide-items", items=tuple(policy.item_ids)).apply(policy, data)
    with pytest.raises(CausalRecError):
        empty.probabilities(USERS)


def test_treating_those_who_lack_it_changes_their_share(shop) -> None:
    frame, _ = shop.draw_users(0, 400)
    effect = Estimate(value=0.1, low=0.05, high=0.15, n=400)
    treat = cr.intervention("treat", node="promotion", value=1, segment="is_new=1")
    forecast = treatment_forecast(treat, effect, frame, "purchase")
    rows = frame[frame["is_new"] == 1]
    lacking = 1 - rows["promotion"].mean()
    assert forecast.before.value == pytest.approx(rows["purchase"].mean())
    assert forecast.change.value == pytest.approx(0.1 * lacking)
    assert (forecast.change.low, forecast.change.high) == pytest.approx(
        (0.05 * lacking, 0.15 * lacking)
    )
    assert forecast.after.value == pytest.approx(forecast.before.value + forecast.change.value)
    taken = treatment_forecast(cr.intervention("treat", node="promotion", value=0), effect)
    assert (taken.change.low, taken.change.high) == (-0.15, -0.05)


def test_a_refused_effect_gives_no_forecast() -> None:
    effect = Estimate(refused=True, reason=None)
    forecast = treatment_forecast(cr.intervention("treat", node="promotion"), effect)
    assert forecast.refused
    assert forecast.reason


ALL = list(INTERVENTIONS)


@pytest.mark.parametrize("name", ALL)
def test_it_declares_what_it_is(name: str) -> None:
    entry = INTERVENTIONS[name]
    assert issubclass(entry, Intervention)
    assert entry.name == name
    assert entry.on in {LIST, TREATMENT}
    assert issubclass(entry.Params, Params)
    assert set(entry.needs) <= {"category", "segment"}
    if entry.on == LIST:
        picks = set(picks_of(entry.Params).values())
        assert picks <= set(_PICKERS), "a picker for what its parameters name"
        assert picks - {"item", "items"} <= set(entry.needs), "what it picks it needs"


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_has_its_words(name: str, lang: str, data) -> None:
    entry = INTERVENTIONS[name]
    helps = [field.json_schema_extra["help"] for field in entry.Params.model_fields.values()]
    assert {entry.word().key, *helps, *(f"{key}_label" for key in helps)} <= set(table(lang))
    made = entry(**example_params(entry, data))
    assert made.sentence.to("en") != made.sentence.to("zh")
    if entry.starts:
        assert entry.word("_start", category="", node="", whom="").to(lang)


def test_scenarios_to_start_from_come_in_the_order_that_is_declared(data) -> None:
    places = [entry.starts for entry in INTERVENTIONS.values() if entry.starts]
    assert len(places) == len(set(places))
    starts = default_scenarios(data, "model", ("graph", "promotion", "click"))
    names = [scenario.interventions[0].name for scenario in starts]
    assert [INTERVENTIONS[name].starts for name in names] == sorted(places)
    assert all(scenario.changes for scenario in starts)
    lists = [scenario for scenario in default_scenarios(data, "model") if scenario.model]
    assert all(scenario.on == LIST for scenario in lists)
    assert default_scenarios(data, None) == []


@pytest.mark.parametrize("name", LISTS)
def test_the_page_offers_it_where_the_log_knows_what_it_needs(name: str, data) -> None:
    assert name in possible(data)
    for need, table_of in (("category", "items"), ("segment", "users")):
        less = replace(data, **{table_of: None})
        assert (name in possible(less)) == (need not in INTERVENTIONS[name].needs)


@pytest.mark.parametrize("name", LISTS)
def test_it_has_a_truth_test(name: str) -> None:
    (mark,) = truth.test_the_true_change_of_an_intervention_is_found.pytestmark
    assert name in mark.args[1]


@pytest.mark.parametrize("name", LISTS)
def test_memory_is_a_few_tables_of_the_users_asked(name: str, data) -> None:
    """A changed policy of 2,000 users and 60 items holds no table for every one of them."""
    base = data_policy(data)
    changed = INTERVENTIONS[name](**example_params(INTERVENTIONS[name], data)).apply(base, data)
    users = np.arange(16)
    changed.probabilities(users)
    tracemalloc.start()
    changed.probabilities(users)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * 8 * len(users) * len(data.item_ids)


def data_policy(data):
    model = cr.recommender("popularity")
    model.fit(data)
    return cr.Policy.from_recommender(model, temperature=0.2)


FLIPPED = """
    import numpy as np

    from causalrec.core.params import Params, param
    from causalrec.core.words import Text
    from causalrec.whatif.interventions.intervention_kinds import ListIntervention


    class FlipParams(Params):
        item: str = param(help="whatif.param_item", picks="item")
        share: float = param(1.0, ge=0, le=1, help="whatif.param_epsilon")


    class Flip(ListIntervention):
        name = "flip"
        Params = FlipParams

        @property
        def sentence(self):
            return Text("whatif.say_flip", item=self.params.item)

        def _change(self, policy, attributes):
            return lambda logits, users: -logits
"""


def test_one_file_one_line_and_its_words_reach_the_picker_and_the_chart(
    tmp_path, monkeypatch, workspace, app, shop
) -> None:
    words = {"whatif.do_flip": "Flip the lists", "whatif.say_flip": "flipped for {item}"}
    add_entry(monkeypatch, tmp_path, INTERVENTIONS, "flip = flip:Flip", FLIPPED, words)
    asked = Step.model_fields["name"].json_schema_extra
    monkeypatch.setitem(asked, "choices", tuple(INTERVENTIONS))
    run_inline(workspace, "shop", {"seed": 3, "users": 120, "items": 40, "impressions": 6_000})
    model = {"dataset": "shop", "model": "popularity", "protocol": "by_time"}
    run_inline(workspace, "train", model)
    page = app("interventions", w=workspace.id)
    page.button(key="scenario-new").click().run()
    label = table("en")["page_interventions.add"]
    picker = next(one for one in page.selectbox if one.label == label)
    assert "Flip the lists" in picker.options
    picker.select("flip").run()
    titles = next(
        one for one in page.selectbox if one.label == table("en")["whatif.param_item_label"]
    )
    page.button(key="scenario-add").click().run()
    assert not page.exception
    said = " ".join(one.value for one in page.markdown)
    assert f"flipped for {titles.options[0]}" in said.replace("\\", "")
    world, own = cr.fit_world(shop.dataset()), shop.logging_policy()
    flipped = cr.intervention("flip", item=ITEM).apply(own, shop.dataset())
    figure = cr.compare_policies(world, own, flipped).plot(kind="forest", metric="click")
    assert figure.data
