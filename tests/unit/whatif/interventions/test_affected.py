"""Whom a treatment concerns, counted on a log whose counts are known."""

from __future__ import annotations

import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import ParamError
from causalrec.core.words import LANGUAGES
from causalrec.whatif.interventions.affected import affected


def data(**users) -> cr.Dataset:
    """Four users with 1, 2, 3 and 4 rows; the last two have the promotion."""
    user = ["a", *"bb", *"ccc", *"dddd"]
    log = pd.DataFrame({"u": user, "i": [str(at % 3) for at in range(10)], "c": [0, 1] * 5})
    log["promotion"] = log["u"].isin(["c", "d"]).astype(int)
    mapping = cr.ColumnMapping(user="u", item="i", outcome="c", covariates=("promotion",))
    table = pd.DataFrame({"u": list("abcd"), **users})
    return cr.Dataset.from_frame(log, mapping, users=table)


def test_users_rows_and_who_has_it_already_are_counted():
    log = data(is_new=[1, 0, 0, 1], device=["phone", "desk", "desk", "phone"])
    some = affected(cr.intervention("treat", node="promotion", segment="is_new=1"), log)
    assert (some.users, some.of_users, some.rows, some.already) == (2, 4, 0.5, 0.5)
    table = some.to_frame().set_index("group")
    assert table["column"].unique().tolist() == ["device"]
    assert table["share"].to_dict() == {"phone": 1.0, "desk": 0.0}
    assert table["of_all"].to_dict() == {"phone": 0.5, "desk": 0.5}
    for lang in LANGUAGES:
        assert "50%" in some.summary(lang)
        bars = some.plot(lang).data
        assert sorted(bars[1].x) == [0.0, 1.0]


def test_everybody_and_what_the_log_does_not_hold():
    everybody = affected(cr.intervention("treat", node="mail", value="sent"), data())
    assert (everybody.users, everybody.rows, everybody.already) == (4, 1.0, None)
    assert len(everybody.to_frame()) == 0
    assert not everybody.plot().data[0].x


def test_the_column_of_the_segment_is_not_split_by_itself():
    log = data(is_new=[1, 0, 0, 1])
    some = affected(cr.intervention("treat", node="promotion", segment="is_new=1"), log)
    assert len(some.groups) == 0


def test_nobody_is_refused():
    with pytest.raises(ParamError):
        affected(
            cr.intervention("treat", node="promotion", segment="is_new=7"),
            data(is_new=[1, 0, 0, 1]),
        )
