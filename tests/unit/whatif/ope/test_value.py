"""Off-policy values by hand, their refusals, flags and shapes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import CausalRecError
from causalrec.core.statistics.intervals import clustered_interval
from causalrec.whatif.ope import OPE_ESTIMATORS, PolicyValue, policy_change
from causalrec.whatif.ope.weighted_log import WeightedLog, clusters_of, target_of


def log_of(n: int = 400, items: int = 4, seed: int = 0, **columns) -> cr.ExposureLog:
    rng = np.random.default_rng(seed)
    item = rng.integers(0, items, n)
    frame = pd.DataFrame(
        {
            "item": np.array(list("abcdefgh"))[item],
            "outcome": (rng.random(n) < 0.1 + 0.2 * item / items).astype(float),
            "propensity": 1.0 / items,
            "user": rng.integers(0, 80, n),
            **columns,
        }
    )
    return cr.ExposureLog.from_frame(
        frame, item="item", outcome="outcome", user="user", propensity="propensity"
    )


def softmax_table(log: cr.ExposureLog, seed: int = 1) -> np.ndarray:
    logits = np.random.default_rng(seed).normal(size=(log.n, log.n_items)) * 0.5
    shares = np.exp(logits)
    return shares / shares.sum(axis=1, keepdims=True)


def test_ips_and_snips_by_hand() -> None:
    frame = pd.DataFrame({"i": ["a", "b"] * 30, "y": [1.0, 0.0, 1.0] * 20, "p": [0.5, 0.25] * 30})
    log = cr.ExposureLog.from_frame(frame, item="i", outcome="y", propensity="p")
    target = np.where(frame["i"] == "a", 0.4, 0.3)
    weight = target / frame["p"].to_numpy()
    ips = cr.policy_value(log, target, "ips")
    snips = cr.policy_value(log, target, "snips")
    assert ips.value == pytest.approx((weight * frame["y"]).mean())
    assert snips.value == pytest.approx((weight * frame["y"]).sum() / weight.sum())
    assert snips.effective_n == pytest.approx(weight.sum() ** 2 / (weight**2).sum())
    assert snips.n == 60


def rows_of(log: cr.ExposureLog, table: np.ndarray) -> WeightedLog:
    target = target_of(log, table)
    shares = log.frame["propensity"].to_numpy()
    return WeightedLog(
        outcome=log.frame["outcome"].to_numpy(),
        action=log.frame["item"].to_numpy(),
        propensity=shares,
        weight=target.chosen / shares,
        cluster=clusters_of(log, "auto")[0],
        expect=target.expect,
        n_items=log.n_items,
    )


@pytest.mark.parametrize("name", list(OPE_ESTIMATORS))
def test_every_estimator_gives_the_mean_of_its_scores(name: str) -> None:
    log = log_of()
    table, uniform = softmax_table(log), np.full((log.n, log.n_items), 1 / log.n_items)
    scores, base = (OPE_ESTIMATORS[name]().scores(rows_of(log, one)) for one in (table, uniform))
    assert scores.shape == (log.n,)
    value = cr.policy_value(log, table, name)
    assert not value.refused
    assert value.value == pytest.approx(scores.mean(), rel=1e-12)
    against_log = scores.mean() - log.frame["outcome"].mean()
    assert policy_change(log, table, name).value == pytest.approx(against_log, rel=1e-9)
    change = policy_change(log, table, name, baseline=uniform)
    assert change.value == pytest.approx((scores - base).mean(), rel=1e-9)


@pytest.mark.parametrize("name", list(OPE_ESTIMATORS))
def test_an_answer_has_an_interval_and_survives_json(name: str) -> None:
    log = log_of()
    value = cr.policy_value(log, softmax_table(log), name)
    assert value.low < value.value < value.high
    assert 0 < value.value < 1
    again = PolicyValue.model_validate_json(value.model_dump_json())
    assert again.summary("zh") == value.summary("zh")
    assert list(value.to_frame()["estimator"]) == [name]


@pytest.mark.parametrize("name", ["ips", "snips"])
def test_probabilities_of_logged_or_of_all_items_say_the_same(name: str) -> None:
    log = log_of()
    table = softmax_table(log)
    chosen = table[np.arange(log.n), log.frame["item"]]
    assert cr.policy_value(log, table, name).value == cr.policy_value(log, chosen, name).value


@pytest.mark.parametrize("name", ["ips", "snips", "sndr"])
def test_the_logs_own_policy_earns_the_logs_mean(name: str) -> None:
    log = log_of()
    table = np.full((log.n, log.n_items), 1 / log.n_items)
    value = cr.policy_value(log, table, name)
    assert value.value == pytest.approx(log.frame["outcome"].mean(), abs=0.01)
    assert value.effective_n == pytest.approx(log.n)


def test_against_itself_nothing_changes() -> None:
    log = log_of()
    own = log.frame["propensity"].to_numpy()
    change = policy_change(log, own)
    assert (change.value, change.low, change.high) == (0.0, 0.0, 0.0)
    table = softmax_table(log)
    same = policy_change(log, table, baseline=table)
    assert same.value == pytest.approx(0.0, abs=1e-15)


def test_a_change_is_narrower_than_the_two_values_apart() -> None:
    log = log_of(4_000)
    target = np.where(log.frame["item"] == 0, 0.28, 0.24)
    value, change = cr.policy_value(log, target), policy_change(log, target)
    assert change.value == pytest.approx(value.value - log.frame["outcome"].mean())
    assert change.high - change.low < 0.5 * (value.high - value.low)


def test_clusters_widen_the_interval_where_rows_repeat() -> None:
    once = log_of(500, seed=3)
    doubled = cr.ExposureLog(
        pd.concat([once.frame, once.frame], ignore_index=True), once.item_ids, once.user_ids
    )
    label = np.tile(np.arange(500), 2)
    target = np.where(doubled.frame["item"] == 0, 0.4, 0.2)
    alone = cr.policy_value(doubled, target, cluster=None)
    together = cr.policy_value(doubled, target, cluster=label)
    wide, narrow = (v.high - v.low for v in (together, alone))
    assert wide == pytest.approx(np.sqrt(2) * narrow, rel=0.02)
    assert cr.policy_value(doubled, target).value == alone.value


def test_interval_of_independent_rows_is_students() -> None:
    scores = np.random.default_rng(0).normal(size=2_000)
    mean, low, high = clustered_interval(scores, np.arange(2_000))
    reach = 1.961 * scores.std(ddof=1) / np.sqrt(2_000)
    assert mean == pytest.approx(scores.mean())
    assert high - mean == pytest.approx(reach, rel=0.005)
    assert mean - low == pytest.approx(reach, rel=0.005)
    assert clustered_interval(np.ones(5), np.zeros(5, dtype=int))[1] == -np.inf


def only(log: cr.ExposureLog, code: int) -> np.ndarray:
    return (log.frame["item"].to_numpy() == code).astype(float)


def refused_cases() -> dict[str, tuple[cr.ExposureLog, np.ndarray]]:
    log = log_of(4_000)
    rare = log_of(4_000)
    codes = rare.frame["item"].to_numpy()
    rare.frame["item"] = np.where(np.arange(4_000) < 20, 0, 1 + codes % 3)
    rare.frame["propensity"] = np.where(rare.frame["item"] == 0, 0.005, 0.33)
    wrong = log_of(4_000)
    wrong.frame["propensity"] = 0.1
    one = log_of(400)
    one.frame.loc[0, "propensity"] = 0.25 / 30
    never = cr.ExposureLog(log.frame[log.frame["item"] != 0], log.item_ids, log.user_ids)
    unlogged = cr.ExposureLog(log.frame.drop(columns="propensity"), log.item_ids, log.user_ids)
    certain = log_of(400, propensity=1.0)
    zero = log_of(400)
    zero.frame.loc[3, "propensity"] = 0.0
    table = np.tile([0.1, 0.3, 0.3, 0.3], (never.n, 1))
    even = 0.25
    return {
        "worth of evidence": (rare, only(rare, 0)),
        "mean weight": (wrong, np.full(4_000, even)),
        "single impression": (one, np.full(400, even)),
        "never shows": (never, only(never, 0)),
        "10% of what": (never, table),
        "no propensities": (unlogged, np.full(4_000, even)),
        "nothing to chance": (certain, np.full(400, even)),
        "propensity of 0": (zero, np.full(400, even)),
    }


@pytest.mark.parametrize("why", list(refused_cases()))
def test_refused_with_the_reason(why: str) -> None:
    log, target = refused_cases()[why]
    value = cr.policy_value(log, target)
    assert value.refused
    assert value.value is None
    assert why in value.reason
    assert value.reason in value.summary()
    assert policy_change(log, target).refused


def test_missing_mass_shows_in_the_mean_weight() -> None:
    """5 % of the target lies where the log never looked; only logged items' shares are known."""
    log = log_of(40_000)
    value = cr.policy_value(log, np.full(log.n, 0.25 * 0.95))
    assert value.refused
    assert "5%" in value.reason


