"""Where the dashboard's files lie: entry, pages, assets and streamlit's configuration."""

from __future__ import annotations

from pathlib import Path

__all__ = ["SITE"]

_PACKAGE = Path(__file__).resolve().parents[2]

SITE = next(
    folder for folder in (_PACKAGE / "site", _PACKAGE.parent) if (folder / "app.py").is_file()
)
"""In a wheel a folder of the package (`setup.py` puts it there), in a checkout its top."""
