"""A readable tree in words: of whom each leaf is."""

from __future__ import annotations

from functools import reduce

from causalrec.causal.learners.learner import Leaf, Learned
from causalrec.causal.nuisance.covariates import Design
from causalrec.core.results.result import Result
from causalrec.core.words import Text

__all__ = ["Branch", "branches_of"]


class Branch(Result):
    """A leaf of a readable tree.

    Attributes:
        where: of whom it is.
        value: their effect.
        n: rows that told it.
    """

    where: Text
    value: float
    n: int

    def summary(self, lang: str = "en") -> str:
        """Of whom, and how large."""
        facts = {"where": self.where, "value": self.value, "n": self.n}
        return Text("causal.cate_branch", **facts).to(lang)


def branches_of(learned: Learned, design: Design) -> tuple[Branch, ...]:
    """The leaves, from the least effect to the greatest; none where there is no tree.

    Args:
        learned: which may have leaves.
        design: whose columns they split.
    """
    leaves = sorted(learned.leaves(), key=lambda leaf: leaf.value)
    return tuple(Branch(where=_where(one, design), value=one.value, n=one.rows) for one in leaves)


def _where(leaf: Leaf, design: Design) -> Text:
    """The conditions; of several on one side of a column the last is the narrowest."""
    last = {(column, above): threshold for column, threshold, above in leaf.conditions}
    parts = [_condition(design, column, cut, above) for (column, above), cut in last.items()]
    if not parts:
        return Text("causal.cate_everybody")
    return reduce(lambda a, b: Text("causal.cate_and", first=a, second=b), parts)


def _condition(design: Design, column: int, threshold: float, above: bool) -> Text:
    name, origin = design.names[column], design.origin[column]
    level = name.removeprefix(f"{origin}=")
    if level != name:
        return Text("causal.cate_is" if above else "causal.cate_is_not", name=origin, value=level)
    value = f"{design.scales[column].back(threshold):.4g}"
    return Text("causal.cate_above" if above else "causal.cate_below", name=name, value=value)
