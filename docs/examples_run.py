"""What the examples print: run once a process, so that no page shows an old answer."""

from __future__ import annotations

import io
import os
import runpy
import shlex
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["EXAMPLES", "LONGEST", "printed", "transcript"]

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
LONGEST = 12
"""Lines of a command's answer that a page shows."""


@cache
def printed(name: str) -> str:
    """What the script of a name prints."""
    with _elsewhere(), redirect_stdout(io.StringIO()) as out:
        runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    return out.getvalue()


@cache
def transcript(name: str) -> str:
    """The commands of a shell script, each with the first lines of its answer.

    Raises:
        RuntimeError: a command fails.
    """
    from causalrec.cli import main

    parts = []
    with _elsewhere():
        for line in (EXAMPLES / f"{name}.sh").read_text(encoding="utf-8").splitlines():
            words = shlex.split(line)
            with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
                status = main(words[words.index("causalrec") + 1 :])
            if status:
                raise RuntimeError(f"{line}: {err.getvalue()}")
            answer = out.getvalue().rstrip().splitlines()
            more = ["…"] if len(answer) > LONGEST else []
            parts.append("\n".join([f"$ {line}", *answer[:LONGEST], *more]))
    return "\n\n".join(parts)


@contextmanager
def _elsewhere() -> Iterator[None]:
    """A folder of its own as working folder and as root of workspaces, gone afterwards."""
    before = os.environ.get("CAUSALREC_WORKSPACE")
    with TemporaryDirectory() as folder, chdir(folder):
        os.environ["CAUSALREC_WORKSPACE"] = folder
        try:
            yield
        finally:
            del os.environ["CAUSALREC_WORKSPACE"]
            if before is not None:
                os.environ["CAUSALREC_WORKSPACE"] = before
