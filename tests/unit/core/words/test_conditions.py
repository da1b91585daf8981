"""Conditions of a log as people say them; what has no words keeps its column and value."""

from __future__ import annotations

import pytest

from causalrec.core.words.conditions import arm, exactly, people, value_of


@pytest.mark.parametrize(
    ("column", "value", "binary", "en", "zh"),
    [
        ("promotion", "1", False, "with a promotion", "有促销"),
        ("promotion", 0, False, "without a promotion", "没有促销"),
        ("promo", True, False, "with a promotion", "有促销"),
        ("has_app", "1.0", False, "with app", "有 app"),
        ("t", "0", True, "without t", "没有 t"),
        ("price", 1, False, "price is 1", "price 为 1"),  # 1 of many numbers: no yes
        ("price", "12", True, "price is 12", "price 为 12"),
    ],
)
def test_a_value_of_a_treatment(column, value, binary, en, zh) -> None:
    said = arm(column, value, binary=binary)
    assert (said.to("en"), said.to("zh")) == (en, zh)


def test_a_plain_condition_of_an_arm_is_where_it_is() -> None:
    assert arm("tier", "gold", otherwise="where") == "where tier is gold"


@pytest.mark.parametrize(
    ("segment", "en", "zh"),
    [
        ("is_new=1", "new users", "新用户"),
        ("is_new = 0", "returning users", "老用户"),
        ("is_member=1", "member users", "属于 member 的用户"),
        ("is_member=0", "users who are not member", "不属于 member 的用户"),
        ("has_app=1", "users with app", "有 app的用户"),
        ("promotion=1", "users with a promotion", "有促销的用户"),
        ("device=phone", "users whose device is phone", "device 为 phone 的用户"),
        ("visits=1", "users whose visits is 1", "visits 为 1 的用户"),
        ("age>30", "users whose age is above 30", "age 高于 30 的用户"),
        ("age<=30", "users whose age is at most 30", "age 不高于 30 的用户"),
        (
            "age>30 & age<=40",
            "users whose age is above 30 and at most 40",
            "age 高于 30 且不高于 40 的用户",
        ),
        ("is_new!=1", "returning users", "老用户"),
        ("device!=web", "users whose device is not web", "device 不为 web 的用户"),
        (
            "is_new=1 & age>30",
            "new users, among users whose age is above 30",
            "age 高于 30 的用户当中的新用户",
        ),
        (
            "shelf=Home & Garden",
            "users whose shelf is Home & Garden",
            "shelf 为 Home & Garden 的用户",
        ),
    ],
)
def test_users_of_a_segment(segment, en, zh) -> None:
    said = people(segment)
    assert (said.to("en"), said.to("zh")) == (en, zh)


def test_beside_its_column_a_value_stands_alone_and_the_exact_form_is_kept() -> None:
    assert value_of("device", "phone") == "phone"
    assert value_of("is_new", "1") == "new users"
    assert exactly("is_new", 1) == "is_new = 1"
