"""Which GPU there is, or why there is none; told without loading torch."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from causalrec.core.words import Text

__all__ = ["accelerator"]

_WAIT = 5.0
"""Seconds that the driver may take to answer."""


@lru_cache(maxsize=1)
def accelerator() -> tuple[str | None, Text]:
    """The name of the first GPU that training can use, or None; and what to tell a person."""
    name = _named()
    if name is None:
        return None, Text("core.gpu_none")
    try:
        build = version("torch")
    except PackageNotFoundError:
        return None, Text("core.gpu_no_torch", name=name)
    if build.endswith("+cpu"):
        return None, Text("core.gpu_cpu_build", name=name)
    return name, Text("core.gpu_used", name=name)


def _named() -> str | None:
    """What NVIDIA's driver calls its first GPU."""
    driver = shutil.which("nvidia-smi")
    if driver is None:
        return None
    ask = [driver, "--query-gpu=name", "--format=csv,noheader"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, timeout=_WAIT, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return next((line.strip() for line in answer.stdout.splitlines() if line.strip()), None)
