"""How good lists are: every item competes, every figure has its interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse

from causalrec.core.errors import ParamError, unknown_name
from causalrec.core.machine.device import require_memory
from causalrec.core.progress import OnProgress, silent
from causalrec.core.words import Text
from causalrec.data.splits.split import Split
from causalrec.recsys.arrays.topk import best, best_of_sorted, blocks, chunks, entries
from causalrec.recsys.evaluation.cases import Asked, asked, fingerprint
from causalrec.recsys.evaluation.expected_figures import expected
from causalrec.recsys.evaluation.figures import Ranked, metric_table
from causalrec.recsys.evaluation.metric_table import MetricComparison, MetricTable, compare_metrics
from causalrec.recsys.metrics import METRICS
from causalrec.recsys.metrics.judged import SortedScores
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.policies.drawn import DRAWS, drawn_lists
from causalrec.recsys.policies.policy import Policy
from causalrec.recsys.team.team import current_team

__all__ = ["MetricComparison", "MetricTable", "compare_metrics", "evaluate", "evaluate_draws"]


def evaluate(
    model_or_policy: Recommender | Policy,
    split: Split,
    on: str = "test",
    k: Sequence[int] | int = (10, 20),
    *,
    metrics: Sequence[str] | None = None,
    seed: int = 0,
    on_progress: OnProgress | None = None,
) -> MetricTable:
    """Rank the whole catalogue for each user and compare with what was held out.

    On "test" the train and validation parts are the known history (on "valid" the train part):
    hidden from the lists, and the input of models that take one. What a user rated there and did
    not want is hidden too (an impression without an act is not: it may be shown again). Users
    without a known history are left out of the figures and told apart (`MetricTable.groups`, by
    "user"), as are held-out items that nobody is known to have taken (by "item"). Held-out rows
    that repeat something known are left out; held-out items that the model does not know count
    as missed. Where a split says which items compete (`Split.candidates`), only these are ranked.
    The processes of a team share the users out and all get the whole table: all of them must ask.

    Args:
        model_or_policy: a fitted recommender or a policy; where a policy leaves something to
            chance its figures are means over drawn lists (`causalrec.recsys.policies.drawn`).
        split: the parts; users and items are matched by external id.
        on: "test" or "valid".
        k: lengths of the lists.
        metrics: which figures, of `METRICS`, the default one always among them;
            None: all that can be told. Nothing is computed for those left out.
        seed: of the bootstrap (at most 1,000 users; above, intervals follow from a formula).
        on_progress: told the share of users done.

    Raises:
        ParamError: ``on``, ``k`` or ``metrics`` cannot be used.
        NotFoundError: a metric has another name.
        DataError: nobody can be evaluated, or there is no validation part.
    """
    model, names = model_or_policy, _names(metrics)
    if isinstance(model, Policy) and model.random:
        return expected(evaluate_draws(model, split, on, k, seed=seed), seed)
    task, lengths = asked(model, split, on), _lengths(k)
    top = max(lengths)
    require_memory(len(task.codes) * top * 40.0, _work(task, model))
    ready = model.with_history(task.everyone) if isinstance(model, Policy) else model
    whole = [name for name in METRICS.where(whole=True) if name in names]
    ranked = _ranked(ready, task, k=top, whole=whole, tell=on_progress or silent)
    about = _about(model, split, on) | {"seed": seed}
    return metric_table(task, ranked, lengths=lengths, metrics=names, about=about)


def evaluate_draws(
    policy: Policy, split: Split, on: str = "test", k: Sequence[int] | int = (10, 20), *, seed: int
) -> list[MetricTable]:
    """Tables of a policy's drawn lists, one a draw; where nothing is left to chance, its one.

    The policy is asked once for all draws. Arguments and errors as of `evaluate`.

    Raises:
        ParamError: ``on`` or ``k`` cannot be used.
        DataError: nobody can be evaluated, or there is no validation part.
    """
    if not policy.random:
        return [evaluate(policy, split, on, k, seed=seed)]
    task, lengths = asked(policy, split, on), _lengths(k)
    top = max(lengths)
    require_memory(len(task.codes) * top * 40.0 * DRAWS, _work(task, policy))
    about = _about(policy, split, on) | {"seed": seed}
    return [
        metric_table(task, Ranked(lists, {}), lengths=lengths, metrics=tuple(METRICS), about=about)
        for lists in _drawn(policy.with_history(task.everyone), task, top, seed)
    ]


def _about(model: Recommender | Policy, split: Split, on: str) -> dict[str, str]:
    facts = {"model": model.name, "on": on, "protocol": split.protocol}
    return facts | {"split": fingerprint(split, on)}


def _drawn(policy: Policy, task: Asked, k: int, seed: int) -> list[np.ndarray]:
    """Each draw's lists (n, k): this process does its share, its team the rest."""
    team, n = current_team(), len(task.codes)
    own = team.share(n)
    lists = np.full((DRAWS, n, k), -1, dtype=np.int64)
    for part in chunks(own.stop - own.start, policy.n_items, bytes_each=24):
        rows = slice(own.start + part.start, own.start + part.stop)
        hidden = _excluded(task, rows)
        lists[:, rows] = drawn_lists(policy, task.codes[rows], k, hidden, seed=seed)
    return [team.gathered(one) for one in lists]


