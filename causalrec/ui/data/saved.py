"""A saved dataset: its profile, its rows, new rows for it, and what has to be made again."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from causalrec.core.errors import CausalRecError
from causalrec.core.results.result import Result
from causalrec.data.dataset.mapping import MEANINGS, ROLES
from causalrec.data.preparation.measure_profile import profile
from causalrec.data.preparation.profile import Profile
from causalrec.data.storage.saved_datasets import first_rows, top_items
from causalrec.data.storage.store import notes_of, read_description
from causalrec.tasks.data.append import Append
from causalrec.tasks.data.import_data import Import
from causalrec.tasks.data.shop import Shop
from causalrec.tasks.recsys.train import Train
from causalrec.ui.data import pending as waiting
from causalrec.ui.data.runs import live_runs
from causalrec.ui.data.saving import currency
from causalrec.ui.kit import widgets
from causalrec.ui.kit.current import forget_dataset, pick_dataset
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.server import drop_upload
from causalrec.ui.kit.session import language, launcher, plain, say, t, workspace
from causalrec.workspace import Run, Thing

__all__ = ["saved"]

_KINDS = ("model", "effect", "design", "scenario", "forecast", "comparison")


def saved() -> None:
    """Draw the current dataset; another can be chosen."""
    live_runs(Shop, Import)
    thing = _chosen()
    if thing is None:  # deleted in another tab since the page began
        return
    facts = read_description(thing.folder)
    profile = _profile(str(thing.folder))
    _figures(thing, profile)
    _notes(facts)
    _out_of_date(thing)
    _charts(profile)
    _rows(thing, facts)
    _append(thing)
    _manage(thing)
    if not profile.users:
        st.caption(f":material/info: {t('page_data.no_training')}")
    widgets.next_step("train" if profile.users else "interventions")


def _chosen() -> Thing | None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        thing = pick_dataset(workspace(), t("page_data.dataset"), key="dataset")
        currency()
    return thing


@st.cache_data(max_entries=8, show_spinner=False)
def _profile(folder: str) -> Profile:
    return profile(folder)


def column_word(name: str) -> str:
    """A frame's column in the page's language: roles and outcomes that we know have words."""
    if name in ROLES:
        return t(f"data.role_{name}")
    return t(f"data.outcome_{name}") if name in MEANINGS else name


def _figures(thing: Thing, profile: Profile) -> None:
    """Version, size and period as cards."""
    cards: list[tuple[str, str]] = [(t("data.chart_rows"), f"{profile.rows:,}")]
    if profile.users:
        cards.append((t("page_data.n_users"), f"{profile.users:,}"))
    cards.append((t("page_data.n_items"), f"{profile.items:,}"))
    if profile.first is not None and profile.last is not None:
        cards.append((t("page_data.period"), f"{profile.first[:10]} – {profile.last[:10]}"))
    with st.container(horizontal=True):
        for label, value in cards:
            st.metric(label, plain(value), border=True)
    when = f"{thing.created:%Y-%m-%d %H:%M} UTC"
    words = [t("page_data.version", version=thing.version), when]
    words += [t("page_data.fingerprint", value=str(thing.meta.get("data_fingerprint", ""))[:12])]
    if "shop" in thing.meta:
        words.append(t("page_data.is_shop"))
    taken = [t(f"data.step_{step['name']}") for step in thing.meta.get("steps", ())]
    if taken:
        words.append(t("page_data.steps_taken", steps=", ".join(taken)))
    st.caption(" · ".join(words))


def _notes(facts: dict[str, Any]) -> None:
    """What was guessed or left out when the log was read."""
    notes = notes_of(facts)
    if notes:
        with st.expander(t("page_data.notes", n=len(notes)), icon=":material/info:"):
            st.markdown("\n".join(f"- {plain(say(note))}" for note in notes))


def _out_of_date(thing: Thing) -> None:
    """What was made from an older version; models can be trained again here."""
    for kind in _KINDS:
        for other in workspace().things(kind):
            stale = [ref for ref in workspace().stale(other) if ref.kind == "dataset"]
            if any(ref.name == thing.name for ref in stale):
                redo = _train_again if kind == "model" and "asked" in other.meta else None
                st.markdown(f"**{plain(other.name)}**")
                widgets.stale_note(other, redo=None if redo is None else partial(redo, other))
    run_id = st.session_state.get("data_redo_run")
    if run_id is not None:
        widgets.run_status(run_id)


def _train_again(model: Thing) -> None:
    with caught():
        asked = model.meta["asked"]
        st.session_state["data_redo_run"] = launcher().start(workspace(), Train.name, asked)


def _charts(profile: Profile) -> None:
    holes = profile.missingness
    shown: list[tuple[str, Result | None]] = [
        ("activity", profile.activity),
        ("long_tail", profile.long_tail),
        ("rates", profile.rates),
        ("sessions", profile.sessions),
        ("missingness", holes if holes.frame["missing"].any() else None),
    ]
    there = [(name, result) for name, result in shown if result is not None]
    for start in range(0, len(there), 2):
        for column, (name, result) in zip(st.columns(2), there[start : start + 2], strict=False):
            with column, st.container(border=True, height="stretch"):
                st.markdown(f"**{t(f'page_data.chart_{name}')}**")
                st.caption(plain(result.summary(language())))
                widgets.chart(result, key=f"profile-{name}")


def _rows(thing: Thing, facts: dict[str, Any]) -> None:
    left, right = st.columns([1, 1])
    with left, st.container(border=True):
        st.markdown(f"**{t('page_data.top_items')}**")
        items = _top(str(thing.folder), language())
        items.columns = [t("page_data.item"), t("data.chart_rows"), t("page_data.share")]
        form = {t("page_data.share"): st.column_config.NumberColumn(format="percent")}
        widgets.table(items, key="top-items", column_config=form)
    with right, st.container(border=True):
        st.markdown(f"**{t('page_data.first_rows')}**")
        first = _first(str(thing.folder), language())
        first = first.rename(columns={name: column_word(name) for name in first.columns})
        widgets.table(first, key="saved-rows", height=386)


@st.cache_data(max_entries=8, show_spinner=False)
def _top(folder: str, lang: str) -> pd.DataFrame:
    return top_items(Path(folder), 10, lang)


@st.cache_data(max_entries=8, show_spinner=False)
def _first(folder: str, lang: str) -> pd.DataFrame:
    return first_rows(Path(folder), 100, lang)


def _append(thing: Thing) -> None:
    """A field for a file with further rows; they become a new version."""
    with st.expander(t("page_data.append"), icon=":material/playlist_add:"):
        if "shop" in thing.meta:
            st.markdown(t("data.no_source"))
            return
        st.caption(t("page_data.append_help"))
        count = st.session_state.setdefault("data_uploads", 0)
        key = f"append-{count}"
        st.file_uploader(t("page_data.append_file"), key=key, on_change=_start_append, args=(key,))
        failure = st.session_state.pop("data_failure", None)
        if failure is not None:
            with caught():
                raise failure
        run_id = st.session_state.get("data_append_run")
        if run_id is not None:
            widgets.run_status(run_id, on_done=_appended)


def _start_append(key: str) -> None:
    sent = st.session_state.get(key)
    if not isinstance(sent, UploadedFile):  # none, or one that was taken over before
        return
    try:
        path = waiting.keep_file(workspace(), sent.name, sent)
        # The dataset that is chosen now, not the one that was when the field was drawn.
        values = {"dataset": st.session_state["dataset"], "path": str(path)}
        st.session_state["data_append_run"] = launcher().start(workspace(), Append.name, values)
    except CausalRecError as error:
        st.session_state["data_failure"] = error
    drop_upload(sent)
    st.session_state["data_uploads"] += 1


def _appended(run: Run) -> None:
    st.session_state.pop("data_append_run", None)
    st.rerun()


def _manage(thing: Thing) -> None:
    with (
        st.expander(t("page_data.versions"), icon=":material/history:"),
        st.container(horizontal=True, vertical_alignment="center"),
    ):
        versions = workspace().versions("dataset", thing.name)
        words = [
            t("page_data.one_version", version=v.version, rows=v.meta.get("rows", 0))
            for v in versions
        ]
        st.caption(" · ".join(words))
        with st.popover(t("page_data.delete"), icon=":material/delete:"):
            st.markdown(t("page_data.delete_sure", name=plain(thing.name), n=len(versions)))
            st.button(
                t("page_data.delete_yes"),
                key="delete-dataset",
                type="primary",
                on_click=_delete,
                args=(thing.name,),
            )


def _delete(name: str) -> None:
    with caught():
        workspace().remove("dataset", name)
        forget_dataset(workspace(), name)
