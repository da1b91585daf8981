"""One server and one Chromium a test session; a fresh context and a fresh workspace a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness import FLAGS, ROOT, WAIT, Server, chromium, no_traceback, settled

__all__ = ["no_traceback", "settled"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)


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
    path = chromium()
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
