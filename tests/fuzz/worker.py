"""The process that does the cases: one JSON line in, one JSON line out.

What a case prints goes nowhere; a process that dies or stays silent is the campaign's to see.
"""

from __future__ import annotations

import base64
import faulthandler
import importlib
import json
import logging
import os
import resource
import signal
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any, TextIO

__all__ = ["from_line", "to_line"]

_ROOT = Path(__file__).resolve().parents[2]
_MOST_MEMORY = 12 << 30


def to_line(value: Any) -> str:
    """A case as a line of JSON; bytes are kept."""

    def plain(one: Any) -> Any:
        if isinstance(one, bytes):
            return {"$bytes": base64.b64encode(one).decode()}
        raise TypeError(type(one))

    return json.dumps(value, default=plain)


def from_line(line: str) -> Any:
    """What `to_line` was given."""

    def revived(one: dict[str, Any]) -> Any:
        return base64.b64decode(one["$bytes"]) if one.keys() == {"$bytes"} else one

    return json.loads(line, object_hook=revived)


def place_of(error: BaseException) -> str:
    """Where it was raised: the deepest line of the product, else of the target."""
    frames = traceback.extract_tb(error.__traceback__)
    package = f"{_ROOT}{os.sep}causalrec{os.sep}"
    ours = [f for f in frames if f.filename.startswith(package)] or frames[-1:]
    return f"{ours[-1].filename.removeprefix(str(_ROOT) + os.sep)}:{ours[-1].name}"


def done(run: Any, case: Any) -> dict[str, str]:
    """How a case ended: an answer, a refusal in words with a next step, or a fault."""
    from causalrec.core.errors import Cancelled, CausalRecError

    try:
        run(case)
    except CausalRecError as error:
        if error.hint is None:
            return {"how": "fault", "key": f"no hint@{place_of(error)}", "trace": str(error)}
        told = [words.to(lang) for words in (error.text, error.hint) for lang in ("en", "zh")]
        return {"how": "refusal", "words": told[0]}
    except Cancelled:
        return {"how": "refusal", "words": "cancelled"}
    except BaseException as error:  # noqa: BLE001 - whatever else comes out is what is looked for
        key = f"{type(error).__name__}@{place_of(error)}"
        return {"how": "fault", "key": key, "trace": traceback.format_exc()[-6_000:]}
    return {"how": "answer"}


def serve(target: str, out: TextIO) -> None:
    """Do the cases that come in."""
    module = importlib.import_module(f"tests.fuzz.targets.{target}")
    getattr(module, "prepare", lambda: None)()
    out.write('{"how": "ready"}\n')
    out.flush()
    for line in sys.stdin:
        out.write(json.dumps(done(module.run, from_line(line))) + "\n")
        out.flush()


def main() -> None:
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    faulthandler.register(signal.SIGUSR1, file=sys.stderr.fileno())
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    serve(sys.argv[1], out)


if __name__ == "__main__":
    main()
