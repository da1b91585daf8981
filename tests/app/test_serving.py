"""``causalrec app``: which server it becomes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from causalrec.cli import main
from causalrec.ui.kit.serving import own_names, server_command
from causalrec.ui.kit.site import SITE


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What this process would have become."""
    commands: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda program, command: commands.append([program, *command]))
    return commands


def test_this_machine_alone(became: list[list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["app", "--port", "8777", "--host", "shop.example"]) == 0
    (command,) = became
    assert command[0] == command[1]
    assert command[2:6] == ["-m", "streamlit", "run", str(SITE / "app.py")]
    told = dict(zip(command[6::2], command[7::2], strict=True))
    assert told["--server.address"] == "127.0.0.1"
    assert told["--server.port"] == "8777"
    names = [b for a, b in zip(command[6::2], command[7::2], strict=True) if "allowedHosts" in a]
    assert names == ["localhost", "127.0.0.1", "::1", "shop.example"]
    assert "http://127.0.0.1:8777" in capsys.readouterr().err


def test_shared_says_what_that_means(
    became: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["app", "--share", "--lang", "zh"]) == 0
    assert "0.0.0.0" in became[0]
    assert set(own_names()) <= set(became[0])
    assert "网络" in capsys.readouterr().err


def test_wrong_words_are_refused() -> None:
    for words in (["app", "--port", "many"], ["app", "--prt", "1"], ["app", "extra"]):
        with pytest.raises(SystemExit) as left:
            main(words)
        assert left.value.code == 2


def test_the_site_is_whole() -> None:
    for part in ("app.py", "pages/graph.py", "assets/dag_editor/editor.js"):
        assert (SITE / part).is_file()
    assert (SITE / ".streamlit" / "config.toml").is_file()
    assert Path(server_command(1, share=False, hosts=())[0]).exists()