def test_a_refused_baseline_refuses_the_change() -> None:
    log = log_of(4_000)
    change = policy_change(log, np.full(log.n, 0.25), baseline=np.full(log.n, 0.05))
    assert change.refused
    assert "unmodified" in change.reason


def test_flags_say_what_is_thin() -> None:
    log = log_of(200)
    assert any("positive" in flag for flag in cr.policy_value(log, only(log, 1)).flags)
    assert any("say nothing" in flag for flag in cr.policy_value(log, only(log, 1)).flags)
    nobody = cr.ExposureLog(log.frame.drop(columns="user"), log.item_ids, log.user_ids)
    even = np.full(200, 0.25)
    assert any("independent" in flag for flag in cr.policy_value(nobody, even).flags)
    assert cr.policy_value(log_of(4_000), np.full(4_000, 0.25)).flags == ()
    assert any("model" in flag for flag in cr.policy_value(log, softmax_table(log), "dm").flags)


@pytest.mark.parametrize(
    ("probabilities", "options", "named"),
    [
        (np.ones(3), {}, "(3,)"),
        (np.full(400, -0.1), {}, "between 0 and 1"),
        (np.full(400, np.nan), {}, "finite"),
        (np.full((400, 4), 0.3), {}, "sum to 1"),
        (np.full(400, 0.25), {"estimator": "snip"}, "snips"),
        (np.full(400, 0.25), {"estimator": "dm"}, "all items"),
        (np.full(400, 0.25), {"cluster": "sesion"}, "sesion"),
        (np.full(400, 0.25), {"cluster": np.arange(3)}, "(3,)"),
    ],
)
def test_mistakes_are_errors_with_a_way_out(probabilities, options: dict, named: str) -> None:
    with pytest.raises(CausalRecError) as caught:
        cr.policy_value(log_of(), probabilities, **options)
    assert named in str(caught.value)


