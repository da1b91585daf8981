"""What every recommender says of itself is true, and stands where people look for it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_recommenders import log, made

import causalrec as cr
from causalrec.core.words import LANGUAGES, table
from causalrec.recsys.interactions.interaction_matrix import by_time
from causalrec.recsys.model.fit_cost import LogSize, Machine
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.recommenders import RECOMMENDERS, STUDENTS, families
from causalrec.recsys.tuning.advice import advise
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.recsys.train_params import TrainParams
from causalrec.workspace import Workspace

ROOT = Path(__file__).parents[2]
NAMES = list(RECOMMENDERS)
TASTES = list(RECOMMENDERS.where(personal=True))
MAPPING = cr.ColumnMapping(user="u", item="i", time="t")


def label(name: str, lang: str = "en") -> str:
    return RECOMMENDERS[name].word().to(lang)


@pytest.fixture(scope="module")
def described() -> cr.Dataset:
    """Two tastes, and a table that says of each item which of them takes it."""
    return described_as(lambda item: "odd" if item % 2 else "even")


def described_as(kind: Callable[[int], str]) -> cr.Dataset:
    items = pd.DataFrame({"i": [f"i{item}" for item in range(40)]})
    items["kind"] = [kind(item) for item in range(40)]
    items["title"] = items["kind"] + " thing"
    return cr.Dataset.from_frame(log(), MAPPING, items=items, name="described")


@pytest.fixture(scope="module")
def fitted(described: cr.Dataset) -> dict[str, Recommender]:
    models = {name: made(name) for name in NAMES}
    for model in models.values():
        model.fit(described, seed=3)
    return models


@pytest.mark.parametrize("name", [*NAMES, *STUDENTS])
def test_it_declares_itself(name: str) -> None:
    entry = (STUDENTS if name in STUDENTS else RECOMMENDERS)[name]
    assert issubclass(entry, Recommender)
    assert entry.name == name
    assert entry.family
    assert not entry.personal or re.search(r"\b(19|20)\d\d\b", entry.source)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", [*NAMES, *STUDENTS])
def test_it_has_words(name: str, lang: str) -> None:
    entry = (STUDENTS if name in STUDENTS else RECOMMENDERS)[name]
    keys = {entry.word().key, entry.word("_about").key}
    helps = {str(f.json_schema_extra["help"]) for f in entry.Params.model_fields.values()}
    families_ = {f"recsys.family_{family}" for family in families()}
    assert keys | helps | families_ <= set(table(lang))


def test_one_is_the_bar_and_another_is_meant_where_nobody_chose() -> None:
    (bar,) = RECOMMENDERS.where(baseline=True)
    assert not RECOMMENDERS[bar].personal
    assert RECOMMENDERS.default in TASTES


@pytest.mark.parametrize("name", [name for name in NAMES if RECOMMENDERS[name].suits])
def test_on_a_log_that_suits_it_it_is_named_with_a_reason(name: str) -> None:
    sizes = ((30, 40, 300), (943, 1_682, 100_000), (30_000, 41_000, 1_000_000))
    wide = (1_000_000, 500_000, 2_900_000)
    logs = [LogSize(*size, times=True, attributes=True) for size in (*sizes, wide)]
    told = [advise(one, Machine(2, memory=16e9)) for one in logs]
    naming = [advice for advice in told if name in advice.models]
    assert naming
    for lang in LANGUAGES:
        assert all(label(advice.models[0], lang) in advice.summary(lang) for advice in naming)
    reasons = {reason.key for advice in naming for reason in advice.reasons}
    suits = RECOMMENDERS[name].suits
    assert suits == "any" or f"recsys.advice_{suits}" in reasons


@pytest.mark.parametrize("name", NAMES)
def test_what_a_fit_takes_grows_with_the_log(name: str) -> None:
    small, large = (RECOMMENDERS[name].fit_cost(LogSize(n, n, 20 * n)) for n in (1_000, 9_000))
    assert (small is None) == (large is None)
    if small is not None:
        assert 0 < small.flops < large.flops
        assert 0 < small.size < large.size


@pytest.mark.parametrize("name", [n for n in NAMES if not RECOMMENDERS[n].personal])
def test_who_learns_no_taste_needs_no_memory_to_speak_of(
    name: str, described: cr.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAUSALREC_MEMORY_GB", "0.000001")
    assert made(name).fit(described).n_items == 40


@pytest.mark.parametrize("name", TASTES)
def test_it_takes_the_history_and_the_order_that_it_says(
    fitted: dict[str, Recommender], name: str
) -> None:
    """A user who is known, with what somebody of the other taste took, and with it backwards."""
    model = fitted[name]
    other = model.history[[1]]
    same = np.array_equal(model.score([0], other), model.score([0]))
    assert same != type(model).takes_history
    items, _ = by_time(other)
    ids = list(model.item_ids[items])
    forth, back = model.score([0], [ids]), model.score([0], [ids[::-1]])
    blends = "models" in type(model).Params.model_fields  # takes order if one of its models does
    assert np.allclose(forth, back, atol=1e-5) != type(model).takes_order or blends


@pytest.mark.parametrize("name", NAMES)
def test_attributes_count_where_it_says_so(fitted: dict[str, Recommender], name: str) -> None:
    """The same log, but for a table that calls other items alike."""
    model = made(name)
    model.fit(described_as(lambda item: "low" if item < 20 else "high"), seed=3)
    same = np.array_equal(model.score(range(60)), fitted[name].score(range(60)))
    assert same != type(model).takes_attributes
    assert type(model).takes_attributes or not type(model).takes_texts


@pytest.mark.parametrize("name", RECOMMENDERS.where(takes_attributes=True))
def test_an_item_that_nobody_took_has_a_place_by_its_attributes(name: str) -> None:
    """Two items without a row, one for either taste: the even user gets the even one above.

    Ranked by chance, all 30 users of the even taste put it above with probability 2^-30.
    """
    whole = described_as(lambda item: "odd" if item % 2 else "even")
    place = {str(item): code for code, item in enumerate(whole.item_ids)}
    untaken = whole.frame["item"].isin([place["i6"], place["i7"]])
    model = made(name)
    model.fit(whole.with_frame(whole.frame[~untaken]), seed=3)
    users = [code for code, user in enumerate(model.user_ids) if int(str(user)[5:]) % 2 == 0]
    scores = model.score(users)
    assert (scores[:, place["i6"]] > scores[:, place["i7"]]).mean() > 0.8


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_figures_and_charts_call_it_by_its_name(
    fitted: dict[str, Recommender], name: str, lang: str, described: cr.Dataset
) -> None:
    model = fitted[name]
    split = cr.Split.leave_last(described)
    figures = cr.evaluate(model, split, k=5)
    assert label(name, lang) in figures.summary(lang)
    assert label(name, lang) in model.report.summary(lang)
    assert len(figures.plot(lang=lang).data)
    board = cr.leaderboard({label(name, lang): figures, "another": figures})
    drawn = str(board.plot(lang=lang).to_plotly_json())
    assert label(name, lang)[:20] in drawn.replace("<br>", " ")  # long names are cut


def test_the_table_of_families_in_the_readme_is_the_shelf() -> None:
    lines = ["| family | names | places items that nobody took |", "|---|---|---|"]
    for family, names in families().items():
        cold = [name for name in names if RECOMMENDERS[name].takes_attributes]
        written = (", ".join(f"`{name}`" for name in some) for some in (names, cold))
        lines.append(f"| {table('en')[f'recsys.family_{family}']} | {' | '.join(written)} |")
    assert "\n".join(lines) in (ROOT / "README.md").read_text(encoding="utf-8")


def keep(workspace: Workspace) -> None:
    data = cr.Dataset.from_frame(log(), MAPPING, name="log")
    workspace.save("dataset", "log", lambda folder: cr.save_dataset(data, folder))


@pytest.fixture
def offered(workspace: Workspace, app: Callable[..., Any]) -> Callable[[str], dict[str, list[str]]]:
    """The models on the Train page in their words, by family."""
    keep(workspace)

    def open_page(lang: str) -> dict[str, list[str]]:
        test = app("train", w=workspace.id, lang=lang)
        assert not test.exception
        return {
            group.label: [o.content for o in group.proto.options] for group in test.button_group
        }

    return open_page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_offers_every_model_with_its_family(offered, lang: str) -> None:
    page = offered(lang)
    for family, names in families().items():
        shown = page[table(lang)[f"recsys.family_{family}"]]
        assert shown == [label(name, lang) for name in names]


MODEL = '''
from typing import ClassVar
import numpy as np
from causalrec.recsys.arrays.array_needs import need
from causalrec.recsys.model.recommender import Recommender

class LastFirst(Recommender):
    """Items in the order of the catalogue, the last first."""
    name: ClassVar[str] = "last-first"
    family: ClassVar[str] = "neighbours"
    source: ClassVar[str] = "Nobody, 1900"

    def _fit(self, job):
        return {"place": np.arange(job.matrix.shape[1], dtype=np.float32)}

    def _needs(self):
        return {"place": need(self.n_items)}

    def _score(self, users, history):
        return np.tile(self._arrays["place"], (len(users), 1))
'''
WORDS = {"": "Last item first", "_about": "The catalogue from its end."}


@pytest.fixture
def one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A model in a folder of its own: a file, a line of the catalogue, words in each language."""
    (tmp_path / "last_first.py").write_text(MODEL, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(RECOMMENDERS._entries, "last-first", "last_first:LastFirst")
    # The task's choices are the shelf as it is when its file is read.
    field = TrainParams.model_fields["model"].json_schema_extra
    monkeypatch.setitem(field, "choices", tuple(RECOMMENDERS))
    for lang in LANGUAGES:
        for part, words in WORDS.items():
            monkeypatch.setitem(table(lang), f"recsys.model_last_first{part}", words)
    yield
    sys.modules.pop("last_first", None)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_file_a_line_and_words_are_a_model_on_the_page_and_in_its_chart(
    one_more, offered, workspace: Workspace, app: Callable[..., Any], lang: str
) -> None:
    assert "Last item first" in offered(lang)[table(lang)["recsys.family_neighbours"]]
    assert families()["neighbours"][-1] == "last-first"
    for name in ("last-first", *RECOMMENDERS.where(baseline=True)):
        result = run_inline(workspace, "train", {"dataset": "log", "model": name})
        assert label(name, lang) in result.summary(lang)
    test = app("train", w=workspace.id, lang=lang)
    assert not test.exception
    charts = [chart.proto.spec for chart in test.get("plotly_chart")]
    assert any("Last item first" in chart for chart in charts)
    assert any("Last item first" in str(one.value.to_dict()) for one in test.dataframe)
