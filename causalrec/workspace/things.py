"""Versions of things in folders: saved whole or not at all, never changed, found by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from causalrec.core.errors import ConflictError, StorageError, unknown_name
from causalrec.core.words import Text
from causalrec.workspace.disk import saving
from causalrec.workspace.disk.failures import storage_errors
from causalrec.workspace.disk.names import check_kind, check_name, folder_of
from causalrec.workspace.disk.quota import check_quota
from causalrec.workspace.register.register import Register
from causalrec.workspace.disk.reserve import with_reserve
from causalrec.workspace.disk.thing import CARD, CONTENT, DOCUMENT, Ref, Thing, read_json

__all__ = ["KINDS", "Things"]

_LAST = "last.json"
KINDS = (
    *("dataset", "model", "graph", "effect", "design"),
    *("scenario", "forecast", "comparison", "story"),
)


class Things:
    """The things in one folder.

    Args:
        folder: the folder.
        run: id of the run on whose behalf things are read and saved.
    """

    def __init__(self, folder: Path, run: str | None = None) -> None:
        self.folder = folder
        self.run = run
        self.register = Register(folder)

    def save(
        self,
        kind: str,
        name: str,
        write: Callable[[Path], None],
        *,
        made_from: Sequence[Ref] = (),
        meta: Mapping[str, Any] | None = None,
        expect: int | None = None,
    ) -> Thing:
        """Save a new version: ``write`` fills a folder, which is then seen whole or not at all.

        Args:
            kind: what it is, such as "dataset".
            name: any string of up to 200 characters.
            write: called with an empty folder.
            made_from: the things it was made from.
            meta: JSON to keep beside it.
            expect: the version the caller believes to be the latest (0: none yet).

        Raises:
            ConflictError: somebody saved meanwhile, and ``expect`` was given.
            StorageError: the workspace is read-only, full or over its quota; nothing was changed.
        """
        name, place = check_name(name), self._place(kind, name)
        if expect is not None and self._latest(place) != expect:
            refusal = _conflict(kind, name, self._latest(place))
            raise refusal
        check_quota(self.folder)
        with storage_errors(self.folder), saving.draft_folder(self._drafts) as draft:
            content = draft / "new" / CONTENT
            content.mkdir(parents=True)
            write(content)
            thing = Thing(
                kind=kind,
                name=name,
                version=0,
                folder=content,
                created=datetime.now(UTC),
                fingerprint=saving.fingerprint(content),
                made_from=tuple(made_from),
                meta=dict(meta or {}),
                run=self.run,
            )
            saved = self._publish(thing, draft / "new", expect)
        if self.run is not None:
            self.register.add_made(self.run, saved.ref)
        return saved

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for what is made on the way; gone afterwards, or swept if the process is killed.

        Raises:
            StorageError: the workspace is read-only or full.
        """
        with ExitStack() as stack:
            with storage_errors(self.folder):
                folder = stack.enter_context(saving.draft_folder(self._drafts))
            yield folder

    def save_json(
        self,
        kind: str,
        name: str,
        document: object,
        *,
        made_from: Sequence[Ref] = (),
        meta: Mapping[str, Any] | None = None,
        expect: int | None = None,
    ) -> Thing:
        """Save a JSON document as a new version, as `save` does. Read it by `Thing.json`."""
        return self.save(
            kind, name, lambda folder: saving.write_json(folder / DOCUMENT, document), made_from=made_from, meta=meta, expect=expect
        )

    def _publish(self, thing: Thing, draft: Path, expect: int | None) -> Thing:
        place = self._place(thing.kind, thing.name)
        while True:
            version = (self._latest(place) if expect is None else expect) + 1
            card = {**thing.card(), "version": version}
            saving.write_json(draft / CARD, card)
            if saving.publish(draft, place / f"{version:06d}"):
                return Thing.read(place / f"{version:06d}")
            if expect is not None:
                refusal = _conflict(thing.kind, thing.name, self._latest(place))
                raise refusal

    def thing(self, kind: str, name: str, version: int | None = None) -> Thing:
        """A version of a thing, by default the latest.

        Raises:
            NotFoundError: there is none; the hint has the nearest names.
        """
        thing = self.find(kind, name, version)
        if thing is None:
            names = [t.name for t in self.things(kind)]
            refusal = unknown_name(
                Text(f"workspace.kind_{kind}") if kind in KINDS else kind, name, names
            )
            raise refusal
        if self.run is not None and kind == "dataset":
            self.register.note(self.run, data_fingerprint=thing.fingerprint)
        return thing

    def find(self, kind: str, name: str, version: int | None = None) -> Thing | None:
        """A version of a thing (by default the latest), or None."""
        place = self._place(kind, check_name(name))
        folder = place / f"{version or self._latest(place):06d}"
        return Thing.read(folder) if (folder / CARD).is_file() else None

    def things(self, kind: str) -> list[Thing]:
        """The latest version of each thing of a kind, newest first; damaged ones are left out."""
        shelf = self.folder / "things" / check_kind(kind)
        things = []
        for place in shelf.iterdir() if shelf.is_dir() else ():
            with suppress(StorageError):
                if (place / f"{self._latest(place):06d}").is_dir():
                    things.append(Thing.read(place / f"{self._latest(place):06d}"))
        return sorted(things, key=lambda thing: thing.created, reverse=True)

    def versions(self, kind: str, name: str) -> list[Thing]:
        """All versions of a thing, newest first; damaged ones are left out."""
        place = self._place(kind, check_name(name))
        versions = []
        for version in sorted(_numbers(place), reverse=True):
            with suppress(StorageError):
                versions.append(Thing.read(place / f"{version:06d}"))
        return versions

    def remove(self, kind: str, name: str) -> None:
        """Delete all versions of a thing; a later one of that name goes on counting.

        Raises:
            NotFoundError: there is none.
        """
        thing = self.thing(kind, name)
        place = self._place(kind, thing.name)
        with_reserve(self.folder, lambda: self._remove(place, thing.version))

    def _remove(self, place: Path, latest: int) -> None:
        with storage_errors(self.folder):
            saving.write_json(place / _LAST, latest)
            for version in _numbers(place):
                saving.remove_tree(place / f"{version:06d}", self._drafts)

    def stale(self, thing: Thing) -> tuple[Ref, ...]:
        """What the thing was made from, directly or not, that has a newer version by now."""
        stale: dict[Ref, None] = {}
        waiting, seen = list(thing.made_from), set(thing.made_from)
        while waiting:
            ref = waiting.pop(0)
            place = self._place(ref.kind, ref.name)
            if max(_numbers(place), default=0) > ref.version:
                stale[ref] = None
            source = None
            with suppress(StorageError):  # a damaged one tells nothing of its own sources
                source = self.find(ref.kind, ref.name, ref.version)
            new = [r for r in source.made_from if r not in seen] if source else []
            waiting += new
            seen.update(new)
        return tuple(stale)

    @property
    def _drafts(self) -> Path:
        return self.folder / "drafts"

    def _place(self, kind: str, name: str) -> Path:
        return self.folder / "things" / check_kind(kind) / folder_of(name)

    def _latest(self, place: Path) -> int:
        return max([*_numbers(place), _last_removed(place)])


def _numbers(place: Path) -> list[int]:
    return [int(p.name) for p in place.iterdir() if p.name.isdigit()] if place.is_dir() else []


def _last_removed(place: Path) -> int:
    """The latest version that was deleted; 0 where none was, or the note of it is damaged."""
    if not (place / _LAST).is_file():
        return 0
    try:
        latest = read_json(place / _LAST)
    except StorageError:
        return 0
    return latest if isinstance(latest, int) else 0


def _conflict(kind: str, name: str, latest: int) -> ConflictError:
    return ConflictError(
        "workspace.conflict", hint="workspace.conflict_hint", name=name, latest=latest
    )
