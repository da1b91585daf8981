"""The Data page: from a file to a saved, profiled dataset, and every way it says no."""

import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from practice_logs import dirty_shop
from streamlit.runtime.uploaded_file_manager import DeletedFile

from causalrec.core.words import table
from causalrec.data.storage.store import load_dataset
from causalrec.runs.record.catalogue import TASKS
from causalrec.ui.data import pending as waiting
from causalrec.ui.data import saved, source
from causalrec.ui.data.pending import Pending
from causalrec.ui.kit.session import plain
from causalrec.workspace import Workspace

EVIL = "<script>alert(1)</script>"


def rows(n=300):
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "who": rng.integers(0, 20, n),
            "film": rng.integers(100, 112, n),
            "timestamp": 1_600_000_000 + np.arange(n) * 7200,
            "rating": rng.integers(1, 6, n),
            "p_score": 0.5,
        }
    ).rename(columns={"who": "user_id", "film": "item_id"})


def prepare(workspace, frame, name="log.csv", **options):
    """What an upload leaves behind."""
    path = workspace.upload_path(name)
    if isinstance(frame, bytes):
        path.write_bytes(frame)
    else:
        frame.to_csv(path, index=False)
    waiting.write(workspace, Pending(str(path), name, str(path.parent), options))


def words(test):
    shown = [*test.markdown, *test.caption, *test.header, *test.error, *test.warning]
    return "\n".join(str(one.value) for one in shown).replace("\\", "")


def role(test, name):
    return next(box for box in test.selectbox if (box.key or "").endswith(f"-{name}"))


def test_an_empty_workspace_offers_three_ways(app, workspace):
    test = app("data", w=workspace.id)
    assert not test.exception
    assert len(test.get("file_uploader")) == 1
    assert test.header[0].value == "Choose a log"


def test_an_upload_is_written_once_and_understood(app, workspace):
    test = app("data", w=workspace.id)
    content = rows().to_csv(index=False).encode()
    test.get("file_uploader")[0].upload("log.csv", content, "text/csv")
    test.run()
    assert not test.exception
    assert role(test, "user").value == "user_id"
    assert role(test, "item").value == "item_id"
    assert role(test, "rating").value == "rating"
    kept = list((workspace.folder / "uploads").rglob("log.csv"))
    assert [p.read_bytes() for p in kept] == [content]
    assert "300 rows and 5 columns" in words(test)
    again = app("data", w=workspace.id)  # a reload is a new session
    assert role(again, "user").value == "user_id"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_whole_way_to_a_profile(app, workspace, lang):
    prepare(workspace, rows())
    test = app("data", w=workspace.id, lang=lang)
    for step, on in (("positive", False), ("k_core", True)):
        next(t for t in test.toggle if t.key.endswith(step)).set_value(on).run()
    assert not test.exception
    assert ("300 → 300" in words(test)) or ("300 →" in words(test))
    test.button("save-dataset").click().run()
    assert not test.exception
    runs = workspace.register.runs(task="import")
    assert len(runs) == 1
    deadline = time.monotonic() + 60
    while workspace.register.run(runs[0].id).active and time.monotonic() < deadline:
        time.sleep(0.1)
    assert workspace.register.run(runs[0].id).status == "done"
    test.run()
    assert not test.exception
    assert workspace.settings()["dataset"] == "log"
    assert [m.value for m in test.metric][:3] == ["300", "20", "12"]
    assert ("Long tail" if lang == "en" else "长尾") in words(test)
    assert waiting.read(workspace) is None


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_was_guessed_of_a_file_is_said_once_and_kept_with_the_dataset(app, workspace, lang):
    frame = rows().assign(user_id=lambda known: "00" + known["user_id"].astype(str))
    frame.loc[3, "user_id"] = "NA"
    content = frame.to_csv(index=False) + "a,line,with,more,cells,than,columns\n"
    prepare(workspace, content.encode())
    test = app("data", w=workspace.id, lang=lang)
    notes = waiting.table(waiting.read(workspace)).notes
    assert [note.key for note in notes] == ["data.note_na"]
    assert [box.value for box in test.info] == [plain(notes[0].to(lang))]
    assert not any(plain(notes[0].to(lang)) == box.label for box in test.expander)
    test.button("save-dataset").click().run()
    (run,) = workspace.register.runs(task="import")
    deadline = time.monotonic() + 60
    while workspace.register.run(run.id).active and time.monotonic() < deadline:
        time.sleep(0.1)
    test.run()
    assert not test.exception
    kept = load_dataset(workspace.thing("dataset", "log").folder).notes
    assert [note.key for note in kept][:2] == ["data.note_skipped_lines", "data.note_na"]
    assert all(plain(note.to(lang)).replace("\\", "") in words(test) for note in kept)


