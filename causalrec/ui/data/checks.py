"""What is odd about the rows, and the steps that can be switched on, each with its effect."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from causalrec.core.errors import CausalRecError
from causalrec.data.preparation.checks import find
from causalrec.data.preparation.findings import Finding, Findings
from causalrec.data.reading.files import TableFile
from causalrec.data.steps import STEPS
from causalrec.data.steps.apply import Effects, prepare
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step
from causalrec.ui.data.pending import Pending
from causalrec.ui.data.questions import ask, asks
from causalrec.ui.kit import widgets
from causalrec.ui.kit.forms import params_form
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.session import language, plain, say, t

__all__ = ["findings", "later", "steps"]

_SHOWN = 5
_AT_ONCE = 100_000
"""Rows that are checked in the same run as their table is shown."""
_PAUSE = 1.0
"""Seconds for the browser to fetch and draw the first rows of a bigger table."""
_CHECKED, _TURN = "data_checked", "data_turn"


def later(table: TableFile) -> bool:
    """Whether the checks wait: a big table is on screen before they take the processor."""
    if table.rows <= _AT_ONCE or st.session_state.get(_CHECKED) == table.path:
        return False
    st.header(t("page_data.findings"), anchor=False)
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


def findings(pending: Pending, draft: Draft, table: TableFile) -> Findings:
    """Draw what is odd; gives it for the steps."""
    st.header(t("page_data.findings"), anchor=False)
    facts = _facts(draft, table)
    with st.spinner(t("data.checking_work")):
        every = _find(facts, draft, table)
    odd = [f for f in every.found if f.name != "reading"]  # said above, where it is corrected
    if not odd:
        st.markdown(f":green[:material/check_circle:] {t('data.no_findings')}")
        return every
    first = sorted(odd, key=lambda f: not (f.urgent or asks(f)))
    shown = max(_SHOWN, sum(f.urgent or asks(f) for f in first))
    for finding in first[:shown]:
        _finding(pending, finding)
    if len(first) > shown:
        rest = first[shown:]
        with st.expander(t("page_data.more_findings", n=len(rest))):
            for finding in rest:
                _line(finding)
                widgets.table(finding.examples, key=f"examples-{finding.message[:40]}")
    return every


def _facts(draft: Draft, table: TableFile) -> str:
    """What the checks depend on; the frames themselves are not hashed."""
    sides = [None if f is None else f.shape for f in (draft.items, draft.users)]
    return json.dumps([table.path, draft.mapping.model_dump_json(), draft.time_unit, sides])


@st.cache_resource(max_entries=4, show_spinner=False)
def _find(facts: str, _draft: Draft, _table: TableFile) -> Findings:
    return find(_draft, _table)


def _finding(pending: Pending, finding: Finding) -> None:
    icon = ":material/error:" if finding.urgent else ":material/info:"
    icon = ":material/help:" if asks(finding) else icon
    with st.expander(
        plain(say(finding.message)), icon=icon, expanded=finding.urgent or asks(finding)
    ):
        st.markdown(f"**{t('page_data.will_be_done')}** {plain(say(finding.action))}")
        ask(pending, finding)
        if len(finding.examples):
            st.caption(t("page_data.examples"))
            widgets.table(finding.examples, key=f"examples-{finding.message[:40]}")


def _line(finding: Finding) -> None:
    st.markdown(f"{plain(say(finding.message))} :gray[{plain(say(finding.action))}]")


def steps(
    pending: Pending, draft: Draft, table: TableFile, checked: Findings
) -> list[dict[str, Any]] | None:
    """Draw the steps; those switched on, None where one of them cannot be done so."""
    st.header(t("page_data.steps"), anchor=False)
    st.caption(t("page_data.steps_help"))
    needed = {f.step for f in checked.found if f.urgent}
    useful = {f.step for f in checked.found if f.step}
    can = [name for name, step in STEPS.items() if step.fits(draft)]
    first = sorted(can, key=lambda name: name not in useful)
    chosen = []
    with st.container(border=True):
        for name in first:
            one = _step(pending, draft, STEPS[name], on=name in needed, useful=name in useful)
            if one is not None:
                chosen.append(one)
    return chosen if _effects(draft, table, chosen) else None


def _step(
    pending: Pending, draft: Draft, step: type[Step], *, on: bool, useful: bool
) -> dict[str, Any] | None:
    """A switch, and the step's settings while it is on."""
    label = say(step.word())
    if useful:
        label += f" :orange-badge[{t('page_data.finding_asks')}]"
    active = st.toggle(
        label,
        on,
        help=say(step.word("_help")),
        key=f"step-{pending.token}-{step.name}",
        persist_state="session",
    )
    if not active:
        return None
    values: dict[str, Any] = {}
    if step.model_fields:
        with st.container(border=True, key=f"settings-{step.name}", width=560):
            start = dict(step.suggested(draft)) or None
            values = params_form(step, key=f"step-{pending.token}-{step.name}", values=start)
    return {"name": step.name, "params": values}


def _effects(draft: Draft, table: TableFile, chosen: list[dict[str, Any]]) -> bool:
    """Rows before and after each step; False where a step refuses."""
    if not chosen:
        st.caption(t("page_data.no_steps"))
        return True
    applied = []
    with caught(), st.spinner(t("data.steps_work")):
        facts = json.dumps([_facts(draft, table), chosen], default=str)
        effects = _prepare(facts, draft, chosen)
        if isinstance(effects, CausalRecError):
            raise effects
        for effect in effects.steps:
            st.markdown(
                f":green[:material/check:] {plain(effect.summary(language()))}",
            )
        applied.append(effects)
    return bool(applied)


@st.cache_resource(max_entries=8, show_spinner=False)
def _prepare(facts: str, _draft: Draft, _chosen: list[dict[str, Any]]) -> Effects | CausalRecError:
    try:
        return prepare(_draft, _chosen)[1]
    except CausalRecError as error:
        return error
