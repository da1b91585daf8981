"""Pages without a browser: streamlit's AppTest on a temporary workspace root."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def workspace_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty workspace root that the dashboard uses; its launcher is closed afterwards."""
    root = tmp_path / "workspaces"
    monkeypatch.setenv("CAUSALREC_WORKSPACE", str(root))
    import streamlit as st

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