def test_a_column_mapped_twice_is_a_sentence_and_what_was_chosen_stays(app, workspace):
    prepare(workspace, rows())
    test = app("data", w=workspace.id)
    role(test, "user").set_value("item_id").run()
    assert not test.exception
    assert "mapped twice" in test.error[0].value
    assert role(test, "user").value == "item_id"
    role(test, "user").set_value("user_id").run()
    assert not test.error
    assert test.button("save-dataset")


def test_roles_that_somebody_chose_outlive_a_reload(app, workspace):
    prepare(workspace, rows())
    test = app("data", w=workspace.id)
    assert role(test, "propensity").value == "p_score"
    role(test, "propensity").set_value("").run()
    role(test, "position").set_value("rating").run()
    several = next(box for box in test.multiselect if (box.key or "").endswith("-covariates"))
    several.set_value(["timestamp"]).run()
    again = app("data", w=workspace.id)
    assert (role(again, "propensity").value, role(again, "position").value) == ("", "rating")
    several = next(box for box in again.multiselect if (box.key or "").endswith("-covariates"))
    assert several.value == ["timestamp"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "looks like PNG"),
        (b"PAR1" + b"\x00" * 64, "cut off or damaged"),
        (b"justonecolumn\n1\n2\n", "one column only"),
    ],
)
def test_a_bad_file_is_a_sentence_and_a_next_step(app, workspace, content, said):
    prepare(workspace, content)
    test = app("data", w=workspace.id)
    assert not test.exception
    assert said in test.error[0].value
    assert "\n\n" in test.error[0].value  # the next step
    assert any("option-" in (box.key or "") for box in test.selectbox)  # and where to take it


def test_a_wrong_delimiter_can_be_taken_back(app, workspace):
    prepare(workspace, rows(), delimiter=";")
    test = app("data", w=workspace.id)
    assert "one column only" in test.error[0].value
    role(test, "delimiter").set_value("").run()
    assert not test.error
    assert role(test, "item").value == "item_id"


def test_a_propensity_of_zero_blocks_saving_until_it_is_dealt_with(app, workspace):
    prepare(workspace, rows().assign(p_score=[0.0] + [0.5] * 299))
    test = app("data", w=workspace.id)
    assert role(test, "propensity").value == "p_score"
    step = next(t for t in test.toggle if t.key.endswith("bad_propensities"))
    assert step.value  # switched on, since the data needs it
    assert "300 → 299" in words(test)
    step.set_value(False).run()
    assert test.button("save-dataset").disabled
    role(test, "propensity").set_value("").run()
    assert not test.button("save-dataset").disabled


def test_markup_in_the_data_stays_text(app, workspace):
    frame = rows().astype({"item_id": object}).rename(columns={"rating": f"rating {EVIL}"})
    frame.loc[0, "item_id"] = EVIL
    prepare(workspace, frame, name=f"{EVIL[:20]}.csv")
    test = app("data", w=workspace.id)
    assert not test.exception
    for one in [*test.markdown, *test.caption]:
        assert not one.allow_html or "<script" not in one.value


def test_the_server_folder(app, workspace, tmp_path, monkeypatch):
    folder = tmp_path / "offered"
    folder.mkdir()
    rows().to_parquet(folder / "films.parquet")
    monkeypatch.setenv("CAUSALREC_DATA", str(folder))
    test = app("data", w=workspace.id, state={"data-way": "folder"})
    test.selectbox("folder-log").set_value("films.parquet").run()
    test.button("folder-use").click().run()
    assert not test.exception
    assert role(test, "item").value == "item_id"


def test_older_work_says_it_is_out_of_date(app, workspace, tmp_path):
    path = tmp_path / "log.csv"
    rows().to_csv(path, index=False)
    for _ in range(2):
        TASKS["import"]({"path": str(path)}).run(workspace)
        if workspace.find("model", "ease") is None:
            ref = workspace.thing("dataset", "log").ref
            meta = {"asked": {"dataset": "log", "model": "popularity"}}
            workspace.save_json("model", "ease", {}, made_from=[ref], meta=meta)
    test = app("data", w=workspace.id)
    assert not test.exception
    assert "newer version" in words(test)
    test.button("redo-model-ease").click().run()
    assert not test.exception
    assert [r.task for r in Workspace.open(workspace.root, workspace.id).register.runs()] == [
        "train"
    ]


