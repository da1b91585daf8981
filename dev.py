"""Run, test, check or demonstrate CausalRec on a machine with only Python 3.11, venv and pip.

    python3 dev.py app     start the dashboard (--share opens it to the network; --host, --port)
    python3 dev.py test    run all tests (installs Chromium where it can)
    python3 dev.py check   lint, format, types, tests with coverage
    python3 dev.py docs    serve the documentation on this machine (--port)
    python3 dev.py demo    walk the journey without a browser and print each answer

Each command makes `.venv`, installs what changed since the last time, and says what it does.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
RUNTIME = ROOT / "requirements.txt"
TESTS = ROOT / "tests" / "requirements.txt"
TYPED = ("causalrec", "app.py", "pages", "dev.py", "tests")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def say(message: str) -> None:
    """Tell the person what happens now."""
    print(f"[dev] {message}", flush=True)


def call(*command: str | Path, **environment: str) -> int:
    """Run a command in the project's folder and return its exit status."""
    return subprocess.run(
        [str(part) for part in command], cwd=ROOT, env={**os.environ, **environment}, check=False
    ).returncode


def prepare(requirements: Path) -> None:
    """Make `.venv` and install a requirements file, unless that very content is installed.

    Raises:
        SystemExit: this Python is too old, or something cannot be installed.
    """
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python must be told, not crash
        raise SystemExit("[dev] CausalRec needs Python 3.11 or newer.")
    if not PYTHON.exists():
        say("making .venv")
        venv.create(VENV, with_pip=True)
    wanted = hashlib.sha256(
        b"".join(file.read_bytes() for file in dict.fromkeys((RUNTIME, requirements)))
    ).hexdigest()
    stamp = VENV / f".installed-{requirements.parent.name}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"installing {requirements.relative_to(ROOT)} (the first time takes some minutes)")
    if call(
        PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "-q", "-r", requirements
    ):
        raise SystemExit("[dev] The installation failed: see pip's message above, then try again.")
    stamp.write_text(wanted)


def app(arguments: Sequence[str]) -> int:
    """Start the dashboard: `causalrec app`."""
    prepare(RUNTIME)
    try:
        return call(PYTHON, "-m", "causalrec", "app", *arguments)
    except KeyboardInterrupt:
        say("stopped")
        return 0


def install_browser() -> None:
    """Install Debian's Chromium and CJK fonts where we may; else say what follows."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not (is_root and shutil.which("apt-get")):
        say("no Chromium here: the browser tests will skip (they fail under CI=true)")
        return
    say("installing Chromium for the browser tests")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    call("apt-get", "update", "-qq", **quiet)
    packages = ("chromium", "fonts-noto-cjk")
    if call("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages, **quiet):
        say(
            "Chromium could not be installed: the browser tests will skip (they fail under CI=true)"
        )


def test(arguments: Sequence[str]) -> int:
    """Run the tests, all of them unless pytest's own arguments name some."""
    prepare(TESTS)
    install_browser()
    say("running the tests")
    # One thread a process: the tests themselves run side by side.
    limits = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    return call(PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadfile", *arguments, **limits)


def check(arguments: Sequence[str]) -> int:
    """Lint and format, then the tests with coverage beside the types."""
    prepare(TESTS)
    steps = {"lint": ("ruff", "check", "."), "format": ("ruff", "format", "--check", ".")}
    failed = []
    for name, command in steps.items():
        say(name)
        if call(PYTHON, "-m", *command):
            failed.append(name)
    # One run for all types, in the pauses of the tests, which often wait for pages and processes.
    types = subprocess.Popen(
        [PYTHON, "-m", "mypy", *TYPED], cwd=ROOT, text=True, stdout=subprocess.PIPE
    )
    if test(["--cov", "--cov-report=term:skip-covered", *arguments]):
        failed.append("tests")
    say("types")
    print(types.communicate()[0], end="", flush=True)
    if types.returncode:
        failed.append("types")
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return int(bool(failed))


def docs(arguments: Sequence[str]) -> int:
    """Serve the documentation on this machine alone, built anew when a source changes."""
    parser = argparse.ArgumentParser(prog="dev.py docs")
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args(arguments).port
    prepare(TESTS)
    say(f"building the documentation for http://127.0.0.1:{port} (stop with Ctrl+C)")
    server = (PYTHON, "-m", "mkdocs", "serve", "--strict", "-a", f"127.0.0.1:{port}")
    try:
        return call(*server, NO_MKDOCS_2_WARNING="1")
    except KeyboardInterrupt:
        say("stopped")
        return 0


def demo(arguments: Sequence[str]) -> int:
    """Walk the journey on the sample shop without a browser."""
    prepare(RUNTIME)
    say("walking the journey on the sample shop")
    return call(PYTHON, "-m", "causalrec", "demo", *arguments)


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "app": app,
    "test": test,
    "check": check,
    "docs": docs,
    "demo": demo,
}


def main(arguments: Sequence[str]) -> int:
    """Dispatch `dev.py COMMAND [options]`."""
    if os.name == "nt":
        say("Windows is not supported: runs are POSIX processes. WSL works as Linux does.")
        return 2
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__)
        return 0 if arguments and arguments[0] in {"-h", "--help"} else 2
    return COMMANDS[arguments[0]](arguments[1:])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
