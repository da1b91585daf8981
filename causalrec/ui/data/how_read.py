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
from causalrec.ui.kit.session import language, plain, t, workspace

__all__ = ["how_read"]

_SHOWN_ROWS = 200
_NAMES = {"\t": "tab", " ": "space", "none": "none", "empty": "empty"}


def how_read(pending: Pending) -> TableFile | None:
    """Say what was recognised, let it be corrected; the table, None where it cannot be read."""
    st.header(t("page_data.how_read"), anchor=False)
    table, failure = None, None
    try:
        table = waiting.table(pending)
    except CausalRecError as error:
        failure = error
    if table is not None:
        _facts(table)
        _readings(pending, table)
    with st.expander(
        t("page_data.correct_reading"), icon=":material/tune:", expanded=failure is not None
    ):
        _options(pending, table)
    if table is None:
        _refuse(failure)
        return None
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
    for note in table.notes:
        st.info(plain(note.to(language())), icon=":material/help:")


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
                on_click=_set,
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
    _field(columns[2], pending, "header", ("", True, False), guess=table and table.header)
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
    choices: tuple[str | bool, ...],
    *,
    guess: object = None,
    new: bool = False,
) -> None:
    value = pending.options.get(name, "")
    options = list(choices) if value in choices else [*choices, value]

    def word(choice: object) -> str:
        if choice == "":
            return t("page_data.guessed", value=word(guess)) if guess is not None else t("ui.auto")
        if isinstance(choice, bool):
            return t("page_data.yes") if choice else t("page_data.no")
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


def _change(name: str, key: str) -> None:
    _keep(name, st.session_state[key])


def _set(name: str, value: str) -> None:
    """Keep an option; its field below shows the same answer."""
    pending = waiting.read(workspace())
    if pending is not None:
        st.session_state[f"option-{pending.token}-{name}"] = value
        _keep(name, value)


def _keep(name: str, value: object) -> None:
    pending = waiting.read(workspace())
    if pending is None:
        return
    options = {**pending.options, name: value}
    if value in ("", None):
        del options[name]
    waiting.write(workspace(), Pending(**{**vars(pending), "options": options}))
