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
from causalrec.recsys.arrays.propagation import Graph, Sparse, adjacency
from causalrec.recsys.learning import losses
from causalrec.recsys.learning.shared_negatives import Negatives
from causalrec.recsys.model.fit_job import job_of
from causalrec.recsys.networks.attention import Edges
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


@pytest.mark.parametrize("loops", [False, True])
def test_adjacency_is_the_normalised_one(loops: bool) -> None:
    matrix = taken()
    dense = np.zeros((50, 50))
    dense[:30, 30:] = matrix.toarray()
    dense += dense.T + np.eye(50) * loops
    degree = np.maximum(dense.sum(axis=1), 1.0)
    expected = dense / np.sqrt(degree[:, None] * degree[None, :])
    np.testing.assert_allclose(adjacency(matrix, loops=loops).toarray(), expected, atol=1e-6)


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_propagation_and_its_slope_equal_those_of_autograd(layers: int) -> None:
    """Against plain products with a COO matrix, differentiated by torch itself."""
    import torch

    whole = adjacency(taken())
    coo = whole.tocoo()
    places = torch.from_numpy(np.stack([coo.row, coo.col]).astype(np.int64))
    values = torch.from_numpy(coo.data)
    plain = torch.sparse_coo_tensor(places, values, coo.shape, check_invariants=True)
    start, outer = torch.randn(2, 50, 6, generator=torch.Generator().manual_seed(1))
    ours, theirs = start.clone().requires_grad_(), start.clone().requires_grad_()
    made = Graph(whole, "cpu").mean_of_layers(ours, layers)
    total = level = theirs
    for _ in range(layers):
        level = torch.sparse.mm(plain, level)
        total = total + level
    expected = total / (layers + 1)
    (made * outer).sum().backward()
    (expected * outer).sum().backward()
    torch.testing.assert_close(made, expected)
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_sparse_product_differentiates_through_the_transpose() -> None:
    import torch

    matrix = taken(7, 5)
    vectors = torch.randn(5, 3, generator=torch.Generator().manual_seed(2), requires_grad=True)
    made = Sparse(matrix, "cpu").times(vectors)
    dense = torch.from_numpy(matrix.toarray())
    torch.testing.assert_close(made, dense @ vectors)
    made.square().sum().backward()
    torch.testing.assert_close(vectors.grad, 2 * dense.T @ (dense @ vectors.detach()))


def test_attention_equals_a_dense_one() -> None:
    """Shares, averages and all slopes against a masked softmax over an n x n matrix."""
    import torch

    whole = adjacency(taken(), loops=True)
    mask = torch.from_numpy(whole.toarray()) > 0
    edges = Edges(whole, "cpu")
    random = torch.Generator().manual_seed(3)
    listening, heard = torch.randn(2, 50, 2, generator=random)
    vectors, outer = torch.randn(2, 50, 4, generator=random)
    given = [[t.clone().requires_grad_() for t in (listening, heard, vectors)] for _ in range(2)]

    shares = edges.shares(*given[0][:2])
    ours = torch.cat([edges.gathered(share, given[0][2]) for share in shares], dim=1)
    a, b, x = given[1]
    raw = torch.nn.functional.leaky_relu(a[:, None, :] + b[None, :, :], 0.2)
    dense = raw.masked_fill(~mask[:, :, None], -torch.inf).softmax(dim=1)
    theirs = torch.cat([dense[:, :, head] @ x for head in (0, 1)], dim=1)
    torch.testing.assert_close(ours, theirs)
    for made in (ours, theirs):
        (made * outer.repeat(1, 2)).sum().backward()
    for mine, other in zip(*given, strict=True):
        torch.testing.assert_close(mine.grad, other.grad)


def test_full_softmax_in_pieces_equals_log_softmax(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several targets a query, none for some, weights; cut into pieces of two queries."""
    import torch

    pieces = [slice(start, min(start + 2, 7)) for start in range(0, 7, 2)]
    monkeypatch.setattr(losses, "_pieces", lambda queries, keys: iter(pieces))
    random = torch.Generator().manual_seed(4)
    queries, keys = torch.randn(7, 5, generator=random), torch.randn(11, 5, generator=random)
    rows, columns = torch.tensor([0, 0, 1, 3, 3, 3, 6]), torch.tensor([1, 2, 3, 4, 4, 10, 0])
    weights = torch.rand(7, generator=random)
    given = [[t.clone().requires_grad_() for t in (queries, keys)] for _ in range(2)]
    ours = losses.full_softmax(given[0][0], given[0][1], columns, weights, rows=rows)
    q, k = given[1]
    theirs = -(weights * (q @ k.T).log_softmax(dim=1)[rows, columns]).sum()
    torch.testing.assert_close(ours, theirs)
    (3 * ours).backward()
    (3 * theirs).backward()
    for mine, other in zip(*given, strict=True):
        torch.testing.assert_close(mine.grad, other.grad)


@pytest.mark.parametrize("evenness", [0.0, 0.7])
def test_sampled_softmax_estimates_the_full_sum_without_bias(evenness: float) -> None:
    """exp(loss) · exp(s⁺) has the full sum as its mean, whatever the items are drawn by.

    Each of 6 means over 4,000 batches lies within 5 standard errors: false alarm < 4e-6.
    """
    import torch

    dense = taken(200, 30, seed=5).toarray()
    dense[:, :5] = 1.0
    negatives = Negatives(sparse.csr_matrix(dense), "cpu", evenness)
    random = torch.Generator().manual_seed(6)
    queries, keys = torch.randn(6, 4, generator=random), torch.randn(30, 4, generator=random)
    columns = torch.tensor([0, 1, 2, 7, 8, 29])
    scores = queries @ keys.T
    full = scores.exp().sum(dim=1)
    liked = scores[torch.arange(6), columns]
    sums = []
    for _ in range(4_000):
        codes, log_expected = negatives.shared(16, random)
        drawn = keys[codes], codes, log_expected
        made = losses.sampled_softmax(queries, keys[columns], columns, drawn)
        sums.append((made + liked).exp())
    drawn_sums = torch.stack(sums)
    error = drawn_sums.std(dim=0) / np.sqrt(len(sums))
    assert ((drawn_sums.mean(dim=0) - full).abs() < 5 * error).all()


def test_negatives_were_not_taken_and_none_is_left_for_who_took_all() -> None:
    import torch

    matrix = sparse.csr_matrix(taken(20, 10) + sparse.csr_matrix(np.eye(20, 10)))
    dense = matrix.toarray()
    dense[3] = 1.0
    matrix = sparse.csr_matrix((dense > 0).astype(np.float32))
    rows = torch.arange(20).repeat(50)
    made = Negatives(matrix, "cpu").apart(
        rows, slice(0, 1_000), 1_000, torch.Generator().manual_seed(7), each=3
    )
    assert made.shape == (1_000, 3)
    assert (made[rows == 3] == -1).all()
    found = made >= 0
    who = rows[:, None].expand_as(made)
    assert not matrix.toarray()[who[found], made[found]].any()
    assert found[rows != 3].double().mean() > 0.95


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
            made = [p.grad for p in learner.module.parameters() if p.grad is not None]
            total = made if not total else [a + b for a, b in zip(total, made, strict=True)]
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
    from causalrec.recsys.networks import graph_learner

    for limit, loss in ((4e9, "softmax"), (1.0, "sampled")):
        monkeypatch.setattr(graph_learner, "_FULL", limit)
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
