"""A task is one file, one line of the shelf and its words: it then is a command and a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from causalrec.cli import main
from causalrec.core.words import LANGUAGES, table
from causalrec.runs.record.catalogue import TASKS

FILE = '''
"""Counts the letters of a name."""

import pandas as pd

from causalrec.core.params import Params, param
from causalrec.core.progress import silent
from causalrec.core.results.result import Result
from causalrec.runs.record.task import Task


class LetterParams(Params):
    name: str = param("abc", help="tasks.count_letters_name")


class Letters(Result):
    n: int

    def to_frame(self):
        return pd.DataFrame({"n": [self.n]})

    def summary(self, lang="en"):
        return f"{self.n} letters!"


class CountLetters(Task):
    """Count letters."""

    name = "count-letters"
    page = "train"
    Params = LetterParams
    Result = Letters

    def run(self, workspace, on_progress=silent):
        return Letters(n=len(self.params.name))
'''
WORDS = {
    "en": {"": "Count letters", "_help": "Counts the letters of a name", "_name": "The name"},
    "zh": {"": "数字母", "_help": "数一个名称的字母", "_name": "名称"},
}


@pytest.fixture(autouse=True)
def new_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file in a folder of its own, the line, the words."""
    (tmp_path / "count_letters_task.py").write_text(FILE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(TASKS._entries, "count-letters", "count_letters_task:CountLetters")
    for lang in LANGUAGES:
        for part, words in WORDS[lang].items():
            monkeypatch.setitem(table(lang), f"tasks.count_letters{part}", words)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_a_command(lang, capsys, workspace) -> None:
    with pytest.raises(SystemExit):
        main(["--help", "--lang", lang])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["count-letters", *WORDS[lang]["_help"].split()] in lines
    with pytest.raises(SystemExit):
        main(["count-letters", "--help", "--lang", lang])
    shown = capsys.readouterr().out
    assert "--name" in shown
    assert WORDS[lang]["_name"] in shown
    done = main(["count-letters", "--name", "abcd", "--workspace", str(workspace.folder)])
    assert done == 0
    assert "4 letters!" in capsys.readouterr().out


@pytest.mark.parametrize("lang", LANGUAGES)
def test_its_run_is_on_the_page_of_runs_in_words(lang, app, workspace) -> None:
    main(["count-letters", "--name", "abcd", "--workspace", str(workspace.folder)])
    test = app("runs", w=workspace.id, lang=lang)
    assert not test.exception
    assert WORDS[lang][""] in test.dataframe[0].value.to_csv()
    assert any(WORDS[lang][""] in head.value for head in test.subheader)
    assert any("4 letters" in box.value for box in test.info)
    assert "abcd" in "\n".join(frame.value.to_csv() for frame in test.dataframe)


def test_its_page_follows_its_runs() -> None:
    assert "count-letters" in TASKS.where(page="train")
