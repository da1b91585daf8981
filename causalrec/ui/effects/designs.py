"""A question with a date and no lottery: a small form, the answer, and what tried to break it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from causalrec.causal.designs import DESIGNS
from causalrec.causal.designs.design_effect import DesignEffect, placebo_name
from causalrec.causal.tables.panel_table import PERIODS, panel_units
from causalrec.core.words import Text, worded
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.log_outcomes import outcomes_of
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.causal.estimate_design import EstimateDesign
from causalrec.ui.effects.cache import dataset_of, moment_of
from causalrec.ui.kit import press, widgets
from causalrec.ui.kit.session import plain, say, t
from causalrec.workspace import Thing, Workspace

__all__ = ["designs"]

_MOST_UNITS, _MOST_NAMED = 400, 8


def designs(place: Workspace, dataset: Thing) -> None:
    """A closed block: what a date or a cutoff tells where nothing was randomised.

    Args:
        place: the workspace.
        dataset: the log that the page is about.
    """
    fold = st.expander(
        t("page_effects.designs"), icon=":material/event:", key="effects-designs", on_change="rerun"
    )
    if not fold.open:
        return
    with fold:
        data = dataset_of(dataset)
        if not data.has("time") and not _numbers(data):
            st.markdown(f":material/info: {t('causal.panel_no_times')}")
            return
        asked = _form(dataset, data)
        press.button(
            t("page_effects.designs_ask"),
            key="designs-ask",
            type="primary",
            icon=":material/calculate:",
            disabled=asked is None,
            act=_ask,
            args=(place, asked),
        )
        answers = [one for one in place.things("design") if one.meta.get("dataset") == dataset.name]
        if answers:
            _answer(DesignEffect.revived(answers[0].document()))


def _form(dataset: Thing, data: Dataset) -> dict[str, Any] | None:
    """What is asked; None where something is not said yet."""
    left, middle, right = st.columns(3)
    offered = [name for name in DESIGNS if data.has("time") or "time" not in DESIGNS[name].needs]
    design = str(left.selectbox(
        t("causal.param_design_label"), offered, key="designs-design",
        format_func=lambda name: say(DESIGNS[name].word()),
        help="\n".join(f"- **{say(DESIGNS[n].word())}**: {say(DESIGNS[n].word('_about'))}"
                       for n in offered),
    ))  # fmt: skip
    outcome = middle.selectbox(
        t("causal.param_outcome_label"), list(outcomes_of(data)), key="designs-outcome"
    )
    asked = {"dataset": dataset.name, "design": design, "outcome": outcome}
    needs = DESIGNS[design].needs
    if "running" in needs:
        return _cutoff(asked, data, right)
    few = DESIGNS[design].alone or "unit" not in needs
    asked["period"] = right.segmented_control(
        t("causal.param_period_label"), list(PERIODS), default="day" if few else "week",
        key=f"designs-period-{design}",
        format_func=lambda one: t(f"causal.param_period_{one}"), required=True,
    )  # fmt: skip
    if "unit" not in needs:
        return _since(asked, dataset, st.columns(3)[0])
    return _whose(asked, dataset, data)


def _whose(asked: dict[str, Any], dataset: Thing, data: Dataset) -> dict[str, Any] | None:
    """Whose the outcome is, and who was treated."""
    left, middle, right = st.columns(3)
    unit = str(left.selectbox(
        t("causal.param_panel_unit_label"), panel_units(data), key="designs-unit",
        format_func=lambda name: say(worded("causal.param_panel_unit_", name)),
    ))  # fmt: skip
    asked |= {"unit": unit, "measure": "sum" if unit in ("user", "item") else "mean"}
    method = DESIGNS[asked["design"]]
    columns = [name for name in data.covariates if _is_mark(data.frame[name])]
    ways = [*(columns if not method.alone else []), *([] if method.dates else [""])]
    if not ways:
        st.caption(t("page_effects.designs_no_mark"))
        return None
    how = middle.selectbox(
        t("causal.param_panel_treatment_label"), ways, key=f"designs-treated-{asked['design']}",
        format_func=lambda one: one or t("page_effects.designs_chosen"),
    )  # fmt: skip
    if how:
        return asked | {"treatment": how}
    names = _names(data, unit)
    chosen = right.multiselect(t("causal.param_panel_treated_label"), names, key="designs-units")
    since = _since(asked, dataset, st.columns(3)[0])
    return since | {"treated": chosen} if since and chosen else None


def _since(asked: dict[str, Any], dataset: Thing, place: Any) -> dict[str, Any] | None:  # noqa: ANN401 - a container of streamlit
    """From when on."""
    moment = moment_of(dataset, str(asked.get("treatment", "")))
    day = pd.Timestamp(moment).date() if moment else None
    start = place.date_input(t("causal.param_panel_start_label"), day, key="designs-start")
    return asked | {"start": str(start)} if start else None


def _cutoff(asked: dict[str, Any], data: Dataset, place: Any) -> dict[str, Any] | None:  # noqa: ANN401 - a container of streamlit
    """Which number decides, and from which value on."""
    names = _numbers(data)
    if not names:
        st.caption(t("page_effects.designs_no_number"))
        return None
    running = str(place.selectbox(t("causal.param_running_label"), names, key="designs-running"))
    middle = float(data.frame[running].median())
    cutoff = st.columns(3)[0].number_input(
        t("causal.param_cutoff_label"), value=middle, key=f"designs-cutoff-{running}"
    )
    return asked | {"running": running, "cutoff": float(cutoff)}


def _numbers(data: Dataset) -> list[str]:
    """Columns that may decide at a cutoff: numbers of many values."""
    columns = [name for name in ("price", *data.covariates) if name in data.frame]
    numeric = [name for name in columns if pd.api.types.is_numeric_dtype(data.frame[name])]
    return [name for name in numeric if data.frame[name].nunique() > 2 * 12]


def _is_mark(column: pd.Series) -> bool:
    """Whether a column is 0 or 1."""
    numeric = pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)
    return bool(numeric and column.dropna().isin((0, 1)).all() and column.nunique() == 2)


def _names(data: Dataset, unit: str) -> list[str]:
    """The units' names, those with the most rows first."""
    if unit in ("user", "item"):
        ids = data.user_ids if unit == "user" else data.item_ids
        often = data.frame[unit].value_counts().index[:_MOST_UNITS]
        return [str(ids[code]) for code in often]
    if unit in data.frame:
        return [str(one) for one in data.frame[unit].value_counts().index[:_MOST_UNITS]]
    assert data.items is not None
    return [str(one) for one in data.items[unit].value_counts().index[:_MOST_UNITS]]


