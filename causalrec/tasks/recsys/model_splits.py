"""The split of a run or of a saved model: made in one place, so that all judge on the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from causalrec.core.errors import DataError, NotFoundError, StorageError
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.splits.split import Split
from causalrec.data.storage.store import load_dataset
from causalrec.tasks.recsys.saved_models import evaluation_of
from causalrec.workspace import Ref, Thing, Workspace

if TYPE_CHECKING:
    from causalrec.tasks.recsys.train_params import TrainParams

__all__ = ["RANDOM_ROWS", "data_of_model", "learnt_from", "split_of", "split_of_model"]

RANDOM_ROWS = ("by_time", "per_user", "k_fold")
"""Protocols whose test part holds whole impressions, whatever came of them: `leave_last` chooses
rows by their outcome and `cold_items` by their item, so those cannot value a policy."""


class AskedSplit(Protocol):
    """How rows are held out, as the parameters of a run say it."""

    @property
    def protocol(self) -> str:
        """One of the protocols of `Split.make`."""

    @property
    def seed(self) -> int:
        """Of what is drawn."""

    @property
    def fold(self) -> int:
        """Which of the folds is held out."""

    @property
    def folds(self) -> int:
        """How many there are."""


def split_of(data: Dataset, asked: AskedSplit) -> Split:
    """The split that a run asks for (protocol, seed, fold, folds).

    Raises:
        DataError: the log has no users or nothing positive.
    """
    if not data.has("user"):
        raise DataError("recsys.no_users", hint="recsys.no_users_hint", name=data.name)
    if not data.positive_mask().any():
        raise DataError("recsys.no_positives", hint="recsys.no_positives_hint", name=data.name)
    return Split.make(data, asked.protocol, asked.seed, fold=asked.fold, folds=asked.folds)


def learnt_from(workspace: Workspace, thing: Thing) -> Ref | None:
    """The version of the dataset that a model, or the one it is a variant of, learnt from."""
    model: Thing | None = thing
    while model is not None:
        refs = model.made_from
        data = next((ref for ref in refs if ref.kind == "dataset"), None)
        if data is not None or not refs:
            return data
        model = workspace.find(refs[0].kind, refs[0].name, refs[0].version)
    return None


def data_of_model(workspace: Workspace, thing: Thing) -> tuple[Dataset, TrainParams]:
    """The rows that a saved model (or its original) learnt from, and how it was asked for.

    Raises:
        NotFoundError: they are no longer there, or the model was not made by training.
    """
    from causalrec.tasks.recsys.train_params import TrainParams

    ref = learnt_from(workspace, thing)
    data = None if ref is None else workspace.find(ref.kind, ref.name, ref.version)
    if data is None or "asked" not in thing.meta:
        raise NotFoundError("variant.no_data", hint="variant.no_data_hint", name=thing.name)
    return load_dataset(data.folder), TrainParams.make(thing.meta["asked"])


def split_of_model(workspace: Workspace, thing: Thing, data: Dataset | None = None) -> Split:
    """The split that a saved model was trained and measured on.

    Args:
        workspace: where the model is.
        thing: the model.
        data: the version of the dataset that it learnt from, where it is at hand.

    Raises:
        NotFoundError: its data are gone, or it was not made by training.
        DataError: the rows held out are not those that it was measured on.
    """
    from causalrec.recsys.evaluation.cases import fingerprint

    if data is None or "asked" not in thing.meta:
        data, asked = data_of_model(workspace, thing)
    else:
        from causalrec.tasks.recsys.train_params import TrainParams

        asked = TrainParams.make(thing.meta["asked"])
    split = split_of(data, asked)
    try:
        measured = evaluation_of(thing.folder).split
    except StorageError:
        return split  # nothing to hold it against
    if measured != fingerprint(split, "test"):
        raise DataError("train.other_split", hint="train.other_split_hint", name=thing.name)
    return split
