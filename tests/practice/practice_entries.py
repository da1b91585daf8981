"""Adding an entry to a shelf for a test: a module file, a catalogue line, words."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from causalrec.core.catalogue import Catalogue
from causalrec.core.words import LANGUAGES, table
from causalrec.data.dataset.dataset import Dataset
from causalrec.whatif.interventions.intervention_kinds import Intervention


def add_entry(
    patch: pytest.MonkeyPatch,
    folder: Path,
    shelf: Catalogue,
    place: str,
    code: str,
    words: Mapping[str, str],
) -> None:
    """An entry that is there until the test ends.

    Args:
        patch: takes everything back.
        folder: a temporary folder, for the module file.
        shelf: gets the line.
        place: ``"name = module:Class"``.
        code: of the module.
        words: English words by key; the Chinese ones are the same with a mark.
    """
    name, _, target = place.partition(" = ")
    module = target.partition(":")[0]
    (folder / f"{module}.py").write_text(dedent(code), encoding="utf-8")
    patch.syspath_prepend(str(folder))
    patch.delitem(sys.modules, module, raising=False)
    patch.setitem(shelf._entries, name, target)
    for lang in LANGUAGES:
        for key, text in words.items():
            patch.setitem(table(lang), key, text if lang == "en" else f"{text} 中")


def example_params(entry: type[Intervention], data: Dataset) -> dict[str, Any]:
    """Parameters of an intervention for a sample shop: what its fields pick, else the defaults."""
    shown = data.frame["item"].value_counts().index[:3]
    items = tuple(str(data.item_ids[code]) for code in shown)
    category = data.items["category"].iloc[data.frame["item"]].value_counts().index[0]
    picked = {"item": items[0], "items": items, "category": category}
    picked |= {"segment": "device=mobile", "node": "promotion"}
    extras = {name: field.json_schema_extra for name, field in entry.Params.model_fields.items()}
    return {name: picked[extra["picks"]] for name, extra in extras.items() if "picks" in extra}
