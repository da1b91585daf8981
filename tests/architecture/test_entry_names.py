"""The names of a shelf's entries stand in their own files, in the catalogue and in words only.

A name is a string that is exactly the name, or a key of the entry's words. A name that is a word of
its own elsewhere ("missing" values, a "sample") is only looked for where it can mean the entry: in
modules that import the catalogue, but for those that are listed with what they mean by it.
"""

from __future__ import annotations

import ast
from functools import cache
from importlib import import_module
from typing import NamedTuple

import pytest
from house import PACKAGE, ROOT, arrows, tree_of

from causalrec.core.catalogue import Catalogue


class Shelf(NamedTuple):
    """A catalogue: its module, its name there, and which of its names are also plain words.

    `other` lists modules that import it and mean something else by a plain word.
    """

    module: str
    catalogue: str
    plain: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


SHELVES = (
    Shelf(
        "causalrec.runs.record.catalogue",
        "TASKS",
        plain=(  # where a string can mean the task all the same: test_task_names
            *("import", "append", "matrix", "shop", "train", "search", "variant", "predict"),
            *("estimate", "design", "forecast", "compare", "report", "export", "journey"),
        ),
    ),
    Shelf(
        "causalrec.data.steps",
        "STEPS",
        plain=(
            *("missing", "sample", "positive", "encode", "duplicates", "outliers"),
            *("bad_propensities", "suspicious_users"),
        ),
        other=("causalrec.data.preparation.checks",),  # what is found: "duplicates" are there
    ),
    Shelf("causalrec.whatif.interventions.catalogue", "INTERVENTIONS"),
    Shelf("causalrec.whatif.ope.catalogue", "OPE_ESTIMATORS"),
    Shelf(
        "causalrec.recsys.recommenders",
        "RECOMMENDERS",
        plain=("popularity", "random", "content", "bpr"),  # a loss is called bpr, too
        other=(
            "causalrec.tasks.recsys.search",  # a sampler: "random"
            "causalrec.ui.train.start.form",  # a width: "content", a weighting: "popularity"
        ),
    ),
    Shelf("causalrec.recsys.recommenders", "STUDENTS"),
    Shelf("causalrec.language.encoders", "ENCODERS"),
    Shelf("causalrec.causal.estimators", "ESTIMATORS", plain=("difference", "front-door")),
    Shelf("causalrec.causal.identification", "STRATEGIES", plain=("instrument", "front-door")),
    Shelf("causalrec.causal.learners", "LEARNERS", plain=("average",)),
    Shelf("causalrec.causal.designs", "DESIGNS"),
    Shelf("causalrec.causal.formats", "FORMATS", plain=("dot", "json")),
    Shelf(
        "causalrec.recsys.metrics",
        "METRICS",
        # A family of metrics; a weight of a network; a chart of a log.
        plain=("accuracy", "map", "long_tail"),
        other=("causalrec.whatif.changes.metric_kinds",),  # the family "accuracy"
    ),
    Shelf(
        "causalrec.recsys.metrics",
        "PREDICTION_METRICS",
        plain=("accuracy", "log_loss"),  # the same family; a function of nuisance models
        other=("causalrec.whatif.changes.metric_kinds",),
    ),
)


@pytest.fixture(scope="module")
def modules():
    return tree_of(PACKAGE)


@pytest.fixture(scope="module")
def imports(modules) -> dict[str, set[str]]:
    """What each module imports."""
    of: dict[str, set[str]] = {name: set() for name in modules}
    for arrow in arrows(modules):
        of[arrow.source].add(arrow.target)
    return of


@cache
def strings(tree: ast.AST) -> tuple[ast.Constant, ...]:
    """The strings of a module, looked for once for all shelves."""
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return tuple(node for node in constants if isinstance(node.value, str))


def homes_of(name: str) -> set[str]:
    """Files and catalogues of every entry of this name: two shelves may each have an "auc"."""
    homes = set()
    for shelf in SHELVES:
        catalogue: Catalogue = getattr(import_module(shelf.module), shelf.catalogue)
        if name in catalogue:
            homes |= {shelf.module, catalogue._entries[name].partition(":")[0]}
    return homes


def named_in(shelf: Shelf, modules, imports) -> list[str]:
    """Where a name of the shelf stands that is not its own place."""
    catalogue: Catalogue = getattr(import_module(shelf.module), shelf.catalogue)
    places = {name: homes_of(name) for name in catalogue}
    keys = {str(entry.word().key): name for name, entry in catalogue.items()}
    strangers = []
    for module, parsed in modules.items():
        near = shelf.module in imports[module] and module not in shelf.other
        for node in strings(parsed.tree):
            name = keys.get(node.value.removesuffix("_about").removesuffix("_help"), node.value)
            plain = name == node.value and name in shelf.plain and not near
            if name in places and module not in places[name] and not plain:
                strangers.append(f"{parsed.file.relative_to(ROOT)}:{node.lineno}: {node.value!r}")
    return strangers


@pytest.mark.parametrize("shelf", SHELVES, ids=lambda shelf: shelf.catalogue)
def test_an_entry_is_named_in_its_own_places_only(shelf: Shelf, modules, imports) -> None:
    assert not named_in(shelf, modules, imports)


@pytest.mark.parametrize("shelf", SHELVES, ids=lambda shelf: shelf.catalogue)
def test_a_name_elsewhere_is_seen(shelf: Shelf, modules, imports) -> None:
    catalogue: Catalogue = getattr(import_module(shelf.module), shelf.catalogue)
    elsewhere = next(name for name in modules if name.startswith("causalrec.ui."))
    for name in catalogue:
        listing = modules[elsewhere]._replace(tree=ast.parse(f"_ORDER = ({name!r},)"))
        near = {elsewhere: {shelf.module}}
        assert len(named_in(shelf, {elsewhere: listing}, near)) == 1
