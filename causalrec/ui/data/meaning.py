"""What the columns mean: guessed, corrected by the person, shown as it will be understood."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from causalrec.core.errors import DataError
from causalrec.data.dataset.mapping import MEANINGS, ColumnMapping, meaning_of
from causalrec.data.preparation.event_values import event_values
from causalrec.data.reading.files import TableFile
from causalrec.data.roles.guess_mapping import RoleGuess, guess_roles
from causalrec.data.steps.draft import Draft
from causalrec.data.values.ids import NO_ID_WORDS
from causalrec.ui.data.pending import Pending, keep_role
from causalrec.ui.kit import widgets
from causalrec.ui.kit.session import plain, say, t

__all__ = ["meaning"]

_FIRST = ("user", "item", "time")
_MORE = ("exposed", "propensity", "position", "price", "category", "session")
_LOOK_AT = 20_000
_NONE = ""


def meaning(pending: Pending, table: TableFile) -> ColumnMapping:
    """Draw the roles; the mapping that they make.

    Raises:
        DataError: no item column is chosen, or a column has two roles.
    """
    guess = _guess(table.path, table.columns)
    if questions := guess.notes():
        listed = "\n".join(f"- {plain(say(note))}" for note in questions)
        st.warning(f"{t('page_data.unsure')}\n{listed}", icon=":material/help:")
    with st.expander(
        t("page_data.meaning"),
        icon=":material/view_column:",
        expanded=bool(questions) or "item" not in guess.roles,
        key=f"meaning-{pending.token}",
    ):
        st.caption(t("page_data.meaning_help"))
        chosen = _roles(pending, table, guess)
        chosen |= _writing(pending)
        mapping = _mapping(chosen)
        _explain(mapping, table)
        st.markdown(f"**{t('page_data.preview')}** :gray[{t('page_data.preview_help')}]")
        _preview(table, mapping, pending.options.get("time_unit"))
    return mapping


@st.cache_resource(max_entries=4, show_spinner=False)
def _guess(path: str, columns: tuple[str, ...]) -> RoleGuess:
    from causalrec.data.reading.files import spread_sample

    return guess_roles(spread_sample(path, _LOOK_AT))


def _roles(pending: Pending, table: TableFile, guess: RoleGuess) -> dict[str, Any]:
    """One field a role; ``{role: column}`` and the columns of outcomes, text and covariates."""
    chosen: dict[str, Any] = {}
    for place, role in zip(st.columns(3), _FIRST, strict=True):
        chosen[role] = _column(place, pending, table, role, guess=guess.roles.get(role))
    st.markdown(f"**{t('page_data.outcomes')}** :gray[{t('page_data.outcomes_help')}]")
    places = st.columns(5)
    chosen["outcomes"] = {
        meaning: _column(place, pending, table, meaning, guess=guess.outcomes.get(meaning))
        for place, meaning in zip(places, MEANINGS, strict=False)
    }
    chosen["event"] = _column(places[4], pending, table, "event", guess=guess.roles.get("event"))
    others = _others(pending, table, guess)
    chosen["outcomes"].update({column: column for column in others})
    st.markdown(f"**{t('page_data.context')}** :gray[{t('page_data.context_help')}]")
    for row in (_MORE[:3], _MORE[3:]):
        for place, role in zip(st.columns(3), row, strict=True):
            chosen[role] = _column(place, pending, table, role, guess=guess.roles.get(role))
    left, right = st.columns(2)
    chosen["covariates"] = _columns(left, pending, table, "covariates", guess=guess.covariates)
    chosen["text"] = _columns(right, pending, table, "text", guess=guess.text)
    return chosen


def _column(
    place: DeltaGenerator, pending: Pending, table: TableFile, role: str, *, guess: str | None
) -> str | None:
    options, nothing = [_NONE, *table.columns], t("page_data.no_column")
    word = f"data.outcome_{role}" if role in MEANINGS else f"data.role_{role}"
    kept = pending.roles.get(role, guess or _NONE)
    kept = kept if kept in options else _NONE
    chosen: str = place.selectbox(
        _title(t(word)),
        options,
        index=options.index(kept),
        format_func=lambda column: nothing if column == _NONE else column,
        help=t(f"page_data.help_{role}"),
        key=f"role-{pending.token}-{table.path[-24:]}-{role}",
        persist_state="session",
    )
    if chosen != kept:
        keep_role(role, chosen)
    return chosen or None


def _title(word: str) -> str:
    return word[:1].upper() + word[1:]


def _columns(
    place: DeltaGenerator, pending: Pending, table: TableFile, role: str, *, guess: tuple[str, ...]
) -> tuple[str, ...]:
    kept = [one for one in pending.roles.get(role, guess) if one in table.columns]
    chosen = place.multiselect(
        _title(t(f"data.role_{role}")),
        list(table.columns),
        default=kept,
        placeholder=t("page_data.no_column"),
        help=t(f"page_data.help_{role}"),
        key=f"role-{pending.token}-{table.path[-24:]}-{role}",
        persist_state="session",
    )
    if chosen != kept:
        keep_role(role, chosen)
    return tuple(chosen)


def _others(pending: Pending, table: TableFile, guess: RoleGuess) -> tuple[str, ...]:
    guessed = tuple(column for name, column in guess.outcomes.items() if name not in MEANINGS)
    return _columns(st.container(), pending, table, "other_outcomes", guess=guessed)


def _writing(pending: Pending) -> dict[str, Any]:
    """How ids and numbers are written where the whole column does not tell."""
    auto = t("ui.auto")
    with st.expander(t("page_data.writing"), icon=":material/edit_note:"):
        left, right = st.columns(2)
        missing = left.multiselect(
            t("page_data.missing_ids"),
            list(NO_ID_WORDS),
            default=[],
            placeholder=t("page_data.missing_none"),
            help=t("page_data.missing_ids_help"),
            key=f"missing-{pending.token}",
            accept_new_options=True,
            persist_state="session",
        )
        decimal = right.selectbox(
            t("page_data.decimal"),
            (_NONE, ".", ","),
            format_func=lambda sign: sign or auto,
            help=t("page_data.decimal_help"),
            key=f"decimal-{pending.token}",
            persist_state="session",
        )
    return {"missing": tuple(missing), "decimal": decimal or None}


def _mapping(chosen: dict[str, Any]) -> ColumnMapping:
    if chosen["item"] is None:
        raise DataError("data.no_item_guess", hint="data.no_item_guess_hint")
    outcomes = {name: column for name, column in chosen.pop("outcomes").items() if column}
    return ColumnMapping(**chosen, outcomes=outcomes or None)


def _explain(mapping: ColumnMapping, table: TableFile) -> None:
    """What the choice amounts to, in a sentence or two."""
    lines = []
    if mapping.user is None:
        lines.append(t("page_data.no_user"))
    if mapping.event is not None:
        values = event_values(table.path, mapping.event)
        words = ", ".join(_event_word(value) for value in values[:8])
        lines.append(t("page_data.event_values", values=words))
    if not mapping.named_outcomes and mapping.event is None:
        lines.append(t("page_data.no_outcome"))
    for line in lines:
        st.caption(f":material/info: {line}")


def _event_word(value: str) -> str:
    word = meaning_of(value)
    return f"{plain(value)} → {t(f'data.outcome_{word}')}" if word else plain(value)


def _preview(table: TableFile, mapping: ColumnMapping, time_unit: str | None) -> None:
    """The first rows under their roles, times and numbers read as they will be."""
    mapping.check(table.columns)
    head = Draft(table.head(100), mapping, time_unit=time_unit)
    shown: dict[str, pd.Series] = {}
    for role in (*_FIRST, "event", *_MORE):
        column = getattr(mapping, role)
        if column is not None:
            shown[t(f"data.role_{role}")] = head.frame[column]
    times = head.times()
    if times is not None:
        shown[t("data.role_time")] = times
    for name, column in mapping.named_outcomes.items():
        word = t(f"data.outcome_{name}") if name in MEANINGS else name
        shown[word] = head.numbers(column)
    for column in (*mapping.text, *mapping.covariates)[:12]:
        shown.setdefault(column, head.frame[column])
    widgets.table(pd.DataFrame(shown), key="preview", height=220)
