"""Where training stands, on disk, so that a run that was killed or stopped goes on from there."""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from causalrec.recsys.team.team import ALONE, Team

__all__ = ["Checkpoint", "CheckpointFolder", "Standing"]

_FILE = "checkpoint.safetensors"
_EVERY = 2.0


@dataclass
class Standing:
    """Where training stands after an epoch.

    Attributes:
        epoch: epochs done.
        best_epoch, top: the epoch kept and its validation NDCG.
        curve: one row an epoch.
        kept: weights of the epoch kept.
        state: all that the learner needs to go on.
    """

    epoch: int = 0
    best_epoch: int = 0
    top: float = -np.inf
    curve: list[dict[str, float]] = field(default_factory=list)
    kept: dict[str, np.ndarray] = field(default_factory=dict)
    state: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckpointFolder:
    """A folder that keeps where training stands.

    Attributes:
        path: the folder.
        finish: take the best epoch that lies there as it stands, train no further.
    """

    path: Path
    finish: bool = False


class Checkpoint:
    """One file in a folder; it is only read back for the same work.

    Args:
        folder: where it lies; None keeps nothing.
        about: what the work is (model, parameters, data, seed), any JSON.
        finish: what stands there is taken as it is, without more training.
        team: who works on it; only the leading process writes.
    """

    def __init__(
        self,
        folder: Path | None,
        about: dict[str, Any],
        *,
        finish: bool = False,
        team: Team = ALONE,
    ) -> None:
        self.finish, self.team = finish, team
        self.file = None if folder is None else folder / _FILE
        text = json.dumps(about, sort_keys=True, default=str)
        self.key = hashlib.sha256(text.encode()).hexdigest()
        self._saved = 0.0

    def load(self) -> Standing | None:
        """Where this very work was left, or None (also for a damaged or another work's file).

        The leading process of a team reads it and tells the others.
        """
        if self.file is None and self.team.size == 1:
            return None
        raw = self.team.from_leader(self._read(self.file) if self.file and self.team.leads else b"")
        if not raw:
            return None
        from safetensors.numpy import load

        standing = Standing(**json.loads(_head(raw)["standing"]))
        for name, array in load(raw).items():
            group, _, key = name.partition(".")
            getattr(standing, group)[key] = array
        return standing

    def _read(self, file: Path) -> bytes:
        """The file's bytes if they are whole and this work's, else none."""
        from safetensors import SafetensorError
        from safetensors.numpy import load

        try:
            raw = file.read_bytes()
            load(raw)
            return raw if _head(raw).get("key") == self.key else b""
        except (SafetensorError, OSError):
            return b""

    def save(self, standing: Standing, *, now: bool = False) -> None:
        """Write it, at most every two seconds unless ``now``; a reader never sees half of it."""
        due = now or time.monotonic() - self._saved > _EVERY
        if self.file is None or not due or not self.team.leads:
            return
        from safetensors.numpy import save_file

        arrays = {
            f"{group}.{name}": np.ascontiguousarray(array)
            for group in ("kept", "state")
            for name, array in getattr(standing, group).items()
        }
        plain = {
            "epoch": standing.epoch,
            "best_epoch": standing.best_epoch,
            "top": standing.top,
            "curve": standing.curve,
        }
        self.file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.file.with_suffix(f".{os.getpid()}.draft")
        save_file(arrays, draft, metadata={"key": self.key, "standing": json.dumps(plain)})
        draft.replace(self.file)
        self._saved = time.monotonic()

    def remove(self) -> None:
        """Forget it: the work is done."""
        if self.file is not None and self.team.leads:
            self.file.unlink(missing_ok=True)


def _head(raw: bytes) -> dict[str, str]:
    """What a safetensors file says of itself: a length of 8 bytes, then JSON."""
    length = int.from_bytes(raw[:8], "little")
    metadata: dict[str, str] = json.loads(raw[8 : 8 + length]).get("__metadata__", {})
    return metadata
