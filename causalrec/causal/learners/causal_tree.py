"""One readable tree: splits by some units, effects in its leaves by others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.causal.learners.learner import Leaf, Learned, Learner, Lesson

__all__ = ["CausalTree"]

DEPTH = 3
"""Splits between the root and a leaf: a sentence has no more conditions."""
LEAST_LEAF = 0.08
"""Share of the rows that a leaf must have."""
FEWEST = 30
"""Rows that a leaf must have of those that tell its effect."""


@dataclass(frozen=True, eq=False)
class _Tree(Learned):
    """A tree as its leaves."""

    groups: tuple[Leaf, ...]

    def effect(self, x: np.ndarray) -> np.ndarray:
        values = np.empty(len(x))
        for leaf in self.groups:
            values[leaf.holds(x)] = leaf.value
        return values

    def leaves(self) -> tuple[Leaf, ...]:
        return self.groups


class CausalTree(Learner):
    """A tree on doubly robust scores; two folds in five choose the splits, the others tell."""

    name = "causal-tree"
    source = "Athey and Imbens, 2016"

    def fit(self, lesson: Lesson) -> Learned:
        """Learn scores, splits and effects."""
        scores = lesson.scores
        choosing = lesson.folds % 2 == 1
        if not choosing.any() or choosing.all():
            choosing = np.arange(len(scores)) % 2 == 1
        return _Tree(tuple(_leaves(lesson.x, scores, choosing)))


def _leaves(x: np.ndarray, scores: np.ndarray, choosing: np.ndarray) -> list[Leaf]:
    """The leaves of a tree of some rows, with the mean scores of the others."""
    from sklearn.tree import DecisionTreeRegressor

    telling = ~choosing
    least = max(FEWEST, int(LEAST_LEAF * choosing.sum()))
    if not x.shape[1] or choosing.sum() < 2 * least:
        return [Leaf((), float(scores[telling].mean()), int(telling.sum()))]
    grown = DecisionTreeRegressor(max_depth=DEPTH, min_samples_leaf=least, random_state=0)
    tree = grown.fit(x[choosing], scores[choosing]).tree_

    def below(node: int, conditions: tuple[tuple[int, float, bool], ...]) -> list[Leaf]:
        here = Leaf(conditions, 0.0, 0)
        rows = telling & here.holds(x)
        if tree.children_left[node] < 0:
            return [Leaf(conditions, float(scores[rows].mean()), int(rows.sum()))]
        cut = int(tree.feature[node]), float(tree.threshold[node])
        sides = [(*conditions, (*cut, above)) for above in (False, True)]
        sizes = [int((telling & Leaf(side, 0.0, 0).holds(x)).sum()) for side in sides]
        if min(sizes) < FEWEST / 2:
            return [Leaf(conditions, float(scores[rows].mean()), int(rows.sum()))]
        children = (int(tree.children_left[node]), int(tree.children_right[node]))
        return [leaf for child, side in zip(children, sides, strict=True)
                for leaf in below(child, side)]  # fmt: skip

    return below(0, ())