def test_a_log_without_users_says_what_it_is_good_for(app, workspace, tmp_path):
    path = tmp_path / "log.csv"
    rows().drop(columns="user_id").to_csv(path, index=False)
    TASKS["import"]({"path": str(path)}).run(workspace)
    test = app("data", w=workspace.id)
    assert not test.exception
    assert "it needs no model" in words(test)
    assert not [one for one in test.button if one.key == "next-train"]
    assert not test.button("next-interventions").disabled


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_reload_finds_the_shop_that_is_being_made(app, workspace, lang) -> None:
    run_id = workspace.register.add("shop", {})
    test = app("data", w=workspace.id, lang=lang)
    assert not test.exception
    assert test.session_state["data_shop_run"] == run_id
    assert [one for one in test.button if one.key == f"cancel-{run_id}"]
    assert [one for one in test.button if one.key == "make-shop"]  # the way it was asked for


def test_a_reload_finds_the_import_that_is_running_beside_saved_data(app, workspace) -> None:
    TASKS["shop"]({"users": 60, "items": 20, "impressions": 2000}).run(workspace)
    run_id = workspace.register.add("import", {"path": "x", "name": "x"})
    test = app("data", w=workspace.id)
    assert not test.exception
    assert [one for one in test.button if one.key == f"cancel-{run_id}"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_dates_of_open_order_are_a_question_with_both_readings(app, workspace, lang):
    days = pd.to_datetime("2021-03-01") + pd.to_timedelta(np.arange(300) % 12, unit="D")
    prepare(workspace, rows().assign(timestamp=days.strftime("%d/%m/%Y")))
    test = app("data", w=workspace.id, lang=lang)
    assert not test.exception
    first = next(one for one in test.expander if "timestamp" in one.label)
    assert list(first.dataframe[0].value.columns) == ["timestamp", "dd/mm/yyyy", "mm/dd/yyyy"]
    next(b for b in test.button if b.key.endswith("-mdy")).click().run()
    assert not test.exception
    assert waiting.read(workspace).options == {"time_unit": "mdy"}
    assert not any("-dmy" in (b.key or "") for b in test.button)
    assert role(test, "time_unit").value == "mdy"


def test_texts_that_mean_no_id_can_be_named(app, workspace):
    frame = rows().astype({"user_id": "str"})
    frame.loc[:9, "user_id"] = "undefined"
    prepare(workspace, frame)
    test = app("data", w=workspace.id)
    assert any("undefined" in one.label for one in test.expander)
    box = next(b for b in test.multiselect if b.key.startswith("missing-"))
    box.select("undefined").run()
    assert not test.exception
    assert any("10 of 300 rows have no user id" in one.label for one in test.expander)


def test_a_guess_with_alternatives_is_a_question(app, workspace):
    prepare(workspace, rows().assign(product_id=np.arange(300) % 7))
    test = app("data", w=workspace.id)
    told = words(test)
    assert "The item was guessed" in told
    assert "product_id" in told


@pytest.mark.parametrize(
    "receive", [partial(source._received, "log"), saved._start_append], ids=["log", "append"]
)
def test_a_file_that_was_taken_over_is_not_received_again(monkeypatch, receive):
    """A button that is pressed while the next upload arrives runs the callback once more."""
    state = {"upload": DeletedFile("gone")}
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(waiting, "keep_file", lambda *_: pytest.fail("kept again"))
    receive("upload")
    assert list(state) == ["upload"]


def ended(workspace):
    """The one import, once it has ended."""
    (run,) = workspace.register.runs(task="import")
    deadline = time.monotonic() + 60
    while workspace.register.run(run.id).active and time.monotonic() < deadline:
        time.sleep(0.1)
    return workspace.register.run(run.id)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_saving_what_is_no_longer_shown_is_refused_in_words(app, workspace, lang):
    prepare(workspace, rows())
    test = app("data", w=workspace.id, lang=lang)
    waiting.forget(workspace)  # as when the next upload arrives
    prepare(workspace, rows(50), name="newer.csv")
    test.button("save-dataset").click().run()
    assert not test.exception
    assert {"en": "“log.csv” was not saved", "zh": "“log.csv”没有保存"}[lang] in words(test)
    assert not workspace.register.runs(task="import")
    test.button("save-dataset").click().run()
    assert ended(workspace).params["name"] == "newer"


def test_a_log_that_is_being_saved_keeps_its_files_while_the_next_one_comes(app, workspace):
    prepare(workspace, rows())
    test = app("data", w=workspace.id)
    place = waiting.read(workspace).place
    test.button("save-dataset").click().run()
    waiting.forget(workspace)
    prepare(workspace, rows(50), name="newer.csv")
    assert ended(workspace).status == "done"
    test.run()
    assert not test.exception
    assert waiting.read(workspace).name == "newer.csv"  # what came meanwhile stays
    assert [box.value for box in test.toast] == [
        "“log” is saved. The log shown here came in meanwhile and is not saved yet."
    ]
    assert not Path(place).exists()
    assert workspace.thing("dataset", "log").meta["rows"] == 300


def test_a_file_saved_from_elsewhere_is_never_cleaned_away(workspace, tmp_path):
    run = SimpleNamespace(task="import", params={"path": str(tmp_path / "log.csv")})
    assert waiting.place_of(workspace, run) is None


def test_an_encoding_chosen_among_readings_is_kept_for_later_rows(app, workspace, tmp_path):
    titles = ["café", "crème", "père", "mère"] * 8
    lines = ["user_id,item_id", *(f"u{n % 7},{title}" for n, title in enumerate(titles))]
    prepare(workspace, "\n".join(lines).encode("cp1252"))
    test = app("data", w=workspace.id)
    next(one for one in test.button if (one.key or "").endswith("-cp1250")).click().run()
    assert not test.exception
    assert role(test, "encoding").value == "cp1250"
    assert waiting.table(waiting.read(workspace)).encoding == "cp1250"
    test.button("save-dataset").click().run()
    assert ended(workspace).status == "done"
    for name, encoding in (("same", "cp1250"), ("other", "utf-8")):
        more = tmp_path / f"{name}.csv"
        more.write_bytes("user_id,item_id\nu1,crčme\nu9,pčre\n".encode(encoding))
        TASKS["append"]({"dataset": "log", "path": str(more)}).run(workspace)
    data = load_dataset(workspace.thing("dataset", "log").folder)
    assert data.item_ids.tolist() == sorted(["café", "crčme", "mčre", "pčre"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_dirty_log_is_one_sentence_and_what_is_serious_is_in_sight(app, workspace, lang):
    dirt, _ = dirty_shop()
    prepare(workspace, dirt, name="shop.events.csv")
    test = app("data", w=workspace.id, lang=lang)
    assert not test.exception
    clean = dirt.drop_duplicates().query("customer_id != ''")
    clean = clean[clean["event_time"].str.startswith("2025")]
    acts = int((clean["event_type"] != "view").sum())
    for part in (f"{len(clean):,}", f"{len(dirt):,}", "2025-01-01", f"{acts:,}"):
        assert part in words(test)
    on = {one.key.rpartition("-")[2] for one in test.toggle if one.value}
    assert on - {"stand_ins"} == {"bad_times", "duplicates", "positive"}
    shown = [one.label for one in test.expander if one.label]
    serious = table(lang)["data.finding_missing_ids_action"]
    assert any(serious.rstrip("。.") in label.replace("\\", "") for label in shown)
    harmless = table(lang)["page_data.more_findings"].split("{")[0]
    assert sum(label.startswith(harmless) for label in shown) == 1
    assert next(one for one in test.text_input if one.key.startswith("name-")).value == (
        "shop.events"
    )
    assert not test.button("save-dataset").disabled


def test_a_rule_that_hardly_anything_meets_is_an_alarm(app, workspace):
    frame = rows().assign(rating=[5, 4] + [1, 2] * 149)
    prepare(workspace, frame)
    test = app("data", w=workspace.id)
    box = next(one for one in test.number_input if one.key.endswith("at_least"))
    assert box.value == 4
    assert any("hardly anything is left" in one.value for one in test.warning)
    box.set_value(2.0).run()
    assert not test.exception
    assert not test.warning


def test_numbers_of_an_unsure_decimal_sign_are_a_question(app, workspace):
    frame = rows().drop(columns="p_score").assign(price=["1,234", "2,500", "3,125"] * 100)
    prepare(workspace, frame.to_csv(index=False, sep="\t").encode(), name="log.tsv")
    test = app("data", w=workspace.id)
    assert any("price" in box.value for box in test.info)
    next(b for b in test.button if b.key.startswith("answer-") and b.key.endswith("-,")).click()
    test.run()
    assert not test.exception
    assert waiting.read(workspace).options == {"decimal": ","}
    assert waiting.table(waiting.read(workspace)).to_frame()["price"].iloc[0] == 1.234


def test_a_choice_comes_back_in_the_words_of_the_other_language(app, workspace):
    prepare(workspace, rows())
    test = app("data", w=workspace.id)
    role(test, "header").set_value("yes").run()
    role(test, "rating").set_value("").run()
    test.sidebar.segmented_control[0].set_value("zh").run()
    assert not test.exception
    assert waiting.read(workspace).options == {"header": True}
    assert role(test, "header").value == "yes"
    assert role(test, "rating").value == ""
    assert not test.error
