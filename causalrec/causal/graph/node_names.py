"""Names of nodes as data, and the cycle that a graph must not have."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from itertools import count

from causalrec.core.errors import GraphError

__all__ = ["clean_name", "find_cycle", "stand_ins"]

LONGEST = 200


def clean_name(name: object) -> str:
    """A node's name: control characters and outer blanks removed, at most 200 characters.

    Raises:
        GraphError: nothing is left of it, or it is too long.
    """
    given = str(name)[: 10 * LONGEST]  # more is too long in any case
    kept = "".join(" " if c in "\n\t\r" else c for c in given)
    kept = "".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cs")).strip()
    if not kept:
        raise GraphError("causal.empty_name", hint="causal.empty_name_hint")
    if len(kept) > LONGEST:
        raise GraphError(
            "causal.long_name", hint="causal.empty_name_hint", name=kept[:40], longest=LONGEST
        )
    return kept


def stand_ins(nodes: Collection[str]) -> Iterator[str]:
    """Names that no node has, for nodes that stand for bidirected edges."""
    return (name for i in count(1) if (name := f"U{i}") not in nodes)


def find_cycle(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> list[str]:
    """A directed cycle as names with the first repeated at the end; empty if there is none."""
    effects: dict[str, list[str]] = {name: [] for name in nodes}
    for cause, effect in edges:
        effects[cause].append(effect)
    done: set[str] = set()
    for root in effects:
        cycle = _cycle_from(root, effects, done)
        if cycle:
            return cycle
    return []


def _cycle_from(root: str, effects: dict[str, list[str]], done: set[str]) -> list[str]:
    if root in done:
        return []
    trail, pending = [root], [iter(effects[root])]
    on_trail = {root}
    while pending:
        following = next(pending[-1], None)
        if following is None:
            pending.pop()
            last = trail.pop()
            on_trail.discard(last)
            done.add(last)
        elif following in on_trail:
            return [*trail[trail.index(following) :], following]
        elif following not in done:
            trail.append(following)
            on_trail.add(following)
            pending.append(iter(effects[following]))
    return []