def _ranked(
    model: Recommender | Policy, task: Asked, *, k: int, whole: Sequence[str], tell: OnProgress
) -> Ranked:
    """The ranking of each user: this process does its share, its team the rest.

    Lists are k long; ``whole`` names the metrics of the whole ranking, none for policies.
    """
    team, n = current_team(), len(task.codes)
    metrics = [] if isinstance(model, Policy) else whole
    ranked = Ranked(np.full((n, k), -1, dtype=np.int64), {name: np.zeros(n) for name in metrics})
    own = team.share(n)
    for part in chunks(own.stop - own.start, model.n_items, bytes_each=24):
        rows = slice(own.start + part.start, own.start + part.stop)
        if isinstance(model, Policy):
            ranked.lists[rows] = model.top(task.codes[rows], k, exclude=_excluded(task, rows))
        else:
            scores = model.score(task.codes[rows], task.history[rows])
            _rank(scores, task, rows, ranked)
        tell(part.stop / (own.stop - own.start))
    of_ranking = {name: team.gathered(values) for name, values in ranked.of_ranking.items()}
    return Ranked(team.gathered(ranked.lists), of_ranking)


def _rank(scores: np.ndarray, task: Asked, rows: slice, ranked: Ranked) -> None:
    """Write the ranking of the users ``rows``, given their scores (n, n_items)."""
    k = ranked.lists.shape[1]
    hidden = scores.shape[1] - task.n_candidates[rows]
    for block in blocks(scores):
        here = slice(rows.start + block.start, rows.start + block.stop)
        shown = np.array(scores[block], copy=True)
        shown[entries(task.seen, here)] = -np.inf
        if not task.candidates.all():
            shown[:, ~task.candidates] = -np.inf
        if not ranked.of_ranking:
            ranked.lists[here] = best(shown, k)
            continue
        ordered = np.sort(shown, axis=1)
        ranked.lists[here] = best_of_sorted(shown, ordered, k)
        row, item = entries(task.targets, here)
        once = SortedScores(ordered, row, shown[row, item], hidden[block])
        for name, values in ranked.of_ranking.items():
            values[here] = METRICS[name].of_scores(once)


def _excluded(task: Asked, rows: slice) -> sparse.csr_matrix:
    """What may not be listed, csr (n, n_items): what is known, and items that do not compete."""
    seen = task.seen[rows]
    if task.candidates.all():
        return seen
    out = sparse.csr_matrix(np.tile(~task.candidates, (seen.shape[0], 1)).astype(np.float32))
    return sparse.csr_matrix(seen + out)


def _work(task: Asked, model: Recommender | Policy) -> Text:
    return Text("recsys.work_evaluate", users=len(task.codes), items=model.n_items)


def _names(asked_for: Sequence[str] | None) -> tuple[str, ...]:
    if asked_for is None:
        return tuple(METRICS)
    given = (asked_for,) if isinstance(asked_for, str) else tuple(asked_for)
    for name in given:
        if name not in METRICS:
            raise unknown_name(METRICS.kind, name, METRICS)
    return tuple(name for name in METRICS if name in {*given, METRICS.default})


def _lengths(k: Sequence[int] | int) -> tuple[int, ...]:
    lengths = tuple(k) if isinstance(k, Iterable) else (k,)
    whole = all(isinstance(one, (int, np.integer)) and one >= 1 for one in lengths)
    if not lengths or not whole or any(isinstance(one, (bool, np.bool_)) for one in lengths):
        raise ParamError("recsys.bad_k", hint="recsys.bad_k_hint", k=str(k))
    return tuple(dict.fromkeys(int(one) for one in lengths))
