"""How the file was read, said and correctable, and its first rows."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from causalrec.core.errors import CausalRecError
from causalrec.data.characters.encodings import ENCODINGS
from causalrec.data.reading.files import TableFile
from causalrec.data.text.read_options import THOUSANDS
from causalrec.data.text.text_format import DELIMITERS, QUOTES
from causalrec.data.values.decimal_marks import DECIMALS
from causalrec.data.values.times import TIME_UNITS
from causalrec.ui.data import pending as waiting
from causalrec.ui.data.pending import Pending
from causalrec.ui.kit import widgets
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.session import language, plain, t

__all__ = ["how_read"]

_SHOWN_ROWS = 200
_TRUTH = {"yes": True, "no": False}
_NAMES = {"\t": "tab", " ": "space", "none": "none", "empty": "empty"}


def how_read(pending: Pending) -> TableFile | None:
    """Say what was recognised, let it be corrected; the table, None where it cannot be read."""
    table, failure = None, None
    try:
        table = waiting.table(pending)
    except CausalRecError as error:
        failure = error
    if table is not None:
        for note in table.notes:
            st.info(plain(note.to(language())), icon=":material/help:")
    else:
        _refuse(failure)
    with st.expander(
        t("page_data.how_read"),
        icon=":material/tune:",
        expanded=table is None or bool(table.notes),
        key=f"how-read-{pending.token}",
    ):
        if table is not None:
            _facts(table)
            _readings(pending, table)
        _options(pending, table)
        if table is not None:
            widgets.table(table.head(_SHOWN_ROWS), key="first-rows", height=260)
    return table


def _refuse(failure: CausalRecError | None) -> None:
    """Say why the file cannot be read; the page goes on with the ways to correct it."""
    with caught():
        if failure is not None:
            raise failure


def _facts(table: TableFile) -> None:
    shown = [f"**{plain(table.summary(language()))}**"]
    facts = [table.kind.upper(), _encoding(table), table.packed]
    if table.delimiter is not None:
        facts.append(t("page_data.delimiter_is", delimiter=_delimiter(table.delimiter)))
        facts.append(t("page_data.header_yes") if table.header else t("page_data.header_no"))
    shown.append(f":gray[{' · '.join(plain(str(f)) for f in facts if f)}]")
    st.markdown("  \n".join(shown))


def _readings(pending: Pending, table: TableFile) -> None:
    """Some cells as each of the likely encodings reads them, and a button to choose one."""
    if table.readings is None or "encoding" in pending.options:
        return
    widgets.table(table.readings, key="encoding-readings")
    with st.container(horizontal=True):
        for encoding in table.readings.columns:
            st.button(
                t("page_data.read_as", how=encoding),
                key=f"read-as-{pending.token}-{encoding}",
                on_click=waiting.keep_option,
                args=("encoding", encoding),
            )


def _encoding(table: TableFile) -> str | None:
    if table.encoding is None or table.encoding_sure == "certain":
        return table.encoding
    return t(f"page_data.encoding_{table.encoding_sure}", encoding=table.encoding)


def _delimiter(sign: str) -> str:
    return t(f"page_data.delimiter_{_NAMES[sign]}") if sign in _NAMES else sign


def _options(pending: Pending, table: TableFile | None) -> None:
    """One field an option; a change is kept with the upload and read again."""
    st.caption(t("page_data.correct_reading_help"))
    columns = [*st.columns(5), *st.columns(5)]
    kinds = ("", "csv", "jsonl", "parquet")
    _field(columns[0], pending, "kind", kinds, guess=table and table.kind)
    signs = ("", *DELIMITERS)
    _field(columns[1], pending, "delimiter", signs, guess=table and table.delimiter, new=True)
    _field(columns[2], pending, "header", ("", "yes", "no"), guess=_named(table and table.header))
    _field(columns[3], pending, "encoding", ("", *ENCODINGS), guess=table and table.encoding)
    _field(columns[4], pending, "time_unit", ("", *TIME_UNITS))
    quote = table and (table.quote or "none")
    _field(columns[5], pending, "quote", ("", *QUOTES, "none"), guess=quote)
    _field(columns[6], pending, "decimal", ("", *DECIMALS))
    _field(columns[7], pending, "thousands", ("", *THOUSANDS))
    _field(columns[8], pending, "missing", ("", "NA", "empty"), new=True)


def _field(
    place: DeltaGenerator,
    pending: Pending,
    name: str,
    choices: tuple[str, ...],
    *,
    guess: object = None,
    new: bool = False,
) -> None:
    value = str(_named(pending.options.get(name, "")))
    options = list(choices) if value in choices else [*choices, value]

    def word(choice: object) -> str:
        if choice == "":
            return t("page_data.guessed", value=word(guess)) if guess is not None else t("ui.auto")
        if choice in _TRUTH and name == "header":
            return t(f"page_data.{choice}")
        return _delimiter(str(choice))

    named = {choice: word(choice) for choice in options}
    key = f"option-{pending.token}-{name}"
    place.selectbox(
        t(f"data.option_{name}_label"),
        options,
        index=options.index(value),
        format_func=lambda choice: named.get(choice, str(choice)),
        help=t(f"data.option_{name}"),
        key=key,
        accept_new_options=new,
        on_change=_change,
        args=(name, key),
    )


def _named(value: object) -> object:
    """A truth value as the name of its choice; anything else as it is."""
    return next((n for n, truth in _TRUTH.items() if value is truth), value)


def _change(name: str, key: str) -> None:
    value = st.session_state[key]
    waiting.keep_option(name, _TRUTH.get(value, value) if name == "header" else value)
