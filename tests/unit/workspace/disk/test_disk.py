"""A read-only, full or damaged disk: a sentence and a next step, and what was saved stays."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from causalrec.core.errors import CausalRecError, ConflictError, StorageError
from causalrec.workspace import Workspace, default_root
from causalrec.workspace.disk import saving
from causalrec.workspace.disk.failures import disk_failure
from causalrec.workspace.disk.process import Process
from causalrec.workspace.register.sqlite import writing


@pytest.fixture
def ws() -> Iterator[Workspace]:
    root = Path(tempfile.mkdtemp())  # open to the nobody user, unlike tmp_path
    root.chmod(0o755)
    yield Workspace.create(root, "Mine")
    shutil.rmtree(root)


def said_in_child(work: Callable[[], object], prepare: Callable[[], object]) -> str:
    """Run in a forked process after ``prepare``; the key of the error it met, or its value."""
    seen, told = os.pipe()
    if not (pid := os.fork()):
        answer = "nothing"
        try:
            prepare()
            answer = repr(work())
        except CausalRecError as error:
            answer = (
                f"{type(error).__name__} {error.text.key} {error.hint.key if error.hint else ''}"
            )
        except BaseException as error:  # noqa: BLE001 - the test shows it
            answer = repr(error)
        finally:
            os.write(told, answer.encode())
            os._exit(0)
    os.close(told)
    with os.fdopen(seen) as pipe:
        answer = pipe.read()
    os.waitpid(pid, 0)
    return answer


def as_reader(folder: Path) -> Callable[[], object]:
    """Make a folder read-only and become somebody whom that binds."""

    def prepare() -> None:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        if os.getuid() == 0:
            os.setgid(65534)
            os.setuid(65534)

    return prepare


def with_little_room() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))


READ_ONLY = "StorageError workspace.read_only workspace.read_only_hint"
FULL = "StorageError workspace.full workspace.full_hint"


@pytest.mark.parametrize(
    "work",
    [
        lambda ws: ws.save_json("graph", "g", 2),
        lambda ws: ws.set(dataset="d"),
        lambda ws: ws.register.add("train", {}),
        lambda ws: ws.rename("x"),
        lambda ws: ws.upload_path("x.csv"),
        lambda ws: ws.remove("graph", "g"),
        lambda ws: Workspace.create(ws.root, "another"),
    ],
    ids=["save", "set", "run", "rename", "upload", "remove", "create"],
)
def test_a_read_only_workspace_refuses_writing(ws: Workspace, work: Callable) -> None:
    ws.save_json("graph", "g", 1)
    assert said_in_child(lambda: work(ws), as_reader(ws.root)) == READ_ONLY


def test_a_read_only_workspace_can_be_read(ws: Workspace) -> None:
    ws.save_json("graph", "g", 1)
    ws.set(dataset="d")
    run = ws.register.add("train", {"a": 1})
    read = said_in_child(
        lambda: (
            ws.thing("graph", "g").json(),
            ws.settings()["dataset"],
            [r.id for r in ws.register.runs()] == [run],
            ws.name,
        ),
        as_reader(ws.root),
    )
    assert read == "(1, 'd', True, 'Mine')"


def test_a_full_disk_refuses_and_keeps_what_was_saved(ws: Workspace) -> None:
    ws.save_json("graph", "g", 1)
    large = "x" * 100_000
    assert said_in_child(lambda: ws.save_json("graph", "g", large), with_little_room) == FULL
    assert ws.thing("graph", "g").json() == 1
    assert list((ws.folder / "drafts").iterdir()) == []


def test_a_full_disk_at_the_last_step(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    ws.save_json("graph", "g", 1)

    def rename(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(StorageError) as caught:
        ws.save_json("graph", "g", 2)
    assert caught.value.text.key == "workspace.full"
    monkeypatch.undo()
    assert ws.thing("graph", "g").json() == 1
    assert list((ws.folder / "drafts").iterdir()) == []


def test_a_full_register_says_so_and_stays_whole(ws: Workspace) -> None:
    first = ws.register.add("train", {"a": 1})
    many = {"a": "x" * 200_000}
    said = said_in_child(lambda: ws.register.add("train", many), with_little_room)
    assert said.startswith("StorageError workspace.")
    assert [r.id for r in ws.register.runs()] == [first]


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("I am a file")
    with pytest.raises(StorageError) as caught:
        Workspace.create(tmp_path / "root", "x")
    assert caught.value.hint
    assert Workspace.all(tmp_path / "root") == []


def test_a_register_that_is_no_database(ws: Workspace) -> None:
    (ws.folder / "register.sqlite").write_bytes(b"not a database" * 100)
    for work in (ws.settings, ws.register.runs, lambda: ws.set(a=1)):
        with pytest.raises(StorageError) as caught:
            work()
        assert caught.value.text.key == "workspace.unusable"


def test_a_failed_transaction_changes_nothing(ws: Workspace) -> None:
    ws.set(dataset="a")

    def half() -> None:
        with writing(ws.register.path) as db:
            db.execute("UPDATE settings SET value = '\"b\"'")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert ws.settings() == {"dataset": "a"}


def test_a_workspace_with_a_run_that_goes_on_is_not_deleted(ws: Workspace) -> None:
    going = ws.register.add("train", {}, process=Process.current())
    waiting = ws.register.add("train", {})
    with pytest.raises(ConflictError):
        ws.delete()
    assert ws.register.run(waiting).status == "queued"  # refused: nothing is changed
    ws.register.finish(going, "done")
    ws.delete()  # what only waits keeps no workspace, and nobody starts it later
    assert not ws.folder.exists()


def no_space(*_: object, **__: object) -> None:
    raise StorageError("workspace.full", hint="workspace.full_hint", folder="x")


def test_a_register_that_cannot_be_read_keeps_no_workspace(ws: Workspace) -> None:
    (ws.folder / "register.sqlite").write_bytes(b"not a database" * 100)
    ws.delete()
    assert not ws.folder.exists()


def test_a_full_disk_is_cleared_with_the_reserve(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What makes room or must be told is done once more when the reserve is given up."""
    reserve = ws.folder / ".reserve"
    assert reserve.stat().st_size >= 1 << 19

    def only_without_reserve(real: Callable) -> Callable:
        return lambda *args, **more: no_space() if reserve.exists() else real(*args, **more)

    ws.save_json("graph", "g", 1)
    with monkeypatch.context() as patch:
        patch.setattr(saving, "write_json", only_without_reserve(saving.write_json))
        ws.remove("graph", "g")
    assert ws.things("graph") == []
    for work in (
        lambda run: ws.register.finish(run, "done"),
        lambda run: ws.register.finish(run, "done") and ws.register.delete(run),
    ):
        ws.sweep()
        assert reserve.exists()
        run = ws.register.add("train", {}, process=Process.current())
        with monkeypatch.context() as patch:
            for module in ("register", "run_ends"):
                name = f"causalrec.workspace.register.{module}.writing"
                patch.setattr(name, only_without_reserve(writing))
            work(run)
        assert not [r for r in ws.register.runs() if r.active]


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"\xff\xfe", b"[1]", b"null", b'"x"', b"[" * 100_000]
)
def test_a_damaged_small_file_breaks_no_listing(ws: Workspace, damage: bytes) -> None:
    ws.save_json("graph", "kept", 1)
    for version in (1, 2):
        ws.save_json("graph", "hurt", version)
    ws.save_json("graph", "gone", 1)
    ws.remove("graph", "gone")
    places = {thing.name: thing.folder.parent for thing in ws.things("graph")}
    (places["hurt"] / "thing.json").write_bytes(damage)
    for note in (ws.folder / "things").rglob("last.json"):
        note.write_bytes(damage)
    (ws.folder / "about.json").write_bytes(damage)
    assert [thing.name for thing in ws.things("graph")] == ["kept"]
    assert [thing.version for thing in ws.versions("graph", "hurt")] == [1]
    assert ws.find("graph", "gone") is None
    assert ws.save_json("graph", "gone", 2).json() == 2
    assert [one.name for one in Workspace.all(ws.root)] == [ws.id]
    assert ws.created.tzinfo is not None
    ws.rename("Again")
    assert ws.name == "Again"


