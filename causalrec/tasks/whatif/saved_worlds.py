"""The world fitted to a saved dataset: fitted once a version, then read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from causalrec.core.errors import StorageError
from causalrec.core.progress import OnProgress, silent
from causalrec.workspace import Ref, Workspace

if TYPE_CHECKING:
    from causalrec.data.dataset.dataset import Dataset
    from causalrec.whatif.world.world import World

__all__ = ["world_of"]


def world_of(
    workspace: Workspace,
    dataset: Ref,
    data: Dataset,
    *,
    seed: int = 0,
    on_progress: OnProgress = silent,
) -> World:
    """The world of a dataset: the one kept for this version and seed, else a new one, kept.

    Args:
        workspace: where worlds are kept.
        dataset: what the data was read from.
        data: the log.
        seed: of the ensemble.
        on_progress: told the share done.

    Raises:
        DataError: no world can be fitted to the log; says why.
    """
    from causalrec.whatif.world.world import fit_world
    from causalrec.whatif.world.world_folder import load_world, save_world

    kept = workspace.find("world", dataset.name)
    if kept is not None and dataset in kept.made_from and kept.meta.get("seed") == seed:
        try:
            return load_world(kept.folder)
        except StorageError:
            pass  # damaged: fit it again
    world = fit_world(data, seed=seed, on_progress=on_progress)

    def write(folder: Path) -> None:
        save_world(world, folder)

    workspace.save("world", dataset.name, write, made_from=[dataset], meta={"seed": seed})
    return world
