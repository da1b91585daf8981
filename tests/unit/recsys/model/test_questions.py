"""Asking a model: ids in any form mean the same, strangers are named, what is no id is refused."""

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import ParamError
from causalrec.whatif.interventions import INTERVENTIONS
from causalrec.whatif.interventions.intervention_kinds import item_code


@pytest.fixture(scope="module")
def model():
    pairs = [(u, i) for u in range(1, 30) for i in range(1, 16) if (u + i * i) % 3]
    frame = pd.DataFrame(pairs, columns=["who", "what"])
    frame = frame.assign(stars=(frame["who"] + frame["what"]) % 5 + 1, when=range(len(frame)))
    mapping = cr.ColumnMapping(user="who", item="what", time="when", outcome="stars")
    fitted = cr.recommender("item-knn")
    fitted.fit(cr.Dataset.from_frame(frame, mapping))
    return fitted


ONE = [5, 5.0, np.int32(5), "5", " 5", [5], np.array([5.0]), pd.Series(["5.0"])]


@pytest.mark.parametrize("user", ONE)
def test_one_user_in_any_form(model, user):
    right = model.recommend(["5"], k=3)
    pd.testing.assert_frame_equal(model.recommend(user, k=3), right)
    assert model.predict(user, 2)[0] == model.predict(["5"], ["2"])[0]


@pytest.mark.parametrize("items", ["12", 12, 12.0, ["12"], [12.0, np.nan], (12,), pd.Series([12])])
def test_one_history_in_any_form(model, items):
    right = model.recommend(histories={"x": ["12"]}, k=3)["item"].tolist()
    assert model.recommend(histories={"x": items}, k=3)["item"].tolist() == right
    assert model.recommend([7], histories=[items], k=3)["item"].tolist() == right


def test_one_item_in_any_form(model):
    right = model.similar_items("3", k=3)
    for item in (3, 3.0, " 3 ", np.float64(3), [3]):
        pd.testing.assert_frame_equal(model.similar_items(item, k=3), right)
    with pytest.raises(ParamError, match="2"):
        model.similar_items([3, 4])


def test_strangers_and_holes_are_named(model):
    asked = pd.Series([5, np.nan, 99])
    frame = model.recommend(asked, k=2)
    assert frame["user"].unique().tolist() == ["5", "99"]
    keys = [note.key for note in frame.attrs["notes"]]
    assert keys == ["recsys.note_unknown_users", "recsys.note_nameless"]
    predictions = model.predict(asked, pd.Series([1, 2, 77]))
    assert np.isnan(predictions[1])
    assert np.isfinite(predictions[[0, 2]]).all()
    assert [note.key for note in predictions.notes] == [
        "recsys.predict_unknown_users",
        "recsys.predict_unknown_items",
        "recsys.predict_nameless",
    ]
    assert "99" in predictions.notes[0]
    assert "77" in repr(predictions)
    assert not model.predict(5, [1, 2]).notes


ODD = [True, [None], [False, 5], [[5, 6]], pd.DataFrame({"a": [5], "b": [6]})]


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_id_is_refused(model, odd):
    for ask in (
        lambda: model.recommend(odd),
        lambda: model.predict(odd, 1),
        lambda: model.predict(5, odd),
        lambda: model.similar_items(odd),
    ):
        with pytest.raises(ParamError) as caught:
            ask()
        assert caught.value.hint
    with pytest.raises(ParamError):
        model.similar_items(None)


def test_two_histories_of_one_user_are_refused(model):
    with pytest.raises(ParamError):
        model.recommend(histories={5: [1], "5": [2]})


def test_items_of_an_intervention_are_ids_too(model):
    hide = INTERVENTIONS["hide-items"]
    for items in (3, 3.0, ["3"], (3,), np.array([3])):
        assert hide(items=items).params.items == ("3",)
    assert item_code(model, 3.0) == item_code(model, "3") == 2
    with pytest.raises(ParamError):
        hide(items=True)
