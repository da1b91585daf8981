"""The dashboard from a wheel, with no checkout about: pages, assets and configuration are in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import ROOT, Server, no_traceback, settled

from causalrec.core.words import table
from causalrec.ui.kit.pages import PAGES

PARTS = ("causalrec", "pages", "assets", ".streamlit", "app.py")
BUILDING = ("setup.py", "pyproject.toml", "requirements.txt", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel of this tree is installed, without what it depends on."""
    folder = tmp_path_factory.mktemp("installed")
    source = folder / "source"
    source.mkdir()
    for part in (*PARTS, *BUILDING):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copyfile
        copy(ROOT / part, source / part)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    for command in (
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", folder / "wheels", source],
        [*pip, "install", "--no-deps", "--target", folder / "packages"],
    ):
        wheels = sorted((folder / "wheels").glob("*.whl")) if "install" in command else []
        subprocess.run([*map(str, command), *map(str, wheels)], check=True, cwd=folder)
    shutil.rmtree(source)
    return folder / "packages"


def environment(installed: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(installed)}


class Installed(Server):
    """``causalrec app``, started in a folder of its own."""

    def __init__(self, installed: Path, folder: Path) -> None:
        super().__init__(folder / "ws", folder / "log", PYTHONPATH=str(installed))
        self.folder = folder
        self.script = installed / "bin" / "causalrec"

    def command(self) -> list[str]:
        return [str(self.script), "app", "--port", str(self.port)]


@pytest.fixture
def server_of_wheel(browser, installed: Path, tmp_path: Path) -> Iterator[Server]:
    server = Installed(installed, tmp_path).start()
    yield server
    server.stop()


def test_the_command_is_the_wheel_s_own(installed: Path, tmp_path: Path) -> None:
    code = "from causalrec.ui.kit.site import SITE; print(SITE)"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=environment(installed),
    )
    assert Path(ran.stdout.strip()) == installed / "causalrec" / "site"
    shown = subprocess.run(
        [installed / "bin" / "causalrec", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=environment(installed),
    )
    assert shown.stdout.startswith("usage: causalrec TASK")
    assert "  app " in shown.stdout


def test_a_cold_deep_link_then_home(server_of_wheel: Server, page) -> None:
    asked: dict[str, int] = {}
    page.on("response", lambda answer: asked.update({answer.url: answer.status}))
    page.goto(server_of_wheel.page("graph"))
    settled(page)
    assert page.get_by_role("heading", level=1).inner_text() == table("en")["ui.page_graph"]
    assert page.get_by_test_id("stSidebarNav").get_by_role("link").count() == len(PAGES)
    no_traceback(page)
    page.goto(server_of_wheel.page())
    settled(page)
    assert page.get_by_test_id("stSidebarLogo").count() == 1
    no_traceback(page)
    # Streamlit looks for its server below a deep link's path first, in vain.
    probes = server_of_wheel.page("graph/_stcore")
    assert not [url for url, status in asked.items() if status >= 400 and probes not in url]
    assert "Traceback" not in server_of_wheel.log.read_text(encoding="utf-8")
    assert "127.0.0.1" in server_of_wheel.log.read_text(encoding="utf-8")
