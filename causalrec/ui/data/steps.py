"""The steps before saving: a switch each, its settings and its effect on the whole log."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from causalrec.core.errors import CausalRecError
from causalrec.data.preparation.findings import Findings
from causalrec.data.preparation.mends import mends
from causalrec.data.preparation.outlook import Outlook, outlook
from causalrec.data.steps import STEPS
from causalrec.data.steps.apply import Effects, StepEffect, prepare
from causalrec.data.steps.draft import Draft
from causalrec.ui.data.pending import Pending
from causalrec.ui.kit.forms import params_form
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.session import language, plain, say, t

__all__ = ["Switches", "effects"]

_LAST = "data_switches"
"""Where the switches stood last: a page that is opened again knows it before it draws them."""


class Switches:
    """The switches of the steps, drawn one by one where they are wanted.

    Attributes:
        drawn: where the effect of each step that is drawn will stand.
        chosen: the steps that are on, ``{"name": step, "params": {…}}`` each.
    """

    def __init__(self, pending: Pending, draft: Draft, checked: Findings) -> None:
        self.pending, self.draft = pending, draft
        self.steps = [name for name, step in STEPS.items() if step.fits(draft)]
        urgent = {finding.step for finding in checked.found if finding.urgent}
        self._mends = {step["name"] for step in mends(draft, checked)} | urgent
        self._useful = {finding.step for finding in checked.found}
        self.drawn: dict[str, DeltaGenerator] = {}
        self.chosen: list[dict[str, Any]] = []

    def word(self, name: str) -> str:
        """What a step is called."""
        return say(STEPS[name].word())

    def is_on(self, name: str) -> bool:
        """Whether a step is on, before its switch is drawn too."""
        before = st.session_state.get(_LAST, {}).get(self._key(name), name in self._mends)
        return bool(st.session_state.get(self._key(name), before))

    def draw(self, name: str) -> None:
        """A switch, the settings while it is on, and a place for its effect."""
        step, label = STEPS[name], self.word(name)
        if name in self._useful and name not in self._mends:
            label += f" :orange-badge[{t('page_data.finding_asks')}]"
        active = st.toggle(
            label,
            name in self._mends,
            help=say(step.word("_help")),
            key=self._key(name),
            persist_state="session",
        )
        st.session_state.setdefault(_LAST, {})[self._key(name)] = active
        values = self._settings(name) if active and step.model_fields else {}
        self.drawn[name] = st.empty()
        if active:
            self.chosen.append({"name": name, "params": values})

    def rest(self) -> None:
        """Every switch that was not drawn yet, those that a finding names first."""
        left = [name for name in self.steps if name not in self.drawn]
        for name in sorted(left, key=lambda name: name not in self._useful):
            self.draw(name)

    def _settings(self, name: str) -> dict[str, Any]:
        """The settings that matter, from what suits the rows on; others if other rows do."""
        step = STEPS[name]
        start, asked = dict(step.suggested(self.draft)), step.asks(self.draft)
        options = {field: choices for field, choices in asked.items() if choices is not None}
        facts = zlib.crc32(json.dumps([start, options], default=list).encode())
        with st.container(border=True, key=f"settings-{name}", width=560):
            return params_form(
                step,
                key=f"{self._key(name)}-{facts:x}",
                values=start or None,
                skip=tuple(field for field in step.model_fields if field not in asked),
                options=options,
            )

    def _key(self, name: str) -> str:
        return f"step-{self.pending.token}-{name}"


def effects(facts: str, switches: Switches) -> Outlook | None:
    """Show what each step does; what would be saved, None where a step cannot be done so."""
    shown: list[Outlook] = []
    with caught(), st.spinner(t("data.steps_work")):
        key = json.dumps([facts, switches.chosen], default=str)
        answer = _prepare(key, switches.draft, switches.chosen)
        if isinstance(answer, CausalRecError):
            raise answer
        done, saved = answer
        for effect in done.steps:
            _effect(switches.drawn, effect)
        shown.append(saved)
    return shown[0] if shown else None


def _effect(places: Mapping[str, DeltaGenerator], effect: StepEffect) -> None:
    words = plain(effect.summary(language()))
    if effect.alarm is not None:
        places[effect.step].warning(words, icon=":material/warning:")
    else:
        places[effect.step].markdown(f":green[:material/check:] {words}")


@st.cache_resource(max_entries=8, show_spinner=False)
def _prepare(
    facts: str, _draft: Draft, _chosen: list[dict[str, Any]]
) -> tuple[Effects, Outlook] | CausalRecError:
    try:
        prepared, done = prepare(_draft, _chosen)
        return done, outlook(prepared, len(_draft.frame))
    except CausalRecError as error:
        return error
