"""Which models to try first on a log of some size, on this machine, and why."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text, render
from causalrec.recsys.model.fit_cost import FitCost, LogSize, Machine
from causalrec.recsys.recommenders import RECOMMENDERS

__all__ = ["Advice", "advise"]

_FEW_ROWS, _FEW_USERS = 2_000, 50
_DENSE, _SPARSE = 0.01, 0.001
_LONG_USER, _LONG_SEQUENCE = 50, 5
_PATIENCE = 600.0
"""Seconds that a first try may take."""
_NEURAL_ROWS = 3_000_000
"""Interactions up to which a network is a first try on a CPU."""
_MUST_FIT = ("weights", "dense")
"""Kinds of log whose models are named only where they fit; others are the way out."""


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
        sentences = (self.reason, *self.reasons)
        return ("" if lang == "zh" else " ").join(str(render(one, lang)) for one in sentences)


def advise(log: LogSize, machine: Machine | None = None) -> Advice:
    """Models to try first; rules of thumb from published comparisons, and rough costs.

    Linear item models and iALS are hard to beat where they fit (Dacrema et al., 2019; Steck,
    2019; Rendle et al., 2021); graph and sequence models pay on sparse data and where order
    matters (He et al., 2020; Kang and McAuley, 2018). A model says of which kind of log it is a
    first try (`suits`): "few" interactions; all "weights" between items fit, or the catalogue
    is too "wide" for them; "any"; "sparse"; "dense"; "order" and "attributes" are known.

    Args:
        log: how much there is, and of what.
        machine: where it would run; None: this machine's processor.
    """
    machine = machine or Machine()
    costs = {name: kind.fit_cost(log) for name, kind in RECOMMENDERS.items()}
    estimates = _estimates({name: cost for name, cost in costs.items() if cost}, machine)
    slow = set(estimates["model"][~estimates["fits"]])
    wanted: dict[str, list[str]] = {}
    for kind in _kinds(log, machine, slow):
        names = [*RECOMMENDERS.where(suits=kind)]
        wanted[kind] = [n for n in names if kind not in _MUST_FIT or n not in slow]
    models = [name for name in RECOMMENDERS if any(name in names for names in wanted.values())]
    line = Text(
        "recsys.advice" if len(models) > 1 else "recsys.advice_one",
        items=log.items,
        cores=machine.cores,
        where=Text(
            "recsys.advice_gpu" if machine.accelerated else "recsys.advice_cpu",
            cores=machine.cores,
        ),
        first=RECOMMENDERS[models[0]].word(),
        second=RECOMMENDERS[models[min(1, len(models) - 1)]].word(),
    )
    weights = [cost for n in RECOMMENDERS.where(suits="weights") if (cost := costs[n])]
    gb = min((cost.size for cost in weights), default=0.0) / 1e9
    said = {"n": log.rows, "items": log.items, "density": log.density, "gb": gb}
    reasons = [
        Text(
            f"recsys.advice_{kind}",
            **said,
            budget=machine.memory / 1e9,
            model=RECOMMENDERS[names[0]].word(),
        )
        for kind, names in wanted.items()
        if names and kind != "any"
    ]
    return Advice(models=tuple(models), reason=line, reasons=tuple(reasons), estimates=estimates)


def _kinds(log: LogSize, machine: Machine, slow: set[str]) -> Iterator[str]:
    """What the log is, as models say what they suit.

    Args:
        log: how much there is, and of what.
        machine: where it would run.
        slow: models that take too much memory or time.
    """
    if log.rows < _FEW_ROWS or log.users < _FEW_USERS:
        yield "few"
        return
    yield "any"
    yield "wide" if slow.issuperset(RECOMMENDERS.where(suits="weights")) else "weights"
    network = machine.accelerated or log.rows <= _NEURAL_ROWS
    if log.density < _SPARSE and network:
        yield "sparse"
    elif log.density >= _DENSE and log.each_user >= _LONG_USER:
        yield "dense"
    if log.times and log.each_user >= _LONG_SEQUENCE and network:
        yield "order"
    if log.attributes:
        yield "attributes"


def _estimates(costs: dict[str, FitCost], machine: Machine) -> pd.DataFrame:
    """Rough seconds and gigabytes: model, seconds, gb, fits."""
    rows = [
        (name, machine.seconds(cost.flops), cost.size / 1e9, cost.size <= machine.memory)
        for name, cost in costs.items()
    ]
    table = pd.DataFrame(rows, columns=["model", "seconds", "gb", "fits"])
    return table.assign(fits=table["fits"] & (table["seconds"] <= _PATIENCE))