def test_a_workspace_over_its_quota_says_so_and_can_be_cleared(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws.save_json("graph", "large", "x" * (1 << 20))
    monkeypatch.setenv("CAUSALREC_WORKSPACE_MB", "1")
    for work in (
        lambda: ws.save_json("graph", "another", 1),
        lambda: ws.upload_path("a.csv"),
    ):
        with pytest.raises(StorageError) as caught:
            work()
        assert caught.value.text.key == "workspace.over_quota"
        assert "CAUSALREC_WORKSPACE_MB" in str(caught.value.hint)
    ws.remove("graph", "large")
    assert ws.save_json("graph", "another", 1).version == 1
    with pytest.raises(StorageError):
        ws.upload_path("a.csv", size=1 << 20)
    monkeypatch.setenv("CAUSALREC_WORKSPACE_MB", "0")  # no limit
    assert ws.upload_path("a.csv", size=1 << 30).parent.is_dir()


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "workspace.full"),
        (OSError("[Errno 28] Error writing bytes to file"), None),
        (ValueError("I/O error: No space left on device (os error 28)"), "workspace.full"),
        (OSError(errno.EROFS, "Read-only file system"), "workspace.read_only"),
        (OSError(errno.ENOENT, "No such file"), None),
        (ValueError("a quota of users"), None),
    ],
)
def test_what_a_library_says_of_a_full_disk_is_understood(
    error: Exception, key: str | None, tmp_path: Path
) -> None:
    wrapped = RuntimeError("cannot save")
    wrapped.__cause__ = error
    for one in (error, wrapped):
        known = disk_failure(one, tmp_path)
        assert (known.text.key if known else None) == key


def test_a_damaged_last_note_of_a_run_is_no_end(ws: Workspace) -> None:
    run = ws.register.add("train", {}, process=Process.current())
    folder = ws.register.runs_folder / run
    folder.mkdir(parents=True)
    for damage in ("", "{", "[1]", "null", '{"status": 7}'):
        (folder / "end.json").write_text(damage)
        assert ws.register.run(run).status == "running"


def test_the_root_is_the_environments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CAUSALREC_WORKSPACE", str(tmp_path / "x"))
    assert default_root() == tmp_path / "x"
    monkeypatch.delenv("CAUSALREC_WORKSPACE")
    monkeypatch.chdir(tmp_path)
    assert default_root() == tmp_path / "workspace"
