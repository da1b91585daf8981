"""The training loop: keeps the best epoch, stops when patience ends, refuses a loss of NaN."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from causalrec.core.errors import Cancelled, DataError
from causalrec.core.progress import silent
from causalrec.recsys.learning.training_loop import FitJob, train_epochs
from causalrec.recsys.team.checkpoint import Checkpoint


class Scripted:
    """Scores so that the validation item ranks high only in the epochs said."""

    def __init__(self, good: dict[int, float], loss: float = 1.0) -> None:
        self.good, self.loss, self.at = good, loss, 0

    def epoch(self) -> float:
        self.at += 1
        return self.loss

    def score(self, users: np.ndarray) -> np.ndarray:
        scores = np.tile(np.arange(30.0, 0.0, -1.0), (len(users), 1))
        scores[:, 5] = self.good.get(self.at, 0.0)
        return scores

    def weights(self) -> dict[str, np.ndarray]:
        return {"at": np.array([self.at])}

    state = weights

    def restore(self, state: dict[str, np.ndarray]) -> None:
        self.at = int(state["at"][0])


def job(valid: bool = True) -> FitJob:
    matrix = sparse.csr_matrix(([1.0] * 4, ([0, 1, 2, 3], [0] * 4)), shape=(4, 30))
    held = sparse.csr_matrix(([1.0] * 4, ([0, 1, 2, 3], [5] * 4)), shape=(4, 30))
    return FitJob(matrix, held if valid else None, 0, "cpu", silent)


def test_the_best_epoch_is_kept_and_patience_ends_it() -> None:
    work = job()
    kept = train_epochs(work, Scripted({2: 26.5, 4: 99.0}), epochs=50, patience=3)
    assert kept["at"][0] == 4
    assert work.best_epoch == 4
    assert len(work.curve) == 7
    assert work.curve[3]["ndcg"] == 1.0


def test_without_validation_the_last_epoch_is_kept() -> None:
    work = job(valid=False)
    kept = train_epochs(work, Scripted({}), epochs=6, patience=1)
    assert kept["at"][0] == 6
    assert "ndcg" not in work.curve[0]


def test_a_loss_that_is_not_finite_ends_it() -> None:
    with pytest.raises(DataError) as caught:
        train_epochs(job(), Scripted({}, loss=float("nan")), epochs=3, patience=1)
    assert caught.value.text.key == "recsys.diverged"


def test_ease_solves_its_constrained_problem() -> None:
    """The gradient of |X - XB|² + λ|B|² is 0 off the diagonal, and the diagonal is 0."""
    import pandas as pd

    import causalrec as cr

    rng = np.random.default_rng(2)
    users, items = np.nonzero(rng.random((50, 12)) < 0.3)
    frame = pd.DataFrame({"u": users.astype(str), "i": items.astype(str)})
    data = cr.Dataset.from_frame(frame, cr.ColumnMapping(user="u", item="i"))
    model = cr.recommender("ease", regularization=3.0)
    model.fit(data)
    X, B = data.matrix().toarray().astype(float), model._arrays["item_weights"].astype(float)
    assert (np.diag(B) == 0).all()
    slope = -X.T @ (X - X @ B) + 3.0 * B
    np.testing.assert_allclose(slope[~np.eye(12, dtype=bool)], 0.0, atol=1e-4)


def test_stopped_training_goes_on_where_it_was(tmp_path: Path) -> None:
    """Stopped after epoch 3, taken up again: same epochs, same weights, same curve."""
    good = {2: 26.5, 4: 99.0}
    whole = job()
    expected = train_epochs(whole, Scripted(good), epochs=9, patience=3)

    def stop(fraction: float, message: object = None, /, **metrics: float) -> None:
        if metrics.get("epoch") == 3.0:
            raise Cancelled

    first, again, other = job(), job(), job()
    for work in (first, again):
        work.checkpoint = Checkpoint(tmp_path, {"seed": 1})
    other.checkpoint = Checkpoint(tmp_path, {"seed": 2})
    first.on_progress = stop
    with pytest.raises(Cancelled):
        train_epochs(first, Scripted(good), epochs=9, patience=3)
    late = Scripted(good)
    kept = train_epochs(again, late, epochs=9, patience=3)
    assert kept["at"][0] == expected["at"][0] == 4
    assert again.curve == whole.curve
    assert [note.key for note in again.notes] == ["recsys.note_resumed"]
    train_epochs(other, Scripted(good), epochs=2, patience=3)
    assert [note.key for note in other.notes] == ["recsys.note_still_rising"]
