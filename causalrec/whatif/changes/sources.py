"""Where a figure can come from: an effect, the log, the simulator, held-out rows, the lists.

The log is asked by every estimator on the shelf of off-policy estimators; each is a source of
its own, in the order of the shelf.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from causalrec.core.words import Text
from causalrec.whatif.ope.catalogue import OPE_ESTIMATORS

__all__ = [
    "EFFECT",
    "KINDS",
    "LISTS",
    "LOG",
    "SIMULATOR",
    "SPLIT",
    "Method",
    "Source",
    "brackets",
    "estimator_of",
    "kind_of",
    "methods",
    "off_policy",
    "place_of",
    "source_word",
]

EFFECT, LOG, SIMULATOR, SPLIT, LISTS = "effect", "off-policy", "simulator", "split", "lists"
KINDS = (EFFECT, LOG, SIMULATOR)
"""The kinds of method that can forecast an outcome, in the order in which they are shown."""


def off_policy(estimator: str) -> str:
    """The source that is the log, asked by an estimator."""
    return f"{LOG}-{estimator}"


def estimator_of(source: str) -> str | None:
    """The off-policy estimator of a source; None where the source is another one."""
    kind, _, estimator = source.partition(f"{LOG}-")
    return estimator if not kind and estimator in OPE_ESTIMATORS else None


def kind_of(source: str) -> str:
    """The kind of method that a source is; another source is its own kind."""
    return source if estimator_of(source) is None else LOG


def methods() -> tuple[str, ...]:
    """The methods that can forecast an outcome, in the order of their table."""
    return (EFFECT, *map(off_policy, OPE_ESTIMATORS), SIMULATOR)


def place_of(source: str) -> int:
    """Where a source stands among those of one metric: of those that answer the first leads.

    The estimator that leads stands before the simulator, the others after it.
    """
    first, *others = map(off_policy, OPE_ESTIMATORS)
    return (EFFECT, first, SIMULATOR, *others, SPLIT, LISTS).index(source)


def _method(name: str) -> str:
    if name not in methods():
        raise ValueError(f"{name[:40]!r} is none of what is known here")
    return name


def _source(name: str) -> str:
    return name if name in {SPLIT, LISTS} else _method(name)


Method = Annotated[str, AfterValidator(_method)]
"""A field that holds the name of a method; one of no method is refused."""
Source = Annotated[str, AfterValidator(_source)]
"""The same of a source."""


def brackets(source: str) -> bool:
    """Whether a source's interval leaves the error of a model out: it brackets, never leads."""
    estimator = estimator_of(source)
    return estimator is not None and bool(OPE_ESTIMATORS[estimator].brackets)


def source_word(source: str, form: Literal["method", "said", "source", "named"]) -> Text:
    """A source in words: on a card, in a list, as a figure's source, as who says something."""
    room = {"source": "compare", "named": "answer"}.get(form, "whatif")
    estimator = estimator_of(source)
    if estimator is None:
        return Text(f"{room}.{form}_{source}")
    return Text(f"{room}.{form}_off_policy", estimator=OPE_ESTIMATORS[estimator].word("_short"))
