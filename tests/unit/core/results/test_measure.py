"""One quantity has one name and one unit, and its interval is said in words."""

from __future__ import annotations

import pytest

from causalrec.core.results.measure import Measure
from causalrec.core.words import LANGUAGES
from causalrec.data.dataset.outcome_measure import outcome_measure
from causalrec.data.dataset.outcomes import Outcome, outcome_named
from causalrec.whatif.changes.metric_kinds import measure


@pytest.mark.parametrize(
    ("metric", "per", "interval", "said"),
    [
        ("purchase", "user", (0.07, 0.127), "between 7 and 13 more buyers in 100 users"),
        ("purchase", "user", (-0.127, -0.07), "between 7 and 13 fewer buyers in 100 users"),
        ("purchase", "user", (-0.03, 0.05), "between 3 fewer and 5 more buyers in 100 users"),
        (
            "click",
            "impression",
            (0.0016, 0.0049),
            "between 0.2 and 0.5 more clicks in 100 impressions",
        ),
        ("churn", "user", (0.02, 0.09), "between 2 and 9 more users with churn in 100 users"),
        ("revenue", "user", (3.1, 4.26), "revenue per user higher by 3.1 to 4.3 EUR"),
        (
            "revenue",
            "impression",
            (-0.112, 0.162),
            "revenue per 1,000 impressions between 112 EUR lower and 162 EUR higher",
        ),
        ("rating", "impression", (0.02, 0.14), "mean rating higher by 0.02 to 0.14 points"),
        ("ndcg", "list", (-0.02, -0.004), "NDCG@10 lower by 0.004 to 0.020"),
        ("coverage", "list", (-0.2, -0.1), "Coverage@10 lower by 10 to 20 percentage points"),
        ("click", "row", (0.1, 0.1), "10 more with click in 100 rows"),
    ],
)
def test_an_interval_in_words(metric: str, per, interval: tuple, said: str) -> None:
    one = measure(metric, 10 if per == "list" else None, per=per, currency="EUR")
    assert str(one.size(*interval)) == said
    assert one.size(*interval).to("zh") != said


def test_no_end_of_an_interval_is_rounded_to_nothing() -> None:
    clicks = measure("click")
    assert "0.02 and 5 more" in clicks.size(0.0002, 0.05)
    assert "0.02 fewer and 5 more" in clicks.size(-0.0002, 0.05)


@pytest.mark.parametrize(
    ("per", "name", "change"),
    [("user", "Users who buy", "+11.1 pp"), ("impression", "Conversion", "+11.1 pp")],
)
def test_a_share_is_never_written_as_a_mean(per, name: str, change: str) -> None:
    one = measure("purchase", per=per)
    assert (str(one.name), str(one.amount(0.111, signed=True))) == (name, change)
    assert one.axis() == (100.0, "percentage points")


def test_counts_and_averages_of_users_are_no_share_of_them() -> None:
    bought = outcome_named("purchase")
    counted = outcome_measure(bought.of_users([0.0, 2.0, 1.0]), "user")
    assert str(counted.name) == "Mean purchases per user"
    assert counted.amount(0.4, signed=True) == "+0.40"
    averaged = bought.model_copy(update={"averaged": True})
    assert str(outcome_measure(averaged, "user").name) == (
        "purchases per impression (averaged over users)"
    )
    assert str(outcome_measure(averaged, "user").size(0.01, 0.02)).startswith("purchases per")


def test_a_part_of_each_counts_nothing() -> None:
    watched = Outcome(name="watch_share", meaning="watch", kind="share")
    assert "percentage points" in outcome_measure(watched).size(0.01, 0.02)
    assert not Outcome(name="completion_rate", kind="share").counted


def test_money_has_its_currency_wherever_an_amount_stands() -> None:
    one = measure("revenue", per="user", currency="EUR")
    amounts = [one.amount(2.0), one.amount(2.0, signed=True), one.size(1, 2), one.size(-1, 2)]
    assert all("EUR" in str(amount) for amount in amounts)
    assert one.axis() == (1.0, "EUR")


@pytest.mark.parametrize("kind", ["share", "money", "number", "bits"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_amount_has_a_hyphen_or_a_signed_nothing(kind, lang: str) -> None:
    name = measure("purchase").name
    one = Measure(name, name, kind=kind, currency="EUR")
    for value in (-0.0421, -1e-9, 0.0):
        shown = str(one.amount(value, signed=True))
        assert "-" not in shown
        assert not shown.startswith(("−0.00 ", "+0.00", "−0.000"))
