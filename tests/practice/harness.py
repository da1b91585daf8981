"""A dashboard of its own, Debian's Chromium, and how to wait for a page; no fixtures here."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
WAIT = 60_000
"""Milliseconds that anything in the browser may take before a test fails."""


def chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found:
        return found
    reason = "no Chromium on this machine: apt-get install chromium, or set CHROMIUM"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Server:
    """A dashboard of its own on a free port, with its own workspace root."""

    folder = ROOT
    """Where it is started."""

    def __init__(self, root: Path, log: Path, **environment: str) -> None:
        self.root, self.port, self.log = root, free_port(), log
        self._environment = os.environ | {"CAUSALREC_WORKSPACE": str(root)} | environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        """What starts it."""
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
        command += [f"--server.port={self.port}", "--server.address=127.0.0.1"]
        return [*command, "--server.fileWatcherType=none"]

    def start(self) -> Server:
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                self.command(),
                cwd=self.folder,
                env=self._environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:
                    if answer.status == 200:
                        return self
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"the server did not start:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            self._process = None

    def page(self, name: str = "", **query: str) -> str:
        """The address of a page: ``server.page("train", w=identity, lang="zh")``."""
        path = "" if name in ("", "home") else name
        return f"{self.url}/{path}" + (f"?{urlencode(query)}" if query else "")


def settled(page, timeout: float = WAIT) -> None:
    """Wait until the page's script has ended and nothing is being redrawn."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=timeout)


def no_traceback(page) -> None:
    """No exception box on the page, and nothing that reads like a traceback."""
    assert page.locator("[data-testid=stException]").count() == 0
    assert "Traceback" not in page.locator("body").inner_text()


def click(found) -> None:
    """A click of the browser's own on the first of what a locator finds, once it is there.

    Playwright's waits for frames that a busy machine does not draw in time.
    """
    found.first.wait_for()
    found.first.evaluate("found => found.click()")


def press(page, key: str, timeout: float = WAIT) -> None:
    """Press the button with a key (``st.button(key=…)``): the same in every language."""
    button = page.locator(f".st-key-{key} button:enabled")
    button.first.wait_for(timeout=timeout)
    click(button)
    settled(page)


def choose(page, key: str, label: str) -> None:
    """Choose an option of a segmented control, pills or radio by its words."""
    click(page.locator(f".st-key-{key}").get_by_text(label, exact=True))
    settled(page)


def select(page, key: str, label: str) -> None:
    """Choose an option of a select box by its words."""
    click(page.locator(f".st-key-{key} button[aria-haspopup=listbox]"))
    click(page.get_by_role("option", name=label, exact=True))
    settled(page)


def choose_and_press(page, option, key: str) -> None:
    """Choose an option and press a button in one breath: nothing is drawn between the two.

    Args:
        page: the page.
        option: locator of the option, anywhere inside its button or label.
        key: of the button.
    """
    button = page.locator(f".st-key-{key} button:enabled").first
    button.wait_for()
    option.first.wait_for()
    option.first.evaluate(
        "(option, button) => { option.click(); button.click() }", button.element_handle()
    )


def finished(page, timeout: float = 120_000) -> None:
    """Wait until no run on the page is live (and the page has been drawn after its end)."""
    page.wait_for_timeout(300)
    page.locator("[data-testid=stProgress]").first.wait_for(state="hidden", timeout=timeout)
    page.locator("[data-testid=stProgress]").wait_for(state="detached", timeout=timeout)
    settled(page)
