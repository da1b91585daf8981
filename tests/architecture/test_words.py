"""Both languages have the same words, and every word that code uses exists."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from pathlib import Path

import pytest
from house import by_folder, parsed

from causalrec.core.words import LANGUAGES, table, untranslated

ROOT = Path(__file__).parents[2]
FOLDERS = by_folder(
    [*(ROOT / "causalrec").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]
)
ROOMS = {path.stem for path in (ROOT / "causalrec/core/words/en").iterdir()}
KEY = re.compile(rf"^({'|'.join(sorted(ROOMS))})\.[a-z][a-z0-9_]*$")


def fields(template: str) -> set[str]:
    return {
        name.split(".")[0].split("[")[0]
        for _, name, _, _ in string.Formatter().parse(template)
        if name
    }


def used_keys(file: Path) -> set[str]:
    """String constants in a file that look like word keys (f-strings are checked by page tests)."""
    tree = parsed(file)
    inside = {id(v) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for v in n.values}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in inside
        and KEY.match(node.value)
    }


def test_same_keys_in_every_language() -> None:
    assert untranslated() == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_key_stands_in_one_file(lang: str) -> None:
    """A room's words are spread over files; one that is there twice would hide the other."""
    folder = ROOT / "causalrec/core/words" / lang
    keys = [
        (file.relative_to(folder).with_suffix("").parts[0], name)
        for file in folder.rglob("*.toml")
        for name in tomllib.loads(file.read_text(encoding="utf-8"))
    ]
    assert len(keys) == len(set(keys))


def test_languages_have_the_same_files() -> None:
    folder = ROOT / "causalrec/core/words"
    names = [
        {file.relative_to(folder / lang) for file in (folder / lang).rglob("*.toml")}
        for lang in LANGUAGES
    ]
    assert all(one == names[0] for one in names)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_templates_name_the_same_values(lang: str) -> None:
    different = {k for k, v in table(lang).items() if fields(v) != fields(table("en")[k])}
    assert different == set()


@pytest.mark.parametrize("folder", FOLDERS)
def test_used_keys_exist(folder: str) -> None:
    """A key is a word's own; one that ends in ``_`` (to which a name is added) begins some."""
    known = set(table("en"))
    for file in FOLDERS[folder]:
        unknown = used_keys(file) - known
        begins = {k for k in unknown if k[-1] == "_" and any(w.startswith(k) for w in known)}
        assert unknown - begins == set(), file


def test_chinese_is_chinese() -> None:
    """A Chinese entry equal to a wordy English one was forgotten."""
    words = re.compile(r"[A-Za-z]{4,}")
    en, zh = (table.__wrapped__(lang) for lang in LANGUAGES)  # as written, not as tests added to
    same = {
        key
        for key, value in zh.items()
        if value == en[key] and len(words.findall(re.sub(r"{[^}]*}", "", value))) > 2
    }
    assert same == set()
