"""The processes that train one model together: one alone, or several under ``torchrun``.

Users are shared out, items are on every process; sums over users are added up by all.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from causalrec.core.errors import TeamError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ALONE", "Team", "current_team"]

#: A peer may work alone for that long (a heartbeat, not this, tells that it is gone).
_PATIENT = timedelta(hours=2)


@dataclass(frozen=True)
class Team:
    """This process among its peers.

    Attributes:
        rank: which one it is, from 0.
        size: how many there are.
    """

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this is the process that writes and tells."""
        return self.rank == 0

    def share(self, n: int) -> slice:
        """The rows of n that are this process's own; all processes together have each once."""
        return slice(self.rank * n // self.size, (self.rank + 1) * n // self.size)

    def sum_(self, tensors: Iterable[Tensor]) -> None:
        """Add each tensor up over the processes, in place.

        Raises:
            TeamError: a peer is gone.
        """
        if self.size == 1:
            return
        from torch import distributed

        with _together():
            for work in [distributed.all_reduce(tensor, async_op=True) for tensor in tensors]:
                work.wait()

    def complete_(self, rows: Tensor, shares: Sequence[slice] | None = None) -> None:
        """Fill in, in place, the rows (n, …) of which each process has made its own.

        Args:
            rows: contiguous.
            shares: whose rows are which; None: each has its `share`.

        Raises:
            TeamError: a peer is gone.
        """
        if self.size == 1:
            return
        from torch import distributed

        if shares is None:
            shares = [Team(rank, self.size).share(len(rows)) for rank in range(self.size)]
        with _together():
            works = [
                distributed.broadcast(rows[share], src=rank, async_op=True)
                for rank, share in enumerate(shares)
                if share.start < share.stop
            ]
            for work in works:
                work.wait()

    def joined(self, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
        """The rows of all processes in one matrix of the same shape; no two have the same row.

        Raises:
            TeamError: a peer is gone.
        """
        if self.size == 1:
            return matrix
        import torch

        sizes = np.zeros(self.size)
        sizes[self.rank] = matrix.nnz
        ends = [0, *np.cumsum(self.total(sizes)).astype(int).tolist()]
        shares = [slice(start, stop) for start, stop in pairwise(ends)]
        own = matrix.tocoo()
        columns = []
        for values, kind in ((own.row, np.int32), (own.col, np.int32), (own.data, np.float32)):
            whole = np.zeros(ends[-1], dtype=kind)
            whole[shares[self.rank]] = values
            self.complete_(torch.from_numpy(whole), shares)
            columns.append(whole)
        row, column, data = columns
        return sparse.csr_matrix((data, (row, column)), shape=matrix.shape)

    def total(self, values: np.ndarray) -> np.ndarray:
        """An array added up over the processes, as float64.

        Raises:
            TeamError: a peer is gone.
        """
        if self.size == 1:
            return values
        import torch

        tensor = torch.from_numpy(np.array(values, dtype=np.float64))
        self.sum_([tensor])
        return np.asarray(tensor.numpy())

    def add_(self, values: np.ndarray) -> np.ndarray:
        """An array added up over the processes, in place and in its own precision.

        Raises:
            TeamError: a peer is gone.
        """
        if self.size > 1:
            import torch

            self.sum_([torch.from_numpy(values)])
        return values

    def gathered(self, rows: np.ndarray) -> np.ndarray:
        """`complete_` for an array: a contiguous copy with everybody's rows."""
        if self.size == 1:
            return rows
        import torch

        tensor = torch.from_numpy(np.array(rows))
        self.complete_(tensor)
        return np.asarray(tensor.numpy())

    def from_leader(self, message: bytes) -> bytes:
        """What the leading process says, on every process."""
        if self.size == 1:
            return message
        import torch
        from torch import distributed

        length = torch.tensor([len(message)])
        with _together():
            distributed.broadcast(length, src=0)
            said = torch.zeros(int(length), dtype=torch.uint8)
            if self.leads:
                said = torch.frombuffer(bytearray(message or b"\0"), dtype=torch.uint8)[
                    : len(message)
                ]
            if len(said):
                distributed.broadcast(said, src=0)
        return bytes(said.numpy().tobytes())


ALONE = Team()


@contextmanager
def _together() -> Iterator[None]:
    """What a broken connection raises becomes an error with a next step.

    Raises:
        TeamError: the connection to a peer broke.
    """
    try:
        yield
    except RuntimeError as error:
        raise TeamError("distributed.peer_gone", hint="distributed.peer_gone_hint") from error


def current_team() -> Team:
    """The team that ``torchrun`` made of this process, else `ALONE`.

    The first call meets the peers: gloo between processors, nccl between CUDA devices.

    Raises:
        TeamError: the peers do not come.
    """
    named = {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"} <= os.environ.keys()
    if not named or os.environ["WORLD_SIZE"] == "1":
        return ALONE
    from torch import distributed

    if not distributed.is_initialized():
        _meet()
    return Team(distributed.get_rank(), distributed.get_world_size())


def _meet() -> None:
    import torch
    from torch import distributed
    from torch.distributed.rendezvous import rendezvous

    from causalrec.recsys.team.heartbeat import Heartbeat

    backend, devices = "gloo", torch.cuda.device_count()
    if devices:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % devices)
        # nccl wants a device for each process; gloo also serves several on one.
        if int(os.environ.get("LOCAL_WORLD_SIZE", "1")) <= devices:
            backend = "cpu:gloo,cuda:nccl"
    with _together():
        store, rank, size = next(rendezvous("env://"))
        heartbeat = Heartbeat(store.clone(), rank, size)
        distributed.init_process_group(
            backend, store=store, rank=rank, world_size=size, timeout=_PATIENT
        )
    heartbeat.start(_abandon)


def _abandon(rank: int, seconds: float) -> None:
    """End this process: it may be waiting, deep inside a sum, for a peer that never comes."""
    from causalrec.core.words import Text

    sys.stderr.write(Text("distributed.silent", rank=rank, seconds=seconds) + "\n")
    sys.stderr.flush()
    os._exit(1)
