"""BPR a pair at a time: its step, its draws, and that machine code does what the source says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import causalrec as cr
from causalrec.core.progress import silent
from causalrec.recsys.learning import pairwise_kernel as pairwise
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.recommenders import bpr

RATES = np.float32(0.05), np.float32(0.01)


def learner(users: int = 12, items: int = 9, weighted: bool = True) -> pairwise.PairLearner:
    rng = np.random.default_rng(0)
    taken = (rng.random((users, items)) < 0.4).astype(np.float32)
    taken *= rng.uniform(0.5, 2.0, taken.shape).astype(np.float32) if weighted else 1.0
    job = FitJob(sparse.csr_matrix(taken), None, 0, "cpu", silent)
    table = rng.standard_normal((users + items, 5)).astype(np.float32)
    table[:users, -1] = 1.0
    return pairwise.PairLearner(job, table, pairwise.Rates(*RATES))


def test_machine_code_does_what_the_source_says() -> None:
    """Sums may be reordered, so single precision's last digits differ."""
    both = [learner(), learner()]
    order = np.arange(len(both[0].log.users), dtype=np.int32)
    outcomes = []
    for one, (draw, learn) in zip(
        both, (pairwise.compiled(), (pairwise.draw, pairwise.learn)), strict=True
    ):
        pairs = pairwise.Pairs(order, np.empty(len(order), dtype=np.int32))
        state = draw(pairs, one.log, 9, 12_345)
        loss = learn(pairwise.Table(one.table, one.square), pairs, one.log, one.rates)
        outcomes.append((state, pairs.others, loss))
    assert outcomes[0][0] == outcomes[1][0]
    np.testing.assert_array_equal(outcomes[0][1], outcomes[1][1])
    assert outcomes[0][2] == pytest.approx(outcomes[1][2], rel=1e-5)
    np.testing.assert_allclose(both[0].table, both[1].table, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(both[0].square, both[1].square, rtol=1e-4)


def test_a_step_follows_the_slope_at_adagrads_rate() -> None:
    """One pair, against slopes written out: -log σ(u·(v - w) + b_v - b_w) + ½λ|·|²."""
    one = learner()
    before = one.table.astype(float)
    user, item = int(one.log.users[0]), int(one.log.items[0])
    other = next(j for j in range(9) if one.job.matrix[user, j] == 0)
    pairs = pairwise.Pairs(np.array([0], dtype=np.int32), np.array([other], dtype=np.int32))
    pairwise.compiled()[1](pairwise.Table(one.table, one.square), pairs, one.log, one.rates)
    weight = float(one.log.weights[0])
    u, v, w = before[user], before[12 + item], before[12 + other]
    pull = weight / (1.0 + np.exp(u @ (v - w)))
    slopes = {user: pull * (v - w) - 0.01 * weight * u}
    slopes[12 + item] = pull * u - 0.01 * weight * v
    slopes[12 + other] = -pull * u - 0.01 * weight * w
    slopes[user][-1] = 0.0
    expected = before.copy()
    for row, slope in slopes.items():
        expected[row] += 0.05 * slope / np.sqrt((slope**2).mean())
    np.testing.assert_allclose(one.table, expected, atol=1e-4)


def test_draws_are_uniform_over_what_was_not_taken() -> None:
    """60,000 draws for one user: each share within .01 (five standard errors) of the others."""
    one = learner()
    order = np.zeros(60_000, dtype=np.int32)
    others = np.empty(len(order), dtype=np.int32)
    pairwise.compiled()[0](pairwise.Pairs(order, others), one.log, 9, 7)
    others = others[others >= 0]  # where eight draws in a row were of items taken
    counts = np.bincount(others, minlength=9) / len(others)
    free = np.asarray(one.job.matrix[int(one.log.users[0])].toarray()).ravel() == 0
    assert counts[~free].sum() == 0
    assert np.ptp(counts[free]) < 0.01


def test_an_epoch_taken_up_again_is_the_same() -> None:
    whole, halves, late = learner(), learner(), learner()
    for _ in range(2):
        whole.epoch()
    halves.epoch()
    late.restore(halves.state())
    late.epoch()
    np.testing.assert_array_equal(late.table, whole.table)
    np.testing.assert_array_equal(late.square, whole.square)


def test_both_ways_learn_and_the_report_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    own = [(u % 3) * 12 + rng.choice(12, 6, replace=False) for u in range(150)]
    frame = pd.DataFrame({"u": np.repeat(np.arange(150), 6), "i": np.concatenate(own)})
    split = cr.Split.per_user(cr.Dataset.from_frame(frame, cr.ColumnMapping(user="u", item="i")))
    for there, key in ((True, "recsys.note_bpr_pairs"), (False, "recsys.note_bpr_no_compiler")):
        monkeypatch.setattr(bpr, "has_compiler", lambda there=there: there)
        model = cr.recommender("bpr", factors=8, batch_size=64)
        report = model.fit(split.train, split.valid, seed=0)
        assert key in [note.key for note in report.notes]
        assert cr.evaluate(model, split, k=5).row("auc")["value"] > 0.85
