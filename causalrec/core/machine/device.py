"""Where tensors live, and how much memory work may take."""

from __future__ import annotations

import os

import psutil

from causalrec.core.errors import MemoryBudgetError, ParamError
from causalrec.core.words import Text

__all__ = ["memory_budget", "require_memory", "resolve_device"]


def resolve_device(device: str = "auto") -> str:
    """``"auto"`` becomes ``"cuda"`` where a CUDA device is, else ``"cpu"``; others are checked.

    Raises:
        ParamError: the device asked for is not on this machine.
    """
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    usable = device == "cpu" or (device.startswith("cuda") and torch.cuda.is_available())
    if not usable:
        raise ParamError("core.no_device", hint="core.no_device_hint", device=device)
    return device


def memory_budget() -> int:
    """Bytes that one piece of work may take: ``$CAUSALREC_MEMORY_GB``, else 60 % of the free.

    Processes that ``torchrun`` started on one machine share what is free.

    Raises:
        ParamError: the variable holds no number.
    """
    asked = os.environ.get("CAUSALREC_MEMORY_GB")
    if asked:
        try:
            return int(float(asked) * 1e9)
        except ValueError as error:
            raise ParamError(
                "core.bad_param",
                hint="core.bad_param_hint",
                name="CAUSALREC_MEMORY_GB",
                value=asked,
                why="GB",
            ) from error
    sharing = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    return int(psutil.virtual_memory().available * 0.6 / sharing)


def require_memory(needed: float, what: Text | str) -> None:
    """Refuse work before it allocates.

    Args:
        needed: bytes.
        what: the work, for the message.

    Raises:
        MemoryBudgetError: it needs more than the budget; the message says how much.
    """
    budget = memory_budget()
    if needed > budget:
        raise MemoryBudgetError(
            "core.over_memory",
            hint="core.over_memory_hint",
            what=what,
            needed_gb=needed / 1e9,
            budget_gb=budget / 1e9,
        )
