"""Who should get it: a readable tree that gains most by doubly robust scores.

Athey and Wager, 2021, "Policy learning with observational data"; the search of Sverdrup,
Kanodia, Zhou, Athey and Wager, 2020 ("policytree"): exact up to depth 2 over the cuts that are
offered, and at depth 3 the exact depth-2 tree with each side searched anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.causal.heterogeneity.segments import MOST_VALUES, cut_points

__all__ = ["Cut", "Tree", "cuts_of", "grow"]

MOST_CUTS = 15
"""Of a column: sixteenths of its rows are as fine as anybody would write down."""


@dataclass(frozen=True, eq=False)
class Cut:
    """A yes-or-no question about a row.

    Attributes:
        yes, no: the segments that it makes, as conditions; "" where no condition says it.
        inside: rows that say yes, bool (n,).
    """

    yes: str
    no: str
    inside: np.ndarray


@dataclass(frozen=True)
class Tree:
    """A leaf that treats or not, or a cut with a tree on either side.

    Attributes:
        treats: whether a leaf's rows are treated.
        cut: number of the cut in its list; None: a leaf.
        yes, no: what follows.
    """

    treats: bool = False
    cut: int | None = None
    yes: Tree | None = None
    no: Tree | None = None

    def treated(self, cuts: list[Cut]) -> np.ndarray:
        """Rows that the tree treats, bool (n,)."""
        if self.cut is None or self.yes is None or self.no is None:
            return np.full(len(cuts[0].inside), self.treats)
        inside = cuts[self.cut].inside
        return np.where(inside, self.yes.treated(cuts), self.no.treated(cuts))

    def leaves(
        self, cuts: list[Cut], above: tuple[str, ...] = (), rows: np.ndarray | None = None
    ) -> Iterator[tuple[str, bool, np.ndarray]]:
        """Condition, treatment and rows (n,) of each leaf, yes before no."""
        rows = np.ones_like(cuts[0].inside) if rows is None else rows
        if self.cut is None or self.yes is None or self.no is None:
            yield " & ".join(above), self.treats, rows
            return
        cut = cuts[self.cut]
        yield from self.yes.leaves(cuts, (*above, cut.yes), rows & cut.inside)
        yield from self.no.leaves(cuts, (*above, cut.no), rows & ~cut.inside)


def cuts_of(frame: pd.DataFrame) -> list[Cut]:
    """Questions that columns make: a number above a quantile or not, a word this one or not."""
    cuts = []
    for name in frame.columns:
        column, levels = frame[name].to_numpy(), frame[name].value_counts()
        if frame[name].dtype.kind != "f":
            words = levels.index[: MOST_VALUES if len(levels) > 2 else 1]
            cuts += [Cut(f"{name}={w}", f"{name}!={w}", column == w) for w in words]
        elif len(levels) == 2:
            low, high = (f"{one:g}" for one in sorted(levels.index))
            cuts.append(Cut(f"{name}={high}", f"{name}={low}", column == levels.index.max()))
        else:
            shares = np.arange(1, MOST_CUTS + 1) / (MOST_CUTS + 1)
            for at in cut_points(column, shares):
                cuts.append(Cut(f"{name}>{at:g}", f"{name}<={at:g}", column > at))
    return [cut for cut in cuts if 0 < cut.inside.sum() < len(frame)]


def grow(cuts: list[Cut], gains: np.ndarray, rows: np.ndarray, depth: int) -> Tree:
    """The tree that gains most on some rows.

    Args:
        cuts: to choose from.
        gains: of treating each row, its costs taken off, (n,).
        rows: to learn from, bool (n,).
        depth: questions that one row is asked at most, 1 to 3.
    """
    members = np.column_stack([cut.inside for cut in cuts])[rows].astype(np.float64)
    return _pruned(_grown(members, gains[rows], depth))


def _grown(members: np.ndarray, gains: np.ndarray, depth: int) -> Tree:
    """The tree on rows (m, c) with gains (m,)."""
    if depth == 0 or not len(gains):
        return Tree(treats=bool(gains.sum() > 0))
    root = _best_root(members, gains, min(depth, 2))
    if root is None:
        return Tree(treats=bool(gains.sum() > 0))
    inside = members[:, root] > 0
    sides = (_grown(members[part], gains[part], depth - 1) for part in (inside, ~inside))
    yes, no = sides
    return Tree(cut=root, yes=yes, no=no)


def _best_root(members: np.ndarray, gains: np.ndarray, depth: int) -> int | None:
    """The first cut of the best tree of depth 1 or 2; None where no cut gains anything.

    All pairs of cuts at once: their common rows' gains are one product.
    """
    total = float(gains.sum())
    inside = members.T @ gains
    if depth == 1:
        value = np.maximum(inside, 0) + np.maximum(total - inside, 0)
    else:
        both = members.T @ (members * gains[:, None])
        yes, no = np.broadcast_arrays(inside[:, None], total - inside[:, None])
        among_no = inside[None] - both
        value = sum(
            (np.maximum(part, 0) + np.maximum(side - part, 0)).max(axis=1)
            for side, part in ((yes, both), (no, among_no))
        )
    best = int(np.argmax(value))
    return best if value[best] > max(total, 0.0) else None


def _pruned(tree: Tree) -> Tree:
    """Without questions whose answer changes nothing."""
    if tree.yes is None or tree.no is None:
        return tree
    yes, no = _pruned(tree.yes), _pruned(tree.no)
    if yes.cut is None and no.cut is None and yes.treats == no.treats:
        return yes
    return Tree(cut=tree.cut, yes=yes, no=no)
