"""Things: saved whole or not at all, any name, versions, two saves racing, no way outside."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

import pytest

from causalrec.core.errors import ConflictError, NotFoundError, ParamError, StorageError
from causalrec.workspace import Ref, Workspace
from causalrec.workspace.disk.names import folder_of, safe_file_name
from causalrec.workspace.disk.process import Process


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "root", "Mine")


def files_outside(root: Path, inside: Path) -> list[Path]:
    return [p for p in root.rglob("*") if p.is_file() and not p.is_relative_to(inside)]


def test_a_thing_comes_back_as_it_was_saved(ws: Workspace) -> None:
    made = ws.save_json(
        "graph", "g", {"edges": ["图"]}, meta={"a": 1}, made_from=[Ref("dataset", "d", 2)]
    )
    found = ws.thing("graph", "g")
    assert found == made
    assert found.json() == {"edges": ["图"]}
    assert (found.version, found.meta, found.made_from) == (1, {"a": 1}, (Ref("dataset", "d", 2),))
    assert found.created.utcoffset() is not None
    assert Workspace.open(ws.root, ws.id).thing("graph", "g") == made


def test_versions_count_and_old_ones_stay(ws: Workspace) -> None:
    for number in (1, 2, 3):
        ws.save_json("graph", "g", number)
    assert [t.version for t in ws.versions("graph", "g")] == [3, 2, 1]
    assert ws.thing("graph", "g").json() == 3
    assert ws.thing("graph", "g", 1).json() == 1
    assert ws.find("graph", "g", 9) is None
    assert len(ws.things("graph")) == 1


def test_fingerprint_is_of_the_content(ws: Workspace) -> None:
    first, same = ws.save_json("graph", "a", [1]), ws.save_json("graph", "b", [1])
    assert first.fingerprint == same.fingerprint
    assert ws.save_json("graph", "a", [2]).fingerprint != first.fingerprint


@pytest.mark.parametrize(
    "name",
    ["../../x", "/etc/passwd", "a/b\\c", "..", "图 一", "<b>", "x" * 200, "CON", "~", "a\u0301"],
)
def test_any_name_stays_inside_and_comes_back(ws: Workspace, tmp_path: Path, name: str) -> None:
    ws.save_json("graph", name, 1)
    assert files_outside(tmp_path, ws.folder) == []
    assert ws.thing("graph", name).json() == 1
    assert ws.things("graph")[0].folder.is_relative_to(ws.folder / "things" / "graph")


def test_names_that_read_alike_have_folders_of_their_own() -> None:
    names = ["a b", "a-b", "A b", "a  b", "图", "表"]
    assert len({folder_of(n) for n in names}) == len(names)


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "a\x00b", "a\nb", "\ud800"])
def test_names_nobody_can_read_are_refused(ws: Workspace, name: str) -> None:
    with pytest.raises(ParamError) as caught:
        ws.save_json("graph", name, 1)
    assert caught.value.hint


@pytest.mark.parametrize("kind", ["", "../x", "a/b", "Graph", "."])
def test_kinds_are_words(ws: Workspace, kind: str) -> None:
    with pytest.raises(ParamError):
        ws.save_json(kind, "g", 1)


@pytest.mark.parametrize(
    "wrong", ["", "..", "../other", "a/b", ".", "x" * 15, "é" * 20, "nobody-has-this-id"]
)
def test_ids_are_no_paths(ws: Workspace, wrong: str) -> None:
    with pytest.raises(NotFoundError):
        Workspace.open(ws.root, wrong)


def test_a_linked_workspace_is_not_followed(ws: Workspace, tmp_path: Path) -> None:
    other = Workspace.create(tmp_path / "elsewhere", "Theirs")
    (ws.root / other.id).symlink_to(other.folder)
    with pytest.raises(NotFoundError):
        Workspace.open(ws.root, other.id)
    assert [w.id for w in Workspace.all(ws.root)] == [ws.id]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\log.csv", "log.csv"),
        ("日志.csv.gz", "日志.csv.gz"),
        ("..", "file"),
        ("", "file"),
        ("a\x00b.csv", "a_b.csv"),
        (".hidden", "hidden"),
    ],
)
def test_uploads_stay_inside(ws: Workspace, sent: str, kept: str) -> None:
    path = ws.upload_path(sent)
    assert path.name == kept
    assert path.resolve().is_relative_to(ws.folder / "uploads")
    path.write_text("x")
    assert len(safe_file_name("x" * 500 + ".csv")) <= 121


def test_a_failed_save_leaves_nothing(ws: Workspace) -> None:
    ws.save_json("graph", "g", 1)

    def write(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        ws.save("graph", "g", write)
    assert [t.version for t in ws.versions("graph", "g")] == [1]
    assert list((ws.folder / "drafts").iterdir()) == []


def test_a_draft_of_a_dead_process_is_swept_and_a_living_one_kept(ws: Workspace) -> None:
    dead, old = (
        ws.folder / "drafts" / f"{Process(2**22 + 1, 1.0).mark}-ab",
        ws.upload_path("old.csv").parent,
    )
    young = ws.upload_path("new.csv").parent
    dead.mkdir(parents=True)
    os.utime(old, (time.time() - 90_000,) * 2)

    def write(folder: Path) -> None:
        ws.sweep()
        (folder / "x").write_text("x")

    ws.save("graph", "g", write)
    assert not dead.exists()
    assert not old.exists()
    assert young.exists()


def test_expect_refuses_a_save_on_an_older_version(ws: Workspace) -> None:
    ws.save_json("graph", "g", "mine", expect=0)
    ws.save_json("graph", "g", "theirs", expect=1)
    for believed in (0, 1, 5):
        with pytest.raises(ConflictError) as caught:
            ws.save_json("graph", "g", "mine again", expect=believed)
        assert "2" in str(caught.value.text)
    assert ws.thing("graph", "g").json() == "theirs"


def _save(
    root: Path, ws_id: str, number: int, expect: int | None, gate: object, told: object
) -> None:
    ws = Workspace.open(root, ws_id)
    gate.wait()  # type: ignore[attr-defined]
    try:
        made = ws.save_json("graph", "g", {"by": number}, expect=expect)
        told.put(("saved", made.version, number))  # type: ignore[attr-defined]
    except ConflictError:
        told.put(("conflict", 0, number))  # type: ignore[attr-defined]


def race(ws: Workspace, expect: int | None) -> list[tuple[str, int, int]]:
    context = multiprocessing.get_context("fork")
    gate, told = context.Barrier(4), context.SimpleQueue()
    racers = [
        context.Process(target=_save, args=(ws.root, ws.id, n, expect, gate, told))
        for n in range(4)
    ]
    for racer in racers:
        racer.start()
    found = [told.get() for _ in racers]
    for racer in racers:
        racer.join()
    return found


def test_of_processes_racing_with_expect_one_wins(ws: Workspace) -> None:
    ws.save_json("graph", "g", 0)
    found = race(ws, expect=1)
    winners = [by for said, _, by in found if said == "saved"]
    assert len(winners) == 1
    assert ws.thing("graph", "g").version == 2
    assert ws.thing("graph", "g").json() == {"by": winners[0]}


def test_processes_racing_without_expect_all_save(ws: Workspace) -> None:
    found = race(ws, expect=None)
    assert sorted(version for _, version, _ in found) == [1, 2, 3, 4]
    for _, version, by in found:
        assert ws.thing("graph", "g", version).json() == {"by": by}


def test_stale_looks_through_what_things_were_made_from(ws: Workspace) -> None:
    data = ws.save_json("dataset", "d", 1)
    model = ws.save_json("model", "m", 1, made_from=[data.ref])
    scenario = ws.save_json("scenario", "s", 1, made_from=[model.ref])
    assert ws.stale(scenario) == ()
    ws.save_json("dataset", "d", 2)
    assert ws.stale(scenario) == (data.ref,)
    new = ws.save_json("model", "m", 2, made_from=[ws.thing("dataset", "d").ref])
    assert ws.stale(scenario) == (model.ref, data.ref)
    assert ws.stale(new) == ()


def test_removing_keeps_counting_so_that_old_references_stay_old(ws: Workspace) -> None:
    data = ws.save_json("dataset", "d", 1)
    model = ws.save_json("model", "m", 1, made_from=[data.ref])
    ws.remove("dataset", "d")
    assert ws.find("dataset", "d") is None
    assert ws.things("dataset") == []
    assert ws.stale(model) == ()
    with pytest.raises(NotFoundError):
        ws.remove("dataset", "d")
    assert ws.save_json("dataset", "d", 2, expect=1).version == 2
    assert ws.stale(model) == (data.ref,)


def test_an_unknown_thing_names_the_nearest(ws: Workspace) -> None:
    ws.save_json("dataset", "movielens", 1)
    with pytest.raises(NotFoundError) as caught:
        ws.thing("dataset", "movielans")
    assert "movielens" in str(caught.value.hint)
    assert "数据集" in caught.value.text.to("zh")


def test_a_damaged_thing_says_so_and_hides_no_other(ws: Workspace) -> None:
    whole, broken = ws.save_json("graph", "whole", 1), ws.save_json("graph", "broken", 1)
    (broken.folder.parent / "thing.json").write_text("{")
    assert [t.name for t in ws.things("graph")] == [whole.name]
    with pytest.raises(StorageError) as caught:
        ws.thing("graph", "broken")
    assert caught.value.hint
    (whole.folder / "document.json").unlink()
    with pytest.raises(StorageError):
        ws.thing("graph", "whole").json()


def test_workspaces_are_listed_renamed_measured_deleted(tmp_path: Path) -> None:
    root = tmp_path / "root"
    assert Workspace.all(root) == []
    first, second = Workspace.create(root, "One"), Workspace.create(root, " Zwei ")
    assert len(first.id) >= 22
    assert first.id != second.id
    assert {w.name for w in Workspace.all(root)} == {"One", "Zwei"}
    before = first.size()
    first.save("dataset", "d", lambda folder: (folder / "x").write_bytes(b"0" * 100_000) and None)
    assert first.size() - before >= 100_000
    first.rename("Uno")
    assert Workspace.open(root, first.id).name == "Uno"
    assert first.created <= second.created
    first.delete()
    assert [w.id for w in Workspace.all(root)] == [second.id]
    with pytest.raises(NotFoundError):
        Workspace.open(root, first.id)


def test_settings_are_merged_and_removed(ws: Workspace) -> None:
    ws.set(dataset="a", currency="€")
    Workspace.open(ws.root, ws.id).set(dataset="图", unused=None)
    assert ws.settings() == {"dataset": "图", "currency": "€"}
    ws.set(currency=None)
    assert ws.settings() == {"dataset": "图"}
