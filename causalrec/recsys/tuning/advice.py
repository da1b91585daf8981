"""Which models to try first on a log of some size, on this machine, and why."""

from __future__ import annotations

import os

import pandas as pd

from causalrec.core.machine.device import memory_budget
from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text, render
from causalrec.recsys.recommenders import RECOMMENDERS

__all__ = ["Advice", "advise"]

_FEW_ROWS, _FEW_USERS = 2_000, 50
_DENSE, _SPARSE = 0.01, 0.001
_LONG_USER, _LONG_SEQUENCE = 50, 5
_PATIENCE = 600.0
"""Seconds that a first try may take."""
_NEURAL_ROWS = 3_000_000
"""Interactions up to which a network is a first try on a CPU."""
_FLOPS = 2e10
"""Double-precision operations a second of one core in large matrix products, cautiously."""
_FACTORS = 64


class Advice(Result):
    """What to try first.

    Attributes:
        models: catalogue names, the first first.
        reason: the line of advice, one sentence.
        reasons: what speaks for each, a sentence each.
        estimates: model, seconds, gb, fits (in the memory budget and in ten minutes): rough
            figures for the models whose cost follows from the size alone.
    """

    models: tuple[str, ...]
    reason: Text
    reasons: tuple[Text, ...]
    estimates: Frame

    def to_frame(self) -> pd.DataFrame:
        """Columns model, seconds, gb, fits."""
        return self.estimates.copy()

    def summary(self, lang: str = "en") -> str:
        """The line and its reasons."""
        told = (self.reason, *self.reasons)
        return ("" if lang == "zh" else " ").join(str(render(one, lang)) for one in told)


def advise(
    n_users: int,
    n_items: int,
    n_interactions: int,
    *,
    cores: int | None = None,
    device: str = "cpu",
    memory: float | None = None,
    times: bool = False,
    attributes: bool = False,
) -> Advice:
    """Models to try first; rules of thumb from published comparisons, and rough costs.

    Linear item models and iALS are hard to beat where they fit (Dacrema et al., 2019; Steck,
    2019; Rendle et al., 2021); graph and sequence models pay on sparse data and where order
    matters (He et al., 2020; Kang and McAuley, 2018).

    Args:
        n_users: users with an interaction.
        n_items: size of the catalogue.
        n_interactions: distinct pairs.
        cores: of the processor; None: this machine's.
        device: "cpu" or "cuda".
        memory: bytes that may be used; None: the budget of this machine.
        times: whether the log has times.
        attributes: whether items have attributes or texts.
    """
    cores = cores or os.cpu_count() or 1
    budget = float(memory_budget()) if memory is None else memory
    estimates = _estimates(n_users, n_items, n_interactions, cores, device)
    estimates["fits"] = (estimates["gb"] * 1e9 <= budget) & (estimates["seconds"] <= _PATIENCE)
    fits = dict(zip(estimates["model"], estimates["fits"], strict=True))
    if n_interactions < _FEW_ROWS or n_users < _FEW_USERS:
        models = ["popularity", "item-knn"]
        reasons = [Text("recsys.advice_few", n=n_interactions)]
    else:
        models, reasons = _first(n_users, n_items, n_interactions, (fits, device, budget))
        if (
            times
            and n_interactions / n_users >= _LONG_SEQUENCE
            and _network(n_interactions, device)
        ):
            models.append("sasrec")
            reasons.append(Text("recsys.advice_order", model=_label("sasrec")))
        if attributes and "content" in RECOMMENDERS:
            models.append("content")
            reasons.append(Text("recsys.advice_attributes", model=_label("content")))
    line = Text(
        "recsys.advice" if len(models) > 1 else "recsys.advice_one",
        items=n_items,
        cores=cores,
        where=Text("recsys.advice_gpu" if device != "cpu" else "recsys.advice_cpu", cores=cores),
        first=_label(models[0]),
        second=_label(models[min(1, len(models) - 1)]),
    )
    return Advice(models=tuple(models), reason=line, reasons=tuple(reasons), estimates=estimates)


def _first(
    n_users: int, n_items: int, rows: int, machine: tuple[dict[str, bool], str, float]
) -> tuple[list[str], list[Text]]:
    """The models for an ordinary log, and what speaks for them."""
    fits, device, budget = machine
    density = rows / max(n_users * n_items, 1)
    models, reasons = [], []
    if fits["ease"]:
        models += ["ease", "ials"]
        reasons.append(Text("recsys.advice_ease", items=n_items))
    else:
        models += ["ials", "bpr"]
        gb = 20.0 * n_items**2 / 1e9
        reasons.append(Text("recsys.advice_no_ease", items=n_items, gb=gb, budget=budget / 1e9))
    if density < _SPARSE and _network(rows, device):
        models.append("lightgcn")
        reasons.append(Text("recsys.advice_sparse", density=density, model=_label("lightgcn")))
    elif density >= _DENSE and rows / n_users >= _LONG_USER and fits["multvae"]:
        models.append("multvae")
        reasons.append(Text("recsys.advice_dense", density=density, model=_label("multvae")))
    return models, reasons


def _estimates(n_users: int, n_items: int, rows: int, cores: int, device: str) -> pd.DataFrame:
    """Rough seconds and gigabytes: model, seconds, gb."""
    speed = _FLOPS * cores * (30.0 if device != "cpu" else 1.0)
    each_user = rows / max(n_users, 1)
    d = _FACTORS
    solves = 2.0 * rows * d * d * 2 + (n_users + n_items) * d**3 / 3
    costs = {
        # Gram matrix of the histories, then Cholesky and inverse.
        "ease": (rows * each_user * 2 + float(n_items) ** 3, 20.0 * n_items**2),
        "item-knn": (rows * each_user * 8, 3e8 + 24.0 * 200 * n_items),
        "ials": (16 * solves * 4, 8.0 * (n_users + n_items) * d + 3e8),
        "bpr": (60 * rows * d * 60, 12.0 * (n_users + n_items) * d + 40.0 * rows),
        "multvae": (60 * n_users * n_items * 600 * 6, 4.0 * n_items * 1_200 * 9 + 2e8),
    }
    made = [(name, flops / speed, size / 1e9) for name, (flops, size) in costs.items()]
    return pd.DataFrame(made, columns=["model", "seconds", "gb"])


def _network(rows: int, device: str) -> bool:
    return device != "cpu" or rows <= _NEURAL_ROWS


def _label(name: str) -> Text:
    return Text(f"recsys.model_{name.replace('-', '_')}")
