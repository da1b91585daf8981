"""Which versions computed a run."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from causalrec.core.version import __version__

__all__ = ["versions"]

_PACKAGES = (
    "numpy", "pandas", "scipy", "scikit-learn", "torch", "dowhy", "networkx", "duckdb", "pyarrow",
    "transformers", "plotly", "streamlit",
)  # fmt: skip


@cache
def versions() -> dict[str, str]:
    """Version by name: causalrec, python and the packages that are installed."""
    numbers = {"causalrec": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            numbers[package] = version(package)
        except PackageNotFoundError:
            continue
    return numbers
