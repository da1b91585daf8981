"""What every step holds, whatever it does: run over the whole shelf."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from causalrec.core.errors import DataError
from causalrec.core.words import LANGUAGES, table
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.preparation.checks import find
from causalrec.data.steps import STEPS
from causalrec.data.steps.apply import prepare
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step
from causalrec.ui.data import pending
from causalrec.workspace import Workspace

ROOT = Path(__file__).parents[2]
MAPPING = ColumnMapping(
    user="u", item="i", time="t", outcome="r", propensity="p", price="price",
    covariates=("age", "city", "flat"),
)  # fmt: skip
KINDS = {"rows", "values", "columns", "wanted"}


def log(n: int = 600) -> pd.DataFrame:
    """A log in which every step finds something to do."""
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "u": np.where(np.arange(n) < 400, 1_000, rng.integers(0, 40, n)),
            "i": rng.integers(0, 15, n),
            "t": 1_600_000_000 + np.arange(n) * 3600,
            "r": rng.integers(1, 6, n),
            "p": rng.uniform(0.1, 1, n),
            "price": rng.lognormal(2, 2, n),
            "age": rng.normal(40, 10, n),
            "city": rng.choice(["x", "y", "z"], n),
            "flat": 1.0,
        }
    )
    rows.loc[3, "t"] = 4_000_000_000
    rows.loc[4, "p"] = 1.5
    rows.loc[5, "price"] = np.nan
    return pd.concat([rows, rows.tail(2)], ignore_index=True)


def draft(mapping: ColumnMapping = MAPPING) -> Draft:
    return Draft(log(), mapping, key=b"k")


def changed(before: Draft, after: Draft) -> set[str]:
    """What of a table is another one."""
    kinds = set()
    if before.mapping.positive != after.mapping.positive:
        kinds.add("wanted")
    if before.mapping.covariates != after.mapping.covariates:
        kinds.add("columns")
    if len(before.frame) != len(after.frame):
        return kinds | {"rows"}
    same = [c for c in before.frame if c in after.frame]
    return kinds if before.frame[same].equals(after.frame[same]) else kinds | {"values"}


@pytest.mark.parametrize("name", list(STEPS))
def test_it_declares_itself(name: str) -> None:
    step = STEPS[name]
    assert issubclass(step, Step)
    assert step.name == name
    assert step.changes
    assert set(step.changes) <= KINDS
    roles = {*step.needs, step.acts_on} - {""}
    assert {f"data.role_{role}" for role in roles} <= set(table("en")) | {"data.role_covariates"}
    for finding in step.answers:
        assert {f"data.finding_{finding}", f"data.finding_{finding}_action"} <= set(table("en"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", list(STEPS))
def test_it_has_words(name: str, lang: str) -> None:
    step = STEPS[name]
    keys = [step.word().key, step.word("_help").key]
    helps = [str(field.json_schema_extra["help"]) for field in step.model_fields.values()]
    assert {*keys, *helps, *(f"{key}_label" for key in helps)} <= set(table(lang))


@pytest.mark.parametrize("name", list(STEPS))
def test_it_changes_what_it_says_and_leaves_the_draft_alone(name: str) -> None:
    before = draft()
    rows = before.frame.copy()
    after, effects = prepare(before, [{"name": name}])
    pd.testing.assert_frame_equal(before.frame, rows)
    kinds = changed(before, after)
    assert kinds
    assert kinds <= set(STEPS[name].changes)
    assert effects.steps[0].step == name
    assert (effects.steps[0].before, effects.steps[0].after) == (len(rows), len(after.frame))
    for lang in LANGUAGES:
        assert STEPS[name].word().to(lang) in effects.summary(lang)
    assert len(after.keep(after.numbers("p") <= 1).dataset("d")) <= len(rows)


@pytest.mark.parametrize("name", list(STEPS))
def test_without_what_it_needs_it_is_not_offered_and_refuses(name: str) -> None:
    bare = draft(ColumnMapping(item="i"))
    step = STEPS[name]
    assert step.fits(draft())
    assert step.fits(bare) == (not step.needs and not step.acts_on)
    if step.needs:
        with pytest.raises(DataError):
            prepare(bare, [{"name": name}])


@pytest.mark.parametrize("name", [name for name in STEPS if STEPS[name].hides])
def test_what_it_hides_is_gone(name: str) -> None:
    before = draft()
    after, _ = prepare(before, [{"name": name}])
    assert not set(before.frame["u"].astype(str)) & set(after.frame["u"].astype(str))


@pytest.mark.parametrize("name", list(STEPS))
def test_what_it_does_is_checked_by_a_test_of_its_own(name: str) -> None:
    own = ROOT / "tests" / "unit" / "data" / "steps" / "test_steps.py"
    assert f'"{name}"' in own.read_text(encoding="utf-8")


def test_a_finding_names_the_first_step_that_answers_it() -> None:
    checked = {finding.name: finding.step for finding in find(draft()).found}
    answered = {finding for step in STEPS.values() for finding in step.answers}
    assert {name for name, step in checked.items() if step} == answered & set(checked)
    for name, step in checked.items():
        assert step is None or name in STEPS[step].answers
    assert len(answered & set(checked)) >= 5


@pytest.fixture
def offered(workspace: Workspace, app: Callable[..., Any]) -> Callable[..., dict[str, str]]:
    """The steps that the Data page offers for the log, by name, with their words on the page."""
    path = workspace.upload_path("log.csv")
    names = {"u": "user_id", "i": "item_id", "t": "timestamp", "r": "rating", "p": "propensity"}
    log().assign(p=0.5).rename(columns=names).to_csv(path, index=False)
    pending.write(workspace, pending.Pending(str(path), "log.csv", str(path.parent), {}))

    def open_page(lang: str = "en", *, on: str = "") -> dict[str, str]:
        test = app("data", w=workspace.id, lang=lang)
        if on:
            next(one for one in test.toggle if one.key.endswith(f"-{on}")).set_value(True).run()
        assert not test.exception
        switches = {one.key.rpartition("-")[2]: one.label for one in test.toggle}
        shown = [one.value for one in (*test.markdown, *test.warning)]
        return {**switches, "": " ".join(shown)}

    return open_page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_offers_every_step_that_fits(offered, lang: str) -> None:
    switches = offered(lang)
    for name, step in STEPS.items():
        assert switches[name].startswith(step.word().to(lang)), name


STEP = '''
from typing import ClassVar
from causalrec.core.params import param
from causalrec.core.words import Text
from causalrec.data.steps.step import Step

class KeepFirst(Step):
    """Keep the first rows."""
    name: ClassVar[str] = "keep_first"
    changes: ClassVar[tuple[str, ...]] = ("rows",)
    answers: ClassVar[tuple[str, ...]] = ("constant_columns",)
    n: int = param(7, ge=1, help="data.step_keep_first_n")

    def apply(self, draft):
        return draft.keep(draft.frame.index.to_series() < self.n), Text("data.effect_dropped", n=0)
'''
WORDS = {"": "Keep the first rows", "_help": "No more.", "_n": "Rows.", "_n_label": "Rows"}


@pytest.fixture
def one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A step in a folder of its own: a file, a line of the catalogue, words in each language."""
    (tmp_path / "keep_first.py").write_text(STEP, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(STEPS._entries, "keep_first", "keep_first:KeepFirst")
    for lang in LANGUAGES:
        for part, words in WORDS.items():
            monkeypatch.setitem(table(lang), f"data.step_keep_first{part}", words)
    yield
    sys.modules.pop("keep_first", None)


def test_a_file_a_line_and_words_are_a_step_on_the_page(one_more, offered) -> None:
    checked = {finding.name: finding.step for finding in find(draft()).found}
    assert checked["constant_columns"] == "keep_first"
    page = offered("en", on="keep_first")
    assert page["keep_first"].startswith("Keep the first rows")
    assert "Keep the first rows: 599 → 7 rows." in page[""].replace("\\", "")
