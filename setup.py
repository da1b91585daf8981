"""Puts the dashboard's files into the wheel: they lie at the top here, in ``causalrec/site`` there.

All else that setuptools must know stands in ``pyproject.toml``.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
SITE = ("app.py", "pages/*.py", "assets/*.*", "assets/dag_editor/*", ".streamlit/config.toml")


class BuildWithSite(build_py):
    """The package's modules, and the site."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:  # an editable install finds the site where it lies
            for file, target in self._site().items():
                self.mkpath(str(Path(target).parent))
                self.copy_file(file, target)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        return [*super().get_outputs(include_bytecode), *self._site().values()]

    def get_source_files(self) -> list[str]:
        return [*super().get_source_files(), *self._site()]

    def _site(self) -> dict[str, str]:
        """Each file by its path here: where it is built to."""
        files = [file.relative_to(ROOT) for pattern in SITE for file in sorted(ROOT.glob(pattern))]
        target = Path(self.build_lib) / "causalrec" / "site"
        return {str(file): str(target / file) for file in files}


setup(cmdclass={"build_py": BuildWithSite})
