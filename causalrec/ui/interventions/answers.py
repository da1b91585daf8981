"""Three forecasts side by side, each with its interval or the reason why it has none."""

from __future__ import annotations

import streamlit as st

from causalrec.core.errors import CausalRecError
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.ui.interventions.asking import in_words
from causalrec.ui.interventions.cache import truth_of
from causalrec.ui.kit import widgets
from causalrec.ui.kit.session import plain, say, t, workspace
from causalrec.whatif.changes.sources import KINDS
from causalrec.whatif.forecasts.forecast import Forecast, ForecastSet
from causalrec.whatif.forecasts.scenario import Scenario
from causalrec.workspace import Thing

__all__ = ["answers"]


def answers(forecasts: ForecastSet, scenario: Scenario, dataset: Thing, data: Dataset) -> None:
    """Draw the forecasts of a scenario; the truth too where the log can reveal it."""
    st.subheader(t("page_interventions.forecasts"), anchor=False)
    words = t(
        "page_interventions.against",
        after=in_words(scenario, data),
        before=forecasts.before,
    )
    st.caption(plain(words))
    outcome = forecasts.outcomes[0]
    if len(forecasts.outcomes) > 1:
        outcome = st.segmented_control(
            t("page_interventions.outcome"),
            forecasts.outcomes,
            default=outcome,
            required=True,
            format_func=lambda name: _title(say(_head(forecasts, name))),
            key="forecast-outcome",
            label_visibility="collapsed",
        )
    _cards(forecasts, outcome)
    truth = _truth(forecasts, scenario, dataset, outcome)
    if any(not f.refused for f in forecasts.of(outcome)):
        widgets.chart(forecasts, key="forecast-chart", outcome=outcome, truth=truth)
    _assumptions(forecasts.of(outcome))


def _cards(forecasts: ForecastSet, outcome: str) -> None:
    """A card a kind of method; those that are not meant for this scenario are one folded line."""
    leading = forecasts.answers(outcome)
    by_kind = {k: [f for f in forecasts.of(outcome) if f.kind == k] for k in KINDS}
    meant = [kind for kind, rows in by_kind.items() if any(f.applies for f in rows)]
    for column, kind in zip(st.columns(max(len(meant), 2)), meant, strict=False):
        with column.container(border=True, height="stretch"):
            lead = next((f for f in leading if f.kind == kind), None)
            _card(lead or by_kind[kind][0])
            _beside([f for f in by_kind[kind] if lead and f is not lead and not f.refused])
    others = [rows[0] for kind, rows in by_kind.items() if rows and kind not in meant]
    if others:
        reasons = "\n\n".join(plain(f"{say(f.label)}: {say(f.reason)}") for f in others)
        names = ", ".join(say(f.label) for f in others)
        st.caption(plain(t("page_interventions.folded", names=names)), help=reasons)


def _title(word: str) -> str:
    return word[:1].upper() + word[1:]


def _head(forecasts: ForecastSet, outcome: str) -> Text | str:
    rows = forecasts.of(outcome)
    return rows[0].head if rows else outcome


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
    """What the other estimators of the kind say, a line each, one level below."""
    if not others:
        return
    with st.expander(t("page_interventions.family", n=len(others))):
        for forecast in others:
            words = t("page_interventions.beside", method=forecast.label, **_figures(forecast))
            st.caption(plain(words))


def _card(forecast: Forecast) -> None:
    """One method's figures, or why it gives none."""
    label = say(forecast.label)
    if forecast.refused:
        st.markdown(f"**{plain(label)}**")
        st.caption(f":material/block: {t('page_interventions.refuses')}")
        st.caption(plain(say(forecast.reason)))
        return
    figures = _figures(forecast)
    ends = [forecast.shown(e.value, currency=_money()) for e in (forecast.before, forecast.after)]
    st.metric(plain(label), plain(figures.pop("value")))
    change = forecast.change
    st.caption(plain(t("ui.interval", level=change.level, n=change.n, **figures)))
    st.caption(plain(t("page_interventions.from_to", before=ends[0], after=ends[1])))
    for flag in dict.fromkeys((*change.flags, *forecast.before.flags)):
        st.caption(f":material/warning: {plain(say(flag))}")


def _truth(
    forecasts: ForecastSet, scenario: Scenario, dataset: Thing, outcome: str
) -> float | None:
    if "shop" not in dataset.meta:
        return None
    if not st.toggle(
        t("page_interventions.show_truth"), key="forecast-truth", persist_state="session"
    ):
        return None
    try:
        with st.spinner(t("page_interventions.asking_truth")):
            truths = truth_of(workspace(), scenario, dataset, forecasts.outcomes) or {}
    except CausalRecError as error:
        st.caption(plain(say(error.text)))
        return None
    if outcome not in truths:
        st.caption(t("page_interventions.no_truth"))
        return None
    _tell(truths[outcome], forecasts.of(outcome))
    return truths[outcome]


def _tell(truth: float, forecasts: tuple[Forecast, ...]) -> None:
    answering = [f for f in forecasts if not f.refused]
    held = [f for f in answering if (f.change.low or 0) <= truth <= (f.change.high or 0)]
    shown = (answering or list(forecasts))[0].shown(truth, signed=True, currency=_money())
    words = t("page_interventions.truth", value=shown, held=len(held), told=len(answering))
    st.markdown(f":material/visibility: {plain(words)}")


def _assumptions(forecasts: tuple[Forecast, ...]) -> None:
    assuming = [f for f in forecasts if f.assumptions]
    if not assuming:
        return
    with st.expander(t("page_interventions.assumptions"), icon=":material/rule:"):
        for forecast in assuming:
            st.markdown(f"**{plain(say(forecast.label))}**")
            for one in forecast.assumptions:
                st.markdown(f"- {plain(say(one))}")
