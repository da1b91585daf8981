"""Size how far a saved log misleads that shows an outcome of some rows only."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from causalrec.causal.selection.selection_bias import SelectionBias
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.storage.store import load_dataset
from causalrec.runs.record.task import Task
from causalrec.workspace import Workspace

__all__ = ["SelectionParams", "SizeSelection"]

MOST_PAIRS = 60_000
"""Pairs of users and items: of more a random part of both is taken, in which as large a share is
seen as in the whole."""
WHO, WHAT = "user id", "item id"
"""Columns of the pairs for which users and items are told apart."""


class SelectionParams(Params):
    """Which outcome, and what is known of all rows."""

    dataset: str = param(help="causal.param_dataset")
    outcome: str | None = param(None, help="causal.param_seen_outcome")
    uniform: str | None = param(None, help="causal.param_uniform")
    covariates: tuple[str, ...] = param((), help="causal.param_known")
    movers: tuple[str, ...] = param((), help="causal.param_movers")
    level: float = param(0.95, ge=0.5, le=0.999, help="causal.param_level", advanced=True)
    seed: int = param(0, ge=0, le=2**31 - 1, help="causal.param_seed", advanced=True)


class SizeSelection(Task[SelectionParams, SelectionBias]):
    """Set the rows that are seen beside those that could have been, and size the bias."""

    name: ClassVar[str] = "size-selection"
    page: ClassVar[str] = "effects"
    telling: ClassVar[tuple[str, ...]] = ("dataset", "outcome")
    icon: ClassVar[str] = ":material/filter_alt:"
    Params: ClassVar[type[Params]] = SelectionParams
    Result: ClassVar[type[Result]] = SelectionBias

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> SelectionBias:
        from causalrec.causal.selection.size_selection import selection_bias

        asked = self.params
        on_progress(0.05, Text("causal.working_table"))
        data = load_dataset(workspace.thing("dataset", asked.dataset).folder)
        outcome = asked.outcome or data.outcomes[0]
        frame = data.frame
        covariates = list(asked.covariates)
        if frame[data.outcome_column(outcome)].notna().all() and asked.uniform is None:
            frame, known = pairs(data, outcome, asked.seed)
            covariates = covariates or known
        elif not covariates:
            covariates = [name for name in data.mapping.covariates if name in frame]
        on_progress(0.4, Text("causal.working_selection"))
        return selection_bias(
            frame,
            outcome=outcome,
            covariates=[name for name in covariates if name not in asked.movers],
            movers=asked.movers,
            uniform=asked.uniform,
            cluster="user" if data.has("user") else None,
            level=asked.level,
            seed=asked.seed,
            currency=str(workspace.settings().get("currency") or ""),
        )


def pairs(data: Dataset, outcome: str, seed: int) -> tuple[pd.DataFrame, list[str]]:
    """Every pair of some users and items, with its first outcome where the log has one.

    Args:
        data: the log.
        outcome: one of its outcomes.
        seed: of the choice of users and items.

    Returns:
        The pairs, and the columns that are known of all of them.

    Raises:
        DataError: the log has no users or items.
    """
    for role in ("user", "item"):
        data.require(role)
    part = min(1.0, float(np.sqrt(MOST_PAIRS / (data.n_users * data.n_items))))
    rng = generator(seed, "pairs")
    users, items = (
        np.sort(rng.permutation(n)[: max(2, int(n * part))]) for n in (data.n_users, data.n_items)
    )
    grid = pd.DataFrame({"user": np.repeat(users, len(items)), "item": np.tile(items, len(users))})
    log = data.frame[["user", "item", data.outcome_column(outcome)]]
    seen = log.groupby(["user", "item"], as_index=False).first()
    seen = seen.set_axis(["user", "item", outcome], axis=1)
    table = grid.merge(seen, on=["user", "item"], how="left")
    known = [WHO, WHAT]
    table[WHO], table[WHAT] = (table[role].map("n{}".format) for role in ("user", "item"))
    for role, about in (("user", data.users), ("item", data.items)):
        if about is None:
            continue
        for name in _usable(about):
            table[f"{role} {name}"] = about[name].to_numpy()[table[role]]
            known.append(f"{role} {name}")
    return table, known


def _usable(about: pd.DataFrame) -> list[str]:
    """Attributes that models can take: numbers, and words that repeat."""
    return [
        str(name)
        for name in about.columns
        if pd.api.types.is_numeric_dtype(about[name]) or 2 * about[name].nunique() < len(about)
    ]