def _ask(place: Workspace, asked: dict[str, Any]) -> None:
    """Answer at once: a panel is small."""
    with st.spinner(t("causal.working_effect")):
        run_inline(place, EstimateDesign, asked)


def _answer(effect: DesignEffect) -> None:
    """Sentence, path, what is wrong; then effects by time, placebos and assumptions."""
    st.divider()
    st.caption(plain(say(DESIGNS[effect.design].word())))
    kind = "info" if effect.refused else "unsure"
    if effect.excludes_zero and not effect.failed:
        kind = "good" if (effect.value or 0) * effect.measure.good > 0 else "bad"
    widgets.answer(effect.sentence, kind)
    if effect.refused:
        return
    for flag in effect.flags:
        st.caption(f":material/warning: {plain(say(flag))}")
    widgets.chart(effect, key="designs-path")
    if len(effect.weights):
        top = effect.weights.head(_MOST_NAMED).itertuples()
        mix = ", ".join(f"{one.name} {one.weight:.0%}" for one in top)
        st.caption(plain(t("page_effects.designs_mix", mix=mix)))
    tabs = st.tabs([t(f"page_effects.designs_{name}")
                    for name in ("placebos", "event", "assumptions")])  # fmt: skip
    with tabs[0]:
        _placebos(effect)
    with tabs[1]:
        if len(effect.event):
            widgets.chart(effect, key="designs-event", show="event")
        else:
            st.caption(t("page_effects.designs_no_event"))
    with tabs[2]:
        st.markdown(plain(say(effect.estimand)))
        st.markdown("\n".join(f"- {plain(say(one))}" for one in effect.assumptions))


def _placebos(effect: DesignEffect) -> None:
    """What was tried, and whether the answer stands it."""
    if not len(effect.placebos):
        st.caption(t("page_effects.designs_no_placebo"))
        return
    for row in effect.placebos.to_dict("records"):
        icon = ":material/check_circle:" if row["passes"] else ":material/cancel:"
        tried = Text(
            "page_effects.designs_tried",
            name=placebo_name(str(row["placebo"]), str(row["about"])),
            about=Text(f"causal.placebo_{row['placebo']}_about"),
            p=row["p"],
        )
        verdict = t(
            "page_effects.designs_holds" if row["passes"] else "page_effects.designs_breaks"
        )
        st.markdown(f"{icon} **{plain(verdict)}** {plain(say(tried))}")
    widgets.chart(effect, key="designs-placebos", show="placebos")
