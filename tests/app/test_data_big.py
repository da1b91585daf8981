"""The Data page with a big table: rows first, checks after."""

import pandas as pd

from causalrec.ui.data import pending as waiting
from causalrec.ui.data.pending import Pending


def prepare(workspace, n=300):
    """What an upload of n rows leaves behind."""
    path = workspace.upload_path("log.csv")
    frame = pd.DataFrame({"user_id": range(n), "item_id": range(n), "click": [0, 1] * (n // 2)})
    frame.to_csv(path, index=False)
    waiting.write(workspace, Pending(str(path), "log.csv", str(path.parent), {}))


def words(test):
    return "\n".join(str(one.value) for one in test.caption)


def test_a_big_table_is_shown_before_it_is_checked(app, workspace, monkeypatch):
    monkeypatch.setattr("causalrec.ui.data.checks._AT_ONCE", 299)
    prepare(workspace)
    test = app("data", w=workspace.id)
    assert not test.exception
    assert len(test.dataframe) == 2  # the first rows, and how they are understood
    assert "Checking columns" in words(test)
    assert not any(b.key == "save-dataset" for b in test.button)
    shown = waiting.table(waiting.read(workspace)).path
    test = app("data", w=workspace.id, state={"data_checked": shown})
    assert "Checking columns" not in words(test)
    assert any(b.key == "save-dataset" for b in test.button)
