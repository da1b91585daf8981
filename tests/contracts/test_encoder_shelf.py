"""What every text encoder promises: vectors of length 1, words, its name in choosing and README."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.words import LANGUAGES, table
from causalrec.language.encoders import ENCODERS
from causalrec.language.encoders.encoder import TextEncoder
from causalrec.language.encoders.model_files import bundled_folder
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.workspace import Workspace

ROOT = Path(__file__).parents[2]
NAMES = list(ENCODERS)
TEXTS = ["A galaxy battle", "Cooking pasta at home", "A galaxy battle", ""]
MAPPING = cr.ColumnMapping(user="u", item="i")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAUSALREC_CACHE", str(tmp_path / "cache"))


def made(name: str) -> TextEncoder:
    """One as `text_encoder` makes it, of its name or of a folder."""
    entry = ENCODERS[name]
    folder = bundled_folder()
    assert folder is not None
    encoder = cr.text_encoder(folder if entry.reads_folder else name, device="cpu")
    assert type(encoder) is entry
    return encoder


@pytest.mark.parametrize("name", NAMES)
def test_it_declares_itself(name: str) -> None:
    entry = ENCODERS[name]
    assert issubclass(entry, TextEncoder)
    assert entry.name == name
    assert re.search(r"\b(19|20)\d\d\b", entry.source)
    first = next(iter(inspect.signature(entry).parameters))
    assert first == ("folder" if entry.reads_folder else "reason")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_it_has_words(name: str, lang: str) -> None:
    entry = ENCODERS[name]
    assert {entry.word().key, entry.word("_about").key} <= set(table(lang))


@pytest.mark.parametrize("name", NAMES)
def test_equal_texts_have_equal_vectors_of_length_one(name: str) -> None:
    encoder = made(name)
    vectors = encoder.encode(TEXTS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0], atol=1e-5)
    np.testing.assert_array_equal(vectors[0], vectors[2])
    assert vectors[0] @ vectors[1] < 0.9
    np.testing.assert_allclose(made(name).encode(TEXTS), vectors, atol=1e-5)
    assert made(name).fingerprint
    assert encoder.title
    assert encoder.title in encoder.reason.to("zh")


def test_the_table_in_the_readme_is_the_shelf() -> None:
    lines = ["| encoder | what it does | source |", "|---|---|---|"]
    for name, entry in ENCODERS.items():
        about = entry.word("_about").to("en")
        lines.append(f"| `{name}` | {entry.word().to('en')}: {about} | {entry.source} |")
    assert "\n".join(lines) in (ROOT / "README.md").read_text(encoding="utf-8")


def page_of(app: Callable[..., Any], workspace: Workspace, model: str, lang: str) -> str:
    """What stands under a model's parameters on the Train page."""
    if not workspace.things("dataset"):
        rows = pd.DataFrame({"u": [f"u{n % 5}" for n in range(15)], "i": range(15)})
        data = cr.Dataset.from_frame(rows, MAPPING, name="log")
        workspace.save("dataset", "log", lambda folder: cr.save_dataset(data, folder))
    state = {"causalrec_train_models": [model]}
    test = app("train", state=state, w=workspace.id, lang=lang)
    assert not test.exception
    return " ".join(one.value for one in test.caption).replace("\\", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_tells_of_every_one_where_a_model_reads_texts(app, workspace, lang: str) -> None:
    (first, *_) = RECOMMENDERS.where(takes_texts=True)
    page = page_of(app, workspace, first, lang)
    bare = page_of(app, workspace, RECOMMENDERS.default, lang)
    for entry in ENCODERS.values():
        assert entry.word().to(lang) in page
        assert entry.word("_about").to(lang) in page
        assert entry.word("_about").to(lang) not in bare


ENCODER = '''
from typing import ClassVar
import numpy as np
from causalrec.language.encoders.encoder import TextEncoder

class Lengths(TextEncoder):
    """Short or long: one of two vectors."""
    name: ClassVar[str] = "lengths"
    source: ClassVar[str] = "Nobody, 1900"
    fingerprint = "1"

    def __init__(self, reason=None):
        self.title = self.word()
        self.reason = reason or self.title

    def _vectors(self, texts):
        return np.array([[len(t) < 16, len(t) >= 16] for t in texts], dtype=float)
'''
WORDS = {"": "Lengths of texts", "_about": "Short beside long."}


@pytest.fixture
def one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An encoder in a folder of its own: a file, a catalogue line, words in each language."""
    (tmp_path / "lengths_encoder.py").write_text(ENCODER, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(ENCODERS._entries, "lengths", "lengths_encoder:Lengths")
    for lang in LANGUAGES:
        for part, words in WORDS.items():
            monkeypatch.setitem(table(lang), f"language.encoder_lengths{part}", words)
    yield
    sys.modules.pop("lengths_encoder", None)


def test_a_file_a_line_and_words_are_an_encoder_of_a_model(one_more, app, workspace) -> None:
    (first, *_) = RECOMMENDERS.where(takes_texts=True)
    assert "Lengths of texts**: Short beside long." in page_of(app, workspace, first, "en")
    rows = pd.DataFrame(
        {"u": [f"u{n % 6}" for n in range(24)], "i": [f"i{n % 8}" for n in range(24)]}
    )
    titles = pd.DataFrame(
        {
            "i": [f"i{n}" for n in range(8)],
            "title": ["short one"] * 4 + ["a title that is long"] * 4,
        }
    )
    model = cr.recommender(first, encoder="lengths", factors=2)
    report = model.fit(cr.Dataset.from_frame(rows, MAPPING, items=titles))
    assert "Lengths of texts" in report.summary("en") + " ".join(n.to("en") for n in report.notes)
