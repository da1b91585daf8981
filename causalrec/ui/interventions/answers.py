"""Three forecasts side by side, each with its interval or the reason why it has none."""

from __future__ import annotations

import streamlit as st

from causalrec.core.errors import CausalRecError
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.ui.interventions.cache import truth_of
from causalrec.ui.interventions.pickers import in_titles
from causalrec.ui.kit import widgets as parts
from causalrec.ui.kit.session import plain, say, t, workspace
from causalrec.whatif.changes.sources import KINDS
from causalrec.whatif.forecasts.forecast import Forecast, ForecastSet
from causalrec.whatif.forecasts.scenario import Scenario, sentence_of
from causalrec.whatif.interventions.intervention_kinds import TREATMENT
from causalrec.workspace import Thing

__all__ = ["answers", "headline"]

_KIND = {"agree": "info", "one": "info"}


def headline(made: ForecastSet) -> None:
    """The answer on top of the page: one line an outcome, each with every method's figures."""
    told = [made.sentence(outcome) for outcome in made.outcomes if made.answers(outcome)]
    if not told:
        reasons = [text for outcome in made.outcomes for text in made.refusals(outcome)]
        lines = [t("page_interventions.cannot_tell"), *(say(text) for text in reasons[:1])]
        parts.answer("\n".join(lines), "unsure")
        return
    kinds = {_KIND.get(made.agreement(outcome), "unsure") for outcome in made.outcomes}
    parts.answer("\n".join(say(text) for text in told), "unsure" if "unsure" in kinds else "info")


def answers(made: ForecastSet, scenario: Scenario, dataset: Thing, data: Dataset) -> None:
    """Draw the forecasts of a scenario; the truth too where the log can reveal it."""
    st.subheader(t("page_interventions.forecasts"), anchor=False)
    words = t("page_interventions.against", after=_after(made, scenario, data), before=made.before)
    st.caption(plain(words))
    outcome = made.outcomes[0]
    if len(made.outcomes) > 1:
        outcome = st.segmented_control(
            t("page_interventions.outcome"),
            made.outcomes,
            default=outcome,
            required=True,
            format_func=lambda name: _title(say(_head(made, name))),
            key="forecast-outcome",
            label_visibility="collapsed",
        )
    leading = made.answers(outcome)
    for column, kind in zip(st.columns(len(KINDS)), KINDS, strict=True):
        with column:
            known = [f for f in made.of(outcome) if f.kind == kind]
            lead = next((f for f in leading if f.kind == kind), None)
            for forecast in [lead] if lead else known[:1]:
                _card(forecast)
            _beside([f for f in known if lead and f is not lead and not f.refused])
    truth = _truth(made, scenario, dataset, outcome)
    if any(not f.refused for f in made.of(outcome)):
        parts.chart(made, key="forecast-chart", outcome=outcome, truth=truth)
    _assumptions(made.of(outcome))


def _title(word: str) -> str:
    return word[:1].upper() + word[1:]


def _head(made: ForecastSet, outcome: str) -> Text | str:
    known = made.of(outcome)
    return known[0].head if known else outcome


def _money() -> str:
    return str(workspace().settings().get("currency") or "")


def _figures(forecast: Forecast) -> dict[str, str]:
    """Change, low and high as people read them."""
    change = forecast.change
    values = {"value": change.value, "low": change.low, "high": change.high}
    return {
        name: say(forecast.shown(value, signed=True, currency=_money()))
        for name, value in values.items()
    }


def _beside(others: list[Forecast]) -> None:
    """What the other estimators of the kind say, in a line each."""
    for forecast in others:
        words = t("page_interventions.beside", method=forecast.label, **_figures(forecast))
        st.caption(plain(words))


def _after(made: ForecastSet, scenario: Scenario, data: Dataset) -> Text:
    """What is changed, with titles instead of ids."""
    if scenario.on == TREATMENT:
        return made.after
    steps = tuple(in_titles(step, data) for step in scenario.interventions)
    return sentence_of(scenario.model_copy(update={"interventions": steps}))


def _card(forecast: Forecast) -> None:
    label = say(forecast.label)
    if forecast.refused:
        with st.container(border=True):
            st.markdown(f"**{plain(label)}**")
            icon = ":material/block:" if forecast.applies else ":material/do_not_disturb_on:"
            kind = "refuses" if forecast.applies else "not_applicable"
            st.caption(f"{icon} {t(f'page_interventions.{kind}')}")
            st.caption(plain(say(forecast.reason)))
        return
    told = _figures(forecast)
    ends = [forecast.shown(e.value, currency=_money()) for e in (forecast.before, forecast.after)]
    with st.container(border=True):
        st.metric(plain(label), plain(told.pop("value")))
        change = forecast.change
        st.caption(plain(t("ui.interval", level=change.level, n=change.n, **told)))
        st.caption(plain(t("page_interventions.from_to", before=ends[0], after=ends[1])))
        for flag in dict.fromkeys((*change.flags, *forecast.before.flags)):
            st.caption(f":material/warning: {plain(say(flag))}")


def _truth(made: ForecastSet, scenario: Scenario, dataset: Thing, outcome: str) -> float | None:
    if "shop" not in dataset.meta:
        return None
    if not st.toggle(
        t("page_interventions.show_truth"), key="forecast-truth", persist_state="session"
    ):
        return None
    try:
        with st.spinner(t("page_interventions.asking_truth")):
            truths = truth_of(workspace(), scenario, dataset, made.outcomes) or {}
    except CausalRecError as error:
        st.caption(plain(say(error.text)))
        return None
    if outcome not in truths:
        st.caption(t("page_interventions.no_truth"))
        return None
    _tell(truths[outcome], made.of(outcome))
    return truths[outcome]


def _tell(truth: float, forecasts: tuple[Forecast, ...]) -> None:
    told = [f for f in forecasts if not f.refused]
    held = [f for f in told if (f.change.low or 0) <= truth <= (f.change.high or 0)]
    shown = (told or list(forecasts))[0].shown(truth, signed=True, currency=_money())
    words = t("page_interventions.truth", value=shown, held=len(held), told=len(told))
    st.markdown(f":material/visibility: {plain(words)}")


def _assumptions(forecasts: tuple[Forecast, ...]) -> None:
    told = [f for f in forecasts if f.assumptions]
    if not told:
        return
    with st.expander(t("page_interventions.assumptions"), icon=":material/rule:"):
        for forecast in told:
            st.markdown(f"**{plain(say(forecast.label))}**")
            for one in forecast.assumptions:
                st.markdown(f"- {plain(say(one))}")