class Constant(cr.Policy):
    """The same probabilities for every user."""

    def __init__(self, log: cr.ExposureLog, shares: np.ndarray) -> None:
        super().__init__(log.user_ids[::-1], log.item_ids[::-1], "constant")
        self.shares = shares[::-1]

    def logits(self, users):
        return np.tile(np.log(self.shares), (len(np.atleast_1d(users)), 1))


@pytest.mark.parametrize("name", list(OPE_ESTIMATORS))
def test_a_policy_is_valued_as_its_table_is(name: str) -> None:
    log = log_of()
    shares = np.array([0.1, 0.2, 0.3, 0.4])
    policy = cr.policy_value(log, Constant(log, shares), name)
    table = cr.policy_value(log, np.tile(shares, (log.n, 1)), name)
    assert policy.value == pytest.approx(table.value)
    assert policy.high == pytest.approx(table.high)


def test_an_outcome_that_never_came_has_an_interval_that_knows_n() -> None:
    """Wilson: 0 of 80 independent users is 0 to 4.6 %; no interval of 0 to 0."""
    log = log_of(outcome=0.0)
    table = softmax_table(log)
    value = cr.policy_value(log, table)
    assert (value.value, value.low) == (0.0, 0.0)
    assert 0.04 < value.high < 0.1
    change = policy_change(log, table)
    assert change.low < -0.04 < 0.04 < change.high
    assert policy_change(log, table, baseline=table).high == 0.0  # the same policy
    refused = cr.policy_value(log_of(outcome=4.0), table)
    assert "never varied" in refused.reason


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("outcome", np.inf, "infinite or too large"),
        ("outcome", 1e300, "infinite or too large"),
        ("propensity", 1e-300, "The mean weight is 2.76e+298 instead of 1"),
        ("propensity", 1e-310, "impressions' worth of evidence"),
    ],
)
@pytest.mark.parametrize("name", list(OPE_ESTIMATORS))
def test_odd_numbers_are_refused_in_words(column, value, said, name) -> None:
    rng = np.random.default_rng(0)
    values = np.where(np.arange(400) % 9 == 0, value, rng.random(400) * 0.5 + 0.1)
    log = log_of(**{column: values})
    made = cr.policy_value(log, softmax_table(log), name)
    assert said in made.reason
    assert PolicyValue.model_validate_json(made.model_dump_json()).refused


