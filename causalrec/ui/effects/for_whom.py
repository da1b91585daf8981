"""For whom: whether the effect differs between users, and who should get it."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from causalrec.causal.effects.effect import Effect
from causalrec.causal.heterogeneity.uplift_result import Uplift
from causalrec.core.untrusted.spreadsheet import to_csv
from causalrec.core.words.conditions import people
from causalrec.runs.record.runner import load_result
from causalrec.tasks.causal.for_whom import ForWhom
from causalrec.ui.kit import press, widgets
from causalrec.ui.kit.pages import PAGES
from causalrec.ui.kit.session import language, launcher, plain, query, say, t
from causalrec.whatif.forecasts.scenario import Scenario, Step
from causalrec.whatif.interventions import INTERVENTIONS
from causalrec.whatif.interventions.intervention_kinds import TREATMENT
from causalrec.workspace import Run, Thing, Workspace

__all__ = ["for_whom"]

SHOWS = ("groups", "gains", "segments")


def for_whom(place: Workspace, thing: Thing, effect: Effect) -> None:
    """A closed block: a run on demand, its verdict, and what goes with the difference.

    Args:
        place: the workspace.
        thing: the saved effect.
        effect: what it holds.
    """
    if effect.refused or not effect.arms or not effect.causal:
        return
    fold = st.expander(
        t("page_effects.for_whom"), icon=":material/groups:", key="effects-for-whom",
        on_change="rerun",
    )  # fmt: skip
    if not fold.open:
        return
    with fold:
        st.caption(t("page_effects.for_whom_note"))
        run = _latest(place, thing)
        if run is None or not run.active:
            _ask(place, thing, again=run is not None)
        if run is None:
            return
        run = widgets.run_status(run.id, metrics=False) if run.active else run
        if run.status == "done":
            _answer(place, thing, _result(place, run.id))
        elif not run.active:
            widgets.run_status(run.id, metrics=False)


def _latest(place: Workspace, thing: Thing) -> Run | None:
    """The last run about this version of the effect."""
    runs = (run for run in place.register.runs(ForWhom.name) if run.params["effect"] == thing.name)
    last = next(runs, None)
    return last if last is not None and last.created >= thing.created else None


def _ask(place: Workspace, thing: Thing, *, again: bool) -> None:
    """What treating one costs, and the button."""
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    cost = left.number_input(
        t("causal.param_uplift_cost_label"), value=0.0, help=t("causal.param_uplift_cost"),
        key=f"effects-for-whom-cost-{thing.name}", format="%.4g",
    )  # fmt: skip
    press.button(
        t("page_effects.for_whom_again" if again else "page_effects.for_whom_ask"),
        key="effects-for-whom-ask", icon=":material/groups:", act=_start,
        args=(place, thing.name, cost), place=right,
    )  # fmt: skip


def _start(place: Workspace, name: str, cost: float) -> None:
    launcher().start(place, ForWhom.name, {"effect": name, "cost": cost})


@st.cache_data(show_spinner=False, max_entries=32)
def _document(folder: str, run_id: str, _place: Workspace) -> str:
    return load_result(_place, run_id).model_dump_json()


def _result(place: Workspace, run_id: str) -> Uplift:
    return Uplift.revived(_document(str(place.folder), run_id, place))


def _answer(place: Workspace, thing: Thing, result: Uplift) -> None:
    """The verdict in a sentence; charts only where there is evidence."""
    widgets.answer(result.summary(language()))
    for flag in result.flags:
        if flag not in result.effect.flags:
            st.caption(f":material/warning: {plain(say(flag))}")
    if result.differs:
        left, right = st.columns(2)
        for column, show in ((left, "groups"), (right, "gains")):
            with column.container(border=True, height="stretch"):
                st.markdown(f"**{t(f'page_effects.for_whom_{show}')}**")
                widgets.chart(result, key=f"effects-for-whom-{show}", show=show)
        with st.container(border=True):
            st.markdown(f"**{t('page_effects.for_whom_segments')}**")
            if result.driver_sentence is not None:
                st.markdown(plain(say(result.driver_sentence)))
            widgets.chart(result, key="effects-for-whom-segments", show="segments")
            st.caption(t("page_effects.for_whom_segments_note", level=result.level))
        _rule(place, thing, result)
    if not result.refused:
        widgets.downloads(
            [
                ("for-whom.csv", to_csv(result.to_frame()), "text/csv"),
                ("for-whom.json", result.model_dump_json(indent=1), "application/json"),
            ],
            key="effects-for-whom-download",
        )


def _rule(place: Workspace, thing: Thing, result: Uplift) -> None:
    """Who should get it, and a scenario for each group."""
    if result.rule_sentence is None:
        return
    with st.container(border=True):
        st.markdown(f"**{t('page_effects.for_whom_rule')}**")
        st.markdown(plain(say(result.rule_sentence)))
        groups = [str(one) for one in result.leaves.loc[result.leaves["treats"], "segment"] if one]
        for at, segment in enumerate(groups):
            if st.button(
                plain(t("page_effects.for_whom_try", whom=say(people(segment)))),
                key=f"effects-for-whom-try-{at}", icon=":material/arrow_forward:",
            ):  # fmt: skip
                name = _scenario(place, thing, result, segment)
                script = PAGES["interventions"].script
                st.switch_page(str(script), query_params=query() | {"scenario": name})


def _scenario(place: Workspace, thing: Thing, result: Uplift, segment: str) -> str:
    """A saved scenario that gives the treatment to a segment; its name."""
    asked = thing.meta["asked"]
    effect = result.effect
    value: float | str = effect.arms[1]
    with suppress(ValueError):
        value = float(value)
    node = asked.get("treatment") or effect.treatment
    step = Step.make(
        {
            "name": INTERVENTIONS.where(on=TREATMENT)[0],
            "params": {"node": node, "value": value, "segment": segment},
        }
    )
    name = t(
        "page_effects.for_whom_scenario", treatment=effect.treatment, whom=say(people(segment))
    )
    scenario = Scenario.make(
        {
            "name": name, "dataset": asked["dataset"], "interventions": [step],
            "graph": asked.get("graph"), "outcome": asked.get("outcome") or effect.outcome,
            "date": effect.date,
        }
    )  # fmt: skip
    document = scenario.model_dump(mode="json")
    kept = place.find("scenario", name)
    if kept is None or kept.document() != document:
        made_from = [ref for ref in thing.made_from if ref.kind != "model"]
        place.save_json("scenario", name, document, made_from=made_from)
    return name
