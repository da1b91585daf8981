"""What a column holds, and which value of a treatment is the control."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.rows.arms import Refusal, arms_of, pick
from causalrec.causal.rows.column_values import look


@pytest.mark.parametrize(
    ("values", "form", "read"),
    [
        (["3.25", "-1e2", " 7 ", "n/a"], "text_number", [3.25, -100.0, 7.0, np.nan]),
        (["1,5", "0,25"], "text_number", [1.5, 0.25]),
        (["1,250", "12,500.5"], "text_number", [1250.0, 12500.5]),
        (["€4.50", "$3"], "text_number", [4.5, 3.0]),
        (["36:00:00", "1 day"], "text_duration", [1.5, 1.0]),
        (["2023-03-01", "2023-03-03T12:00"], "text_time", [0.0, 2.5]),
        ([Decimal("2.5"), None], "number", [2.5, np.nan]),
        ([timedelta(hours=12), timedelta(days=2)], "duration", [0.5, 2.0]),
        ([True, None, False], "boolean", [1.0, np.nan, 0.0]),
        ([2.0, np.inf, 1e300], "number", [2.0, np.nan, np.nan]),
        ([b"1.5", b"-2", None], "text_number", [1.5, -2.0, np.nan]),
    ],
)
def test_numbers_in_any_form_are_numbers(values, form, read):
    column = look(pd.Series(values, dtype=object))
    assert column.form == form
    np.testing.assert_allclose(column.data, read, rtol=1e-12)


def test_complex_numbers_without_an_imaginary_part_are_numbers():
    column = look(pd.Series([1 + 0j, 2.5 + 0j]))
    assert (column.form, column.data.tolist()) == ("number", [1.0, 2.5])


@pytest.mark.parametrize("values", [["007", "12"], ["north", "3"], [[1], [2]], [1 + 2j, 3j]])
def test_codes_words_and_oddities_are_categories(values):
    assert look(pd.Series(values, dtype=object)).form == "category"
    assert list(look(pd.Series(["a", "  ", None])).data) == ["a", None, None]


def arms(*levels: object):
    """A column in which the first level is the most frequent."""
    return arms_of(look(pd.Series([levels[0], *levels], dtype=object)))


@pytest.mark.parametrize(
    ("treated", "control"),
    [
        ("statin", "sham"),
        ("seen", "unseen"),
        ("enrolled", "not enrolled"),
        ("widget on", "widget off"),
        ("redesign", "status quo"),
        ("arm_B", "arm_A"),
        ("layout3", "layout1"),
        ("Ja", "none"),
        ("已推送", "未推送"),
        ("新版", "对照组"),
        (True, False),
        ("YES", "No"),
        (3, 2),
        ("30%", "20%"),
    ],
)
def test_the_control_is_what_the_words_say(treated, control):
    found = arms(treated, control)
    first, second, guessed = pick(found, "t")
    assert found.names[first] == str(control).removesuffix("%")
    assert found.names[second] == str(treated).removesuffix("%")
    assert not guessed


def test_an_order_wins_and_frequency_is_only_a_guess():
    order = pd.Categorical(["high", "high", "none"], categories=["high", "none"], ordered=True)
    found = arms_of(look(pd.Series(order)))
    assert found.names[pick(found, "t")[0]] == "high"
    found = arms("train", "bus")
    assert found.names[pick(found, "t")[0]] == "train"
    assert pick(found, "t")[2]


@pytest.mark.parametrize(
    ("levels", "asked", "name"),
    [
        ((True, False), "False", "False"),
        ((True, False), 0, "False"),
        ((True, False), "no", "False"),
        ((1, 0), "False", "0"),
        ((1.0, 0.0), "1.0", "1"),
        (("Yes", "No"), "no", "No"),
        ((2.5, 1.5), "1.50", "1.5"),
        (("0", "1"), 1, "1"),
    ],
)
def test_values_are_asked_for_as_they_print(levels, asked, name):
    found = arms(*levels)
    assert found.names[pick(found, "t", control=asked)[0]] == name


def test_values_that_no_row_has_are_refused_with_those_there_are():
    for asked in ("maybe", float("nan"), [1]):
        with pytest.raises(Refusal, match="values are True, False"):
            pick(arms(True, False), "t", control=asked)
    with pytest.raises(Refusal, match="itself"):
        pick(arms(True, False), "t", control="no", treated=False)


def test_every_sentence_names_both_arms():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"mail": ["sent"] * 300 + ["not sent"] * 200})
    frame["y"] = (frame["mail"] == "sent") * 2.0 + rng.normal(size=500)
    effect = cr.estimate(frame, [], treatment="mail", outcome="y", estimator="ols")
    assert effect.value > 1.5
    naive = cr.estimate(frame, [], treatment="mail", outcome="y", estimator="difference")
    for lang in ("en", "zh"):
        told = [effect.summary(lang), effect.estimand.to(lang)]
        told += [naive.summary(lang), naive.estimand.to(lang)]
        assert all("not sent" in one.replace("mail = sent", "") for one in told)
    guessed = cr.estimate(
        frame.replace({"sent": "red", "not sent": "blue"}), [], treatment="mail", outcome="y"
    )
    assert any(flag.key == "causal.flag_guessed" for flag in guessed.flags)


def test_forms_of_one_covariate_give_one_answer():
    rng = np.random.default_rng(4)
    x = rng.normal(size=700).round(3)
    t = (rng.random(700) < 1 / (1 + np.exp(-x))).astype(int)
    frame = pd.DataFrame({"t": t, "y": t + 2 * x + rng.normal(size=700)})
    forms = {
        "number": x,
        "text": x.astype(str),
        "duration": pd.to_timedelta(x, unit="h"),
        "decimal": [Decimal(str(v)) for v in x],
        "nullable": pd.Series(x, dtype="Float64"),
    }
    asked = {"treatment": "t", "outcome": "y", "estimator": "ols"}
    values = [cr.estimate(frame.assign(x=v), ["x"], **asked).value for v in forms.values()]
    assert values == pytest.approx([values[0]] * len(values), rel=1e-6)
    numbered = frame.assign(x=x).set_axis([0, 1, 2], axis=1)
    same = cr.estimate(numbered, [2], treatment=0, outcome=1, estimator="ols")
    assert same.value == pytest.approx(values[0])
    assert same.adjustment == ("2",)
    words = frame.assign(x=x, y=np.where(frame["y"] > 0, "Yes", "no"))
    told = cr.estimate(words, ["x"], **asked)
    assert told.outcome_kind == "share"
    assert any(flag.key == "causal.flag_yes_no" for flag in told.flags)
