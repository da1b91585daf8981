"""Pages without a browser: streamlit's AppTest on a temporary workspace root."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from side_by_side import (
    pytest_collection_modifyitems,
    pytest_terminal_summary,
    pytest_xdist_make_scheduler,
)

__all__ = [
    "pytest_collection_modifyitems",
    "pytest_terminal_summary",
    "pytest_xdist_make_scheduler",
]

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def components() -> Iterator[None]:
    """Streamlit looks through all installed packages for components once, not for each page."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        once = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture
def workspace_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, components: None
) -> Iterator[Path]:
    """An empty workspace root that the dashboard uses; its launcher is closed afterwards.

    A page that is about to train has a process load torch. Here hardly any test lives to see it
    ready, so it is left out; `test_launcher` and the browser tests have it.
    """
    root = tmp_path / "workspaces"
    monkeypatch.setenv("CAUSALREC_WORKSPACE", str(root))
    import streamlit as st

    from causalrec.runs.background.launcher import Launcher

    monkeypatch.setattr(Launcher, "warm", lambda self: None)
    yield root
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def workspace(workspace_root: Path):
    """A new, empty workspace."""
    from causalrec.workspace import Workspace

    return Workspace.create(workspace_root, "Test")


@pytest.fixture
def app(workspace_root: Path) -> Callable[..., object]:
    """Open a page: ``app("train", w=workspace.id, lang="zh")`` gives the AppTest, run once.

    Session values go in before the run: ``app("graph", state={"name": value}, w=…)``.
    """
    from streamlit.testing.v1 import AppTest

    def open_page(name: str = "home", *, state: dict | None = None, **query: str):
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for key, value in query.items():
            test.query_params[key] = value
        for key, value in (state or {}).items():
            test.session_state[key] = value
        if name != "home":
            test.switch_page(f"pages/{name}.py")
        return test.run()

    return open_page


@pytest.fixture
def address() -> Callable[[object, str], str | None]:
    """A parameter of a page's address after a run: ``address(test, "w")``."""

    def read(test, name: str) -> str | None:
        value = test.query_params.get(name)
        return value[0] if isinstance(value, list) else value

    return read
