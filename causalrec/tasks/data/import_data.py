"""Read a table, give its columns a meaning, apply steps, save it as a dataset."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd
from pydantic import Field

from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.data.dataset.attribute_tables import SideTables
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.preparation.checks import find
from causalrec.data.preparation.findings import Findings
from causalrec.data.preparation.importing import draft_of, make, save_source, secret_key
from causalrec.data.reading.files import TableFile, import_file, read_frame, spread_sample
from causalrec.data.roles.guess_mapping import guess_roles
from causalrec.data.steps.apply import Effects
from causalrec.data.steps.draft import Draft
from causalrec.data.storage.store import save_dataset
from causalrec.data.text.read_options import ReadOptions
from causalrec.runs.record.task import Task
from causalrec.workspace import Ref, Thing, Workspace

__all__ = ["DatasetSummary", "Import", "ImportParams", "keep_dataset", "summarise"]

_TOLD = ("user", "time", "propensity", "position", "price", "category", "impressions", "titles")


class ImportParams(Params):
    """Which file, what its columns mean, which steps."""

    path: str = param(help="data.import_path")
    name: str | None = param(None, help="data.import_name")
    mapping: ColumnMapping | None = param(None, help="data.import_mapping")
    items: str | None = param(None, help="data.import_items")
    users: str | None = param(None, help="data.import_users")
    options: ReadOptions = param(ReadOptions(), help="data.import_options")
    read: ReadOptions = param(ReadOptions(), help="data.import_read")
    steps: tuple[dict[str, Any], ...] = param((), help="data.import_steps")
    notes: tuple[Text, ...] = param((), help="data.import_notes")


class DatasetSummary(Result):
    """A dataset as it was saved.

    Attributes:
        name, version: of the saved thing.
        rows, users, items: numbers.
        outcomes: names.
        fingerprint: of the rows, ids and mapping.
        dropped: rows left out, by the role that was unusable.
        effects: what the steps did.
        findings: what was odd before them (None for a dataset that we made ourselves).
        notes: what was guessed or left out, in words.
    """

    name: str
    version: int
    rows: int
    users: int
    items: int
    outcomes: tuple[str, ...]
    fingerprint: str
    dropped: dict[str, int] = Field(default_factory=dict)
    effects: Effects = Effects()
    findings: Findings | None = None
    notes: tuple[Text, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a figure."""
        figures: dict[str, Any] = {
            key: getattr(self, key) for key in ("version", "rows", "users", "items", "fingerprint")
        }
        figures |= {"outcomes": ", ".join(self.outcomes)}
        figures |= {f"dropped for {role}": n for role, n in self.dropped.items()}
        return pd.DataFrame({"figure": list(figures), "value": list(figures.values())})

    def summary(self, lang: str = "en") -> str:
        """Name, version, and numbers of rows, users and items."""
        return Text(
            "data.saved_summary",
            name=self.name,
            version=self.version,
            rows=self.rows,
            users=self.users,
            items=self.items,
        ).to(lang)


class Import(Task[ImportParams, DatasetSummary]):
    """Import a table."""

    name: ClassVar[str] = "import"
    page: ClassVar[str] = "data"
    telling: ClassVar[tuple[str, ...]] = ("name",)
    Params: ClassVar[type[Params]] = ImportParams
    Result: ClassVar[type[Result]] = DatasetSummary

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> DatasetSummary:
        asked = self.params
        path = Path(asked.path)
        name = asked.name or path.name.split(".")[0]
        on_progress(0.02, Text("data.reading_work", name=path.name))
        with workspace.scratch() as folder:
            table = import_file(path, folder / "table.parquet", asked.options)
            on_progress(0.35, Text("data.checking_work"))
            mapping, guessed = self._meaning(table)
            draft = self._draft(table, mapping, secret_key(workspace.folder))
        findings = find(draft, table)
        on_progress(0.55, Text("data.steps_work"))
        data, source, effects = make(draft, asked.steps, name)
        data = replace(data, notes=(*asked.notes, *table.kept_notes(), *guessed, *data.notes))
        on_progress(0.8, Text("data.saving_work"))
        thing = keep_dataset(workspace, data, source=source)
        return summarise(data, thing, effects, findings)

    def _meaning(self, table: TableFile) -> tuple[ColumnMapping, tuple[Text, ...]]:
        """What the columns mean, and what of it was guessed."""
        if self.params.mapping is not None:
            return self.params.mapping, ()
        guess = guess_roles(spread_sample(table.path, 20_000))
        return guess.mapping(), guess.notes()

    def _draft(self, table: TableFile, mapping: ColumnMapping, key: bytes) -> Draft:
        asked = self.params
        sides = (read_frame(Path(t)) if t else None for t in (asked.items, asked.users))
        return draft_of(
            Path(table.path),
            mapping,
            name=table.name,
            sides=SideTables(*sides),
            time_unit=asked.options.time_unit,
            key=key,
            options={
                **asked.read.model_dump(exclude_none=True),
                **asked.options.model_dump(exclude_none=True),
            },
        )


def keep_dataset(
    workspace: Workspace,
    data: Dataset,
    *,
    source: Draft | None = None,
    made_from: tuple[Ref, ...] = (),
    meta: dict[str, Any] | None = None,
) -> Thing:
    """Save a dataset as a new version and make it the current one.

    Args:
        workspace: where.
        data: the dataset; its name is the thing's.
        source: its rows before the steps, kept so that rows can be appended.
        made_from: the things it was made from.
        meta: further facts to keep beside it.

    Raises:
        StorageError: the workspace is read-only or full; nothing was changed.
    """

    def write(folder: Path) -> None:
        save_dataset(data, folder)
        if source is not None:
            save_source(source, data.steps, folder)

    facts = {
        "rows": len(data),
        "users": data.n_users,
        "items": data.n_items,
        "outcomes": list(data.outcomes),
        "roles": [role for role in _TOLD if data.has(role)],
        "steps": [dict(step) for step in data.steps],
        "data_fingerprint": data.fingerprint,
        **(meta or {}),
    }
    thing = workspace.save("dataset", data.name, write, made_from=made_from, meta=facts)
    workspace.set(dataset=data.name)
    return thing


def summarise(
    data: Dataset, thing: Thing, effects: Effects, findings: Findings | None = None
) -> DatasetSummary:
    """What was saved, as a result."""
    return DatasetSummary(
        name=data.name,
        version=thing.version,
        rows=len(data),
        users=data.n_users,
        items=data.n_items,
        outcomes=data.outcomes,
        fingerprint=data.fingerprint,
        dropped=data.dropped,
        effects=effects,
        findings=findings,
        notes=data.notes,
    )
