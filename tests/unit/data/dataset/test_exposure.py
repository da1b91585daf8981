"""Exposure logs from frames and from datasets."""

import numpy as np
import pandas as pd
import pytest

from causalrec.core.errors import DataError
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.exposure import ExposureLog, exposure_log
from causalrec.data.dataset.mapping import ColumnMapping

FRAME = pd.DataFrame(
    {
        "a": [3, 1, 3, 2],
        "y": [0, 1, np.nan, 0],
        "p": [0.2, 0.5, 0.2, 1.0],
        "slot": [1, 2, 3, 1],
        "x": ["m", "n", "m", "m"],
    }
)


def test_from_frame_codes_items_and_drops_rows_without_an_outcome():
    log = ExposureLog.from_frame(
        FRAME, item="a", outcome="y", propensity="p", position="slot", covariates=("x",)
    )
    assert log.n == 3
    assert list(log.item_ids) == ["1", "2", "3"]
    assert log.frame["item"].tolist() == [2, 0, 1]
    assert log.frame["propensity"].tolist() == [0.2, 0.5, 1.0]
    assert log.covariates == ("x",)
    assert log.has("position")
    assert not log.has("user")


@pytest.mark.parametrize("bad", [0.0, -0.1, 1.5, np.nan])
def test_a_propensity_that_is_no_probability_is_refused(bad):
    frame = FRAME.assign(p=[0.2, bad, 0.2, 1.0])
    with pytest.raises(DataError) as caught:
        ExposureLog.from_frame(frame, item="a", outcome="y", propensity="p")
    assert caught.value.text.key == "data.bad_propensity"
    assert caught.value.hint


def test_missing_ids_and_columns_are_refused():
    with pytest.raises(DataError, match="no id"):
        ExposureLog.from_frame(FRAME.assign(a=[1, None, 2, 3]), item="a", outcome="y")
    with pytest.raises(DataError, match="no column"):
        ExposureLog.from_frame(FRAME, item="nothing", outcome="y")


def test_a_dataset_gives_the_same_log():
    mapping = ColumnMapping(
        item="a", outcome="y", propensity="p", position="slot", covariates=("x",)
    )
    log = exposure_log(Dataset.from_frame(FRAME, mapping), "y")
    direct = ExposureLog.from_frame(
        FRAME, item="a", outcome="y", propensity="p", position="slot", covariates=("x",)
    )
    columns = list(direct.frame.columns)
    pd.testing.assert_frame_equal(log.frame[columns], direct.frame)


def test_ratings_alone_are_no_impressions_of_clicks():
    frame = pd.DataFrame({"u": [1, 2], "i": [1, 2], "r": [3, 5], "c": [1, 1]})
    data = Dataset.from_frame(
        frame, ColumnMapping(user="u", item="i", outcomes={"rating": "r", "click": "c"})
    )
    with pytest.raises(DataError, match="no impressions"):
        exposure_log(data, "click")
    with pytest.raises(DataError, match="no outcome"):
        exposure_log(data, "purchase")