@pytest.mark.parametrize("target", ["x", None, [["a", 1]], object(), {}])
def test_probabilities_that_are_no_numbers(target) -> None:
    with pytest.raises(CausalRecError):
        cr.policy_value(log_of(), target)


@pytest.mark.parametrize("cluster", [[1], [[1], [1, 2]], {}, "nothing"])
def test_clusters_that_are_none(cluster) -> None:
    log = log_of()
    with pytest.raises(CausalRecError):
        cr.policy_value(log, softmax_table(log), "snips", cluster)


def test_outcomes_written_as_text_are_numbers() -> None:
    numbers, texts = log_of(), log_of()
    written = texts.frame["outcome"].astype(int).astype(str)
    frame = pd.DataFrame({"i": texts.frame["item"], "y": written, "p": 0.25})
    read = cr.ExposureLog.from_frame(frame, item="i", outcome="y", propensity="p")
    assert read.frame["outcome"].tolist() == numbers.frame["outcome"].tolist()


def test_one_user_does_not_say_how_sure_an_answer_is() -> None:
    log = log_of(user=1)
    for answer in (
        cr.policy_value(log, softmax_table(log)),
        policy_change(log, softmax_table(log), "dm"),
    ):
        assert answer.refused
        assert answer.reason is not None
        assert answer.reason.key == "whatif.one_cluster"


def test_small_units_are_no_constants() -> None:
    plain = log_of()
    small = log_of()
    small.frame["outcome"] *= 1e-15  # amounts in a very large unit
    for name in OPE_ESTIMATORS:
        told = [cr.policy_value(log, softmax_table(plain), name) for log in (plain, small)]
        assert told[1].value == pytest.approx(told[0].value * 1e-15)
        assert told[1].low == pytest.approx(told[0].low * 1e-15)


def test_impressions_without_an_outcome_are_said() -> None:
    frame = pd.DataFrame({"i": ["a", "b"] * 30, "y": [1.0, 0.0, None] * 20, "p": [0.5, 0.5] * 30})
    log = cr.ExposureLog.from_frame(frame, item="i", outcome="y", propensity="p")
    assert (log.n, log.left_out) == (40, 20)
    flags = cr.policy_value(log, np.full(40, 0.5)).flags
    assert any("20 of 60 values are missing" in str(one) for one in flags)
    nothing = cr.ExposureLog.from_frame(
        frame.assign(y=np.nan), item="i", outcome="y", propensity="p"
    )
    answer = cr.policy_value(nothing, np.empty(0))
    assert answer.reason is not None
    assert answer.reason.key == "whatif.no_outcomes"


@pytest.mark.parametrize(
    "outcome",
    [["good", "bad"] * 30, pd.to_timedelta(range(60), unit="s"), pd.to_datetime(range(60))],
)
def test_an_outcome_without_numbers_is_refused(outcome) -> None:
    frame = pd.DataFrame({"i": ["a", "b"] * 30, "y": outcome, "p": 0.5})
    with pytest.raises(CausalRecError, match="holds no numbers"):
        cr.ExposureLog.from_frame(frame, item="i", outcome="y", propensity="p")


def test_a_table_is_read_by_the_names_of_its_columns() -> None:
    log = log_of()
    table = softmax_table(log)
    frame = pd.DataFrame(table, columns=list(log.item_ids))
    right = cr.policy_value(log, table).value
    assert cr.policy_value(log, frame[list("dbca")]).value == pytest.approx(right)
    assert cr.policy_value(log, pd.DataFrame(table)).value == pytest.approx(right)
    for wrong in (frame.rename(columns={"a": "z"}), frame.iloc[:, :3]):
        with pytest.raises(CausalRecError, match="not the items of the log"):
            cr.policy_value(log, wrong)


def test_what_is_no_probability_is_refused() -> None:
    log = log_of()
    table = softmax_table(log)
    for wrong in (table + 0.1j, np.ma.masked_less(table, 0.2)):
        with pytest.raises(CausalRecError, match="between 0 and 1"):
            cr.policy_value(log, wrong)


def test_a_baseline_is_checked_as_the_policy_is() -> None:
    log = log_of()
    with pytest.raises(CausalRecError, match="logs"):
        policy_change(log, softmax_table(log), baseline="logs")
    with pytest.raises(CausalRecError, match="all items"):
        policy_change(log, softmax_table(log), "dm", baseline=np.full(log.n, 0.25))
