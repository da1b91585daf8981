"""Graph models and NeuMF against dense references; shares of a batch; cold items; fold-in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import causalrec as cr
from causalrec.core.errors import ParamError
from causalrec.recsys.model.fit_job import job_of
from causalrec.recsys.team.team import ALONE, Team

MAPPING = cr.ColumnMapping(user="u", item="i")
SMALL: dict[str, dict[str, Any]] = {
    "lightgcn": {"factors": 8, "epochs": 30, "batch_size": 128},
    "gcn": {"factors": 8, "epochs": 30, "batch_size": 128},
    "gat": {"factors": 8, "epochs": 30, "batch_size": 128, "heads": 2},
    "ncf": {"factors": 8, "epochs": 40, "batch_size": 64, "learning_rate": 0.02},
}


def taken(users: int = 30, items: int = 20, seed: int = 0) -> sparse.csr_matrix:
    dense = (np.random.default_rng(seed).random((users, items)) < 0.2).astype(np.float32)
    return sparse.csr_matrix(dense)


def two_tastes(users: int = 60, items: int = 40) -> cr.Dataset:
    """Even users take even items, odd users odd ones; two items nobody took, of each kind."""
    rng = np.random.default_rng(0)
    rows = []
    for user in range(users):
        mine = np.arange(user % 2, items, 2)
        rows += [(f"user {user}", f"i{i:02}") for i in rng.choice(mine, size=8, replace=False)]
    names = [f"i{i:02}" for i in range(items + 2)]
    table = pd.DataFrame({"i": names, "kind": ["even", "odd"] * (items // 2 + 1)})
    every = [*rows, *(("user 0", name) for name in names[items:])]
    data = cr.Dataset.from_frame(pd.DataFrame(every, columns=["u", "i"]), MAPPING, items=table)
    return replace(data, frame=data.frame.iloc[: len(rows)])


def learner_of(name: str, team: Team = ALONE, **params: Any) -> Any:
    model = cr.recommender(name, **{**SMALL[name], **params})
    job = job_of(model, two_tastes(), seed=0, device="cpu")
    job.team = team
    if name in {"gcn", "gat"}:
        loss = params.get("loss", "softmax")
        return model._learner(job, model.params, loss)  # type: ignore[attr-defined]
    if name == "ncf":
        from causalrec.recsys.recommenders.ncf import _Learner as OfNCF

        return OfNCF(job, model.params)  # type: ignore[arg-type]
    from causalrec.recsys.recommenders.lightgcn import _Learner

    return _Learner(job, model.params, params.get("loss", "softmax"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("lightgcn", "softmax"),
        ("lightgcn", "sampled"),
        ("lightgcn", "bpr"),
        ("gcn", "softmax"),
        ("gat", "sampled"),
        ("ncf", "bce"),
        ("ncf", "sampled"),
    ],
)
def test_shares_of_a_batch_add_up_to_the_whole(name: str, loss: str) -> None:
    """Two processes' slopes of the first batch sum to one process's, and their draws agree."""
    import torch

    slopes = []
    for teams in ([ALONE], [Team(0, 2), Team(1, 2)]):
        total: list[Any] = []
        for team in teams:
            learner = learner_of(name, team, loss=loss)
            learner.module.train()
            batch = next(learner.batches())
            learner.loss(batch[team.share(len(batch))], len(batch)).backward()
            gradients = [p.grad for p in learner.module.parameters() if p.grad is not None]
            total = (
                gradients if not total else [a + b for a, b in zip(total, gradients, strict=True)]
            )
        slopes.append((total, learner.random.get_state()))
    assert any(slope.abs().max() > 1e-4 for slope in slopes[0][0])
    for one, two in zip(slopes[0][0], slopes[1][0], strict=True):
        torch.testing.assert_close(one, two, rtol=1e-5, atol=1e-7)
    assert torch.equal(slopes[0][1], slopes[1][1])


@pytest.mark.parametrize("name", SMALL)
def test_numpy_scores_equal_the_learner_s(name: str) -> None:
    """What is listed from the saved arrays is what validation measured while learning."""
    data = two_tastes()
    model = cr.recommender(name, **{**SMALL[name], "epochs": 3})
    model.fit(data, seed=0)
    learner = learner_of(name)
    for _ in range(3):
        learner.epoch()
    everyone = np.arange(data.n_users)
    np.testing.assert_allclose(model.score(everyone), learner.score(everyone), atol=2e-5)


@pytest.mark.parametrize("name", SMALL)
def test_stranger_with_a_user_s_history_gets_nearly_that_user_s_scores(name: str) -> None:
    """Mean correlation over 60 users; a model that ignored the history would be near 0."""
    model = cr.recommender(name, **SMALL[name])
    model.fit(two_tastes(), seed=0)
    own = model.score(np.arange(model.n_users))
    strange = model.score(np.full(model.n_users, -1), model.history)
    alike = [np.corrcoef(a, b)[0, 1] for a, b in zip(own, strange, strict=True)]
    assert np.mean(alike) > 0.8


@pytest.mark.parametrize("name", ["gcn", "gat"])
def test_item_that_nobody_took_scores_by_its_attributes(name: str) -> None:
    """Of two items without a row, the one of the user's kind scores higher for nearly all."""
    data = two_tastes()
    assert data.n_items == 42
    model = cr.recommender(name, **{**SMALL[name], "id_dropout": 0.3, "epochs": 60})
    model.fit(data, seed=0)
    codes = {item: code for code, item in enumerate(model.item_ids)}
    scores = model.score(np.arange(model.n_users))
    better = scores[:, codes["i40"]] > scores[:, codes["i41"]]
    even = np.array([int(user.split()[1]) % 2 == 0 for user in model.user_ids])
    assert (better == even).mean() > 0.9


def test_loss_chosen_by_size_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from causalrec.recsys.networks import ranking_params

    for limit, loss in ((4e9, "softmax"), (1.0, "sampled")):
        monkeypatch.setattr(ranking_params, "_FULL", limit)
        model = cr.recommender("lightgcn", **{**SMALL["lightgcn"], "epochs": 1})
        report = model.fit(two_tastes(), seed=0)
        assert f"recsys.note_loss_{loss}" in [note.key for note in report.notes]


def test_heads_must_divide_the_factors() -> None:
    with pytest.raises(ParamError) as caught:
        cr.recommender("gat", factors=10, heads=4).fit(two_tastes())
    assert caught.value.text.key == "recsys.heads_divide"


def test_bpr_learns_the_taste_too() -> None:
    model = cr.recommender("lightgcn", **{**SMALL["lightgcn"], "loss": "bpr"})
    model.fit(two_tastes(), seed=0)
    scores = model.score(np.arange(60))[:, :40]
    kind = np.array([int(item[1:]) % 2 for item in model.item_ids[:40]])
    mine = np.array([int(user.split()[1]) % 2 for user in model.user_ids])
    best = np.argsort(-scores, axis=1)[:, :10]
    assert (kind[best] == mine[:, None]).mean() > 0.95
