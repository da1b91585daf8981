"""What is odd about the rows: looked for, and shown, the serious first and each with its mend."""

from __future__ import annotations

import json

import streamlit as st

from causalrec.data.preparation.checks import find
from causalrec.data.preparation.findings import Finding, Findings
from causalrec.data.reading.files import TableFile
from causalrec.data.steps.draft import Draft
from causalrec.ui.data.pending import Pending
from causalrec.ui.data.questions import ask, asks
from causalrec.ui.data.steps import Switches
from causalrec.ui.kit import widgets
from causalrec.ui.kit.session import plain, say, t

__all__ = ["checked", "facts", "findings", "later"]

_AT_ONCE = 100_000
"""Rows that are checked in the same run as their table is shown."""
_PAUSE = 1.0
"""Seconds for the browser to fetch and draw the first rows of a bigger table."""
_CHECKED, _TURN = "data_checked", "data_turn"


def later(table: TableFile) -> bool:
    """Whether the checks wait: a big table is on screen before they take the processor."""
    if table.rows <= _AT_ONCE or st.session_state.get(_CHECKED) == table.path:
        return False
    st.session_state[_TURN] = "drawn with the page"
    _soon(table.path)
    return True


@st.fragment(run_every=_PAUSE)
def _soon(path: str) -> None:
    """Say that the checks come; the browser's first call for this part lets them begin."""
    if st.session_state.pop(_TURN, None) is None:
        st.session_state[_CHECKED] = path
        st.rerun()
    st.caption(f":material/hourglass_top: {t('data.checking_work')}")


def checked(draft: Draft, table: TableFile) -> Findings:
    """What is odd about the rows."""
    with st.spinner(t("data.checking_work")):
        return _find(facts(draft, table), draft, table)


def facts(draft: Draft, table: TableFile) -> str:
    """What the checks depend on; the frames themselves are not hashed."""
    sides = [None if f is None else f.shape for f in (draft.items, draft.users)]
    return json.dumps([table.path, draft.mapping.model_dump_json(), draft.time_unit, sides])


@st.cache_resource(max_entries=4, show_spinner=False)
def _find(facts: str, _draft: Draft, _table: TableFile) -> Findings:
    return find(_draft, _table)


def findings(pending: Pending, found: Findings, switches: Switches) -> None:
    """The serious findings with the switches that mend them; the harmless ones fold."""
    odd = [f for f in found.found if f.name != "reading"]  # said where the file is read
    if not odd:
        st.markdown(f":green[:material/check_circle:] {t('data.no_findings')}")
        return
    for finding in odd:
        if finding.serious:
            _serious(pending, finding, switches)
    harmless = [f for f in odd if not f.serious]
    if harmless:
        with st.expander(
            t("page_data.more_findings", n=len(harmless)),
            icon=":material/info:",
            key=f"harmless-{pending.token}",
        ):
            for finding in harmless:
                st.markdown(f"{plain(say(finding.message))} :gray[{plain(say(finding.action))}]")
                widgets.table(finding.examples, key=f"examples-{finding.message[:40]}")


def _serious(pending: Pending, finding: Finding, switches: Switches) -> None:
    """A finding in a line that says what becomes of it; inside, the mend and example rows."""
    on = finding.step is not None and switches.is_on(finding.step)
    label = plain(say(finding.message))
    if on:
        label += f" :green-badge[:material/check: {switches.word(str(finding.step))}]"
    elif asks(finding) or finding.step is not None:
        label += f" :orange-badge[{t('page_data.open_question')}]"
    else:
        label += f" :gray[{plain(say(finding.action))}]"
    icon = ":material/check:" if on else ":material/error:" if finding.urgent else None
    with st.expander(
        label,
        icon=icon or (":material/help:" if asks(finding) else ":material/warning:"),
        expanded=asks(finding) or finding.name.startswith("wanted"),
        key=f"finding-{pending.token}-{finding.name}-{finding.message.values.get('role', '')}"
        f"{finding.message.values.get('column', '')}",
    ):
        if not on and (asks(finding) or finding.step is not None):
            st.markdown(f"**{t('page_data.will_be_done')}** {plain(say(finding.action))}")
        ask(pending, finding)
        if finding.step is not None and finding.step not in switches.drawn:
            switches.draw(finding.step)
        if len(finding.examples):
            st.caption(t("page_data.examples"))
            widgets.table(finding.examples, key=f"examples-{finding.message[:40]}")
