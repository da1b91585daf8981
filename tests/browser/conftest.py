"""One server and one Chromium a test session; a fresh context and a fresh workspace a test."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
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
WAIT = 30_000
"""Milliseconds that anything in the browser may take before a test fails."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)


def _chromium() -> str:
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

    def __init__(self, root: Path, log: Path, **environment: str) -> None:
        self.root, self.port, self.log = root, free_port(), log
        self._environment = os.environ | {"CAUSALREC_WORKSPACE": str(root)} | environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Server:
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
        command += [f"--server.port={self.port}", "--server.address=127.0.0.1"]
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [*command, "--server.fileWatcherType=none"],
                cwd=ROOT,
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


@pytest.fixture(scope="session")
def new_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Server]]:
    """Make further servers: ``new_server(root=None, **environment)``."""
    made: list[Server] = []

    def make(root: Path | None = None, **environment: str) -> Server:
        folder = tmp_path_factory.mktemp("server")
        server = Server(root or folder / "workspaces", folder / "server.log", **environment)
        made.append(server)
        return server.start()

    yield make
    for server in made:
        server.stop()


@pytest.fixture(scope="session")
def server(new_server: Callable[..., Server], browser) -> Server:
    """The session's dashboard (after the browser, so that without one nothing starts)."""
    data = ROOT.parent / "shared" / "data"
    return new_server(**({"CAUSALREC_DATA": str(data)} if data.is_dir() else {}))


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Debian's Chromium, driven by playwright."""
    path = _chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        one = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield one
        one.close()


@pytest.fixture
def new_page(browser) -> Iterator[Callable[..., object]]:
    """Open further tabs: ``new_page(locale="zh-CN", color_scheme="dark")``, a context each."""
    contexts = []

    def make(**options: object) -> object:
        settings = {"locale": "en-US", "viewport": {"width": 1440, "height": 1000}} | options
        context = browser.new_context(**settings)
        contexts.append(context)
        context.set_default_timeout(WAIT)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page):
    """A fresh English browser tab."""
    return new_page()


@pytest.fixture
def workspace(server: Server):
    """A new, empty workspace on the session's server (``server.page("train", w=workspace.id)``)."""
    from causalrec.workspace import Workspace

    return Workspace.create(server.root, "Test")


def settled(page, timeout: float = WAIT) -> None:
    """Wait until the page's script has ended and nothing is being redrawn."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=timeout)


def no_traceback(page) -> None:
    """No exception box on the page, and nothing that reads like a traceback."""
    assert page.locator("[data-testid=stException]").count() == 0
    assert "Traceback" not in page.locator("body").inner_text()
