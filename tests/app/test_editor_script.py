"""The editor's modules: each can be read and checked alone, and together they are one script."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from causalrec.ui.graph.editor_script import EDITOR, script

MODULES = sorted(EDITOR.glob("*.js"))
NAME = re.compile(r"^(?:export )?(?:async )?(?:function|const|class|let) (\w+)", re.MULTILINE)
IMPORT = re.compile(r'^import \{ ([^}]*) \} from "\./(\w+)\.js";$', re.MULTILINE)


def test_every_module_is_in_the_script_once():
    names = [name for file in MODULES for name in NAME.findall(file.read_text(encoding="utf-8"))]
    assert len(names) == len(set(names)), "two modules make one name: together they are one scope"
    lines = script().splitlines()
    for name in names:
        assert sum(bool(re.match(rf".*\b(?:function|const|class) {name}\b", x)) for x in lines) >= 1
    assert [line for line in lines if line.startswith(("import", "export"))] == [
        "export default function mount(component) {"
    ]


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_a_module_imports_what_others_export(file):
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    imports = IMPORT.findall(text)
    assert len(imports) == sum(line.startswith("import") for line in text.splitlines())
    for names, module in imports:
        exported = (EDITOR / f"{module}.js").read_text(encoding="utf-8")
        for name in names.split(", "):
            assert re.search(rf"^export (?:async )?\w+ {name}\b", exported, re.MULTILINE)
            assert text.count(name) > 1, f"{name} is not used"


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_node_reads_the_script_and_every_module(tmp_path):
    joined = tmp_path / "script.mjs"
    joined.write_text(script(), encoding="utf-8")
    for file in (joined, *MODULES):
        subprocess.run(["node", "--check", file], check=True, timeout=60)
