"""Every chart that is registered shows a name that looks like markup as what it is: text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import causalrec.plots  # noqa: F401 - registers the drawings
from causalrec.causal.attribution.anomaly import AnomalyTrace
from causalrec.causal.attribution.change import ChangeAttribution
from causalrec.causal.attribution.drivers import Drivers
from causalrec.causal.designs.design_effect import DesignEffect
from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.questions import Questions
from causalrec.causal.effects.specifications import Specifications
from causalrec.causal.heterogeneity.cate import Cate
from causalrec.causal.heterogeneity.tree_words import Branch
from causalrec.causal.heterogeneity.uplift_result import Uplift
from causalrec.causal.mechanisms.interaction import Interaction
from causalrec.causal.mechanisms.mediation import Mediation
from causalrec.causal.refuters.refutations import Refutations
from causalrec.causal.selection.selection_bias import SelectionBias
from causalrec.causal.sensitivity.sensitivity import Sensitivity
from causalrec.core.results.answer import Answer
from causalrec.core.results.result import Estimate, draw, drawing
from causalrec.core.words import Text
from causalrec.data.dataset.outcomes import outcome_named
from causalrec.data.preparation.profile import Activity, LongTail, Missingness, Rates, Sessions
from causalrec.recsys.evaluation.leaderboard import Leaderboard
from causalrec.recsys.evaluation.metric_table import MetricComparison, MetricTable
from causalrec.recsys.evaluation.prediction_table import PredictionTable
from causalrec.recsys.learning.fit_report import FitReport
from causalrec.recsys.tuning.search_result import SearchResult
from causalrec.recsys.tuning.search_space import Dimension
from causalrec.reports.story_answer import Adjusted, Group, Groups
from causalrec.reports.story_question import Gap, Question, Trap
from causalrec.reports.story_whatif import Ahead, WhatIf
from causalrec.whatif.changes.comparison import Compared, Comparison, MetricChange, compare
from causalrec.whatif.changes.comparison_answer import comparison_answer
from causalrec.whatif.forecasts.forecast import Forecast, ForecastSet
from causalrec.whatif.interventions.affected import Affected
from causalrec.whatif.ope.value import PolicyValue

EVIL = "<a href='http://x.example'>a</a> <b>B</b> %{x}"
NAMED = Text("compare.before_model", model=EVIL)
ONE = Estimate(value=0.1, low=0.0, high=0.2, n=9)
FIGURE = {"value": 0.1, "low": 0.0, "high": 0.2, "n": 9}
SHOWS = ("forest", "overlap", "love", "levels", "attempts", "hidden")
MEASURE = {"covariate": EVIL, "with_treatment": 0.1, "with_outcome": 0.2}
ATTEMPT = {"refuter": "negative-control", "about": EVIL, "passes": False, **FIGURE}
RANKED = {"factor": EVIL, "clear": True, "rank": 1, "rank_low": 1, "rank_high": 2, **FIGURE}
TRIED = {"estimator": "ols", "target": "ATE", "adjustment": EVIL, **FIGURE}
SELECTED = {"method": EVIL, "population": 0.1, **FIGURE}
PART = {"mechanism": EVIL, "nodes": 1, "given": EVIL, "share": 0.5, **FIGURE}
OFF = {"mechanism": EVIL, "given": EVIL, "value": 0.1, "p": 0.01, "unusual": True}
AT = {"metric": "ndcg", "k": 10}


def _effect() -> Effect:
    rows = pd.DataFrame([{"estimator": "ols", **FIGURE}])
    levels = pd.DataFrame([{"level": EVIL, "control": EVIL, **FIGURE}])
    balance = pd.DataFrame([{"covariate": EVIL, "before": 0.2, "after": 0.1}])
    overlap = pd.DataFrame([{"low": 0.0, "high": 0.5, "treated": 0.5, "control": 0.5}])
    frames = {"rows": rows, "contrasts": levels, "balance": balance, "overlap": overlap}
    hidden = Sensitivity.model_construct(
        value=0.5, ratio=1.0, robustness=0.2, rows=pd.DataFrame([MEASURE])
    )
    tried = Refutations.model_construct(value=0.1, rows=pd.DataFrame([ATTEMPT]))
    frames |= {"hidden": hidden, "refutations": tried}
    names = {"treatment": EVIL, "outcome": EVIL, "arms": (EVIL, EVIL), "estimator": "ols"}
    return Effect.model_construct(**names, outcome_kind="share", **frames)


ANSWERED = Effect(treatment=EVIL, outcome=EVIL, arms=(EVIL, EVIL), value=0.1, low=0.0, high=0.2)


def _mediation() -> Mediation:
    rows = [{"method": "lines", "effect": name, **FIGURE} for name in ("total", "indirect")]
    left = [{"rho": rho, **FIGURE} for rho in (-0.5, 0.5)]
    frames = {"rows": pd.DataFrame(rows), "sensitivity": pd.DataFrame(left)}
    return Mediation(treatment=EVIL, outcome=EVIL, mediators=(EVIL,), rho=0.3, **frames)


def _cate() -> Cate:
    judged = {"r_loss": 1.0, "dr_loss": 1.0, "gain": 0.1, "gain_se": 0.1, "score": 2.0}
    leaf = Branch(where=Text("causal.cate_is", name=EVIL, value=EVIL), value=0.1, n=9)
    return Cate(
        treatment=EVIL, outcome=EVIL, arms=(EVIL, EVIL), learner="causal-tree", n=9,
        criteria=pd.DataFrame([{"learner": "causal-tree", "chosen": True, **judged}]),
        effects=pd.DataFrame({"held_out": [0.1, 0.2]}), average=_effect(),
        tree=(leaf,),
    )  # fmt: skip


def _uplift() -> Uplift:
    share = {"share": 0.5, "gain": 0.1, "low": 0.0, "high": 0.2, "random": 0.1}
    effect = {"effect": 0.1, "effect_low": 0.0, "effect_high": 0.2}
    groups = [{"group": place, **FIGURE} for place in (1, 2)]
    return Uplift(
        value=0.1, low=0.05, high=0.2, n=9, effect=_effect(), curve=pd.DataFrame([share | effect]),
        groups=pd.DataFrame(groups),
        segments=pd.DataFrame([{"column": EVIL, "segment": f"{EVIL}={EVIL}", **FIGURE, "p": 0.01}]),
        drivers=pd.DataFrame([{"column": EVIL, "spread": 0.1, "p": 0.01}]),
    )  # fmt: skip


def _design() -> DesignEffect:
    path = {"at": EVIL, "observed": 1.0, "counterfactual": 0.9, "low": 0.5, "high": 1.5}
    event = {"since": 0, **FIGURE, "band_low": 0.0, "band_high": 0.3}
    tried = {"placebo": "time", "about": EVIL, **FIGURE, "p": 0.5, "passes": False}
    return DesignEffect.model_construct(
        **ONE.model_dump(),
        outcome=EVIL,
        start=EVIL,
        path=pd.DataFrame([{**path, "after": after} for after in (False, True)]),
        event=pd.DataFrame([event] * 2),
        placebos=pd.DataFrame([tried]),
    )


def _board() -> Leaderboard:
    other = EVIL + "2"
    table = [{"name": n, **AT, **FIGURE} for n in (EVIL, other)]
    table += [{"name": n, "metric": "coverage", "k": 10, **FIGURE} for n in (EVIL, other)]
    table = pd.DataFrame(table)
    change = pd.DataFrame([{"name": other, **AT, **FIGURE, "p": 0.5, "base": EVIL}])
    groups = [{"name": n, "by": EVIL, "group": EVIL, **AT, **FIGURE} for n in (EVIL, other)]
    return Leaderboard(
        names=(EVIL, other),
        base=EVIL,
        table=table,
        differences=change,
        groups=pd.DataFrame(groups),
    )


def _comparison() -> Comparison:
    change = MetricChange(
        metric=EVIL,
        source="simulator",
        before_name=NAMED,
        before=ONE,
        after=ONE,
        change=ONE,
        segment=EVIL,
    )
    names = {"before_name": NAMED, "after_name": NAMED, "currency": EVIL}
    made = compare(Compared(EVIL, **names), [change], segments=[change])
    return made.model_copy(update={"split_by": EVIL})


def _search() -> SearchResult:
    space = (Dimension(name=EVIL, kind="choice", choices=(EVIL, "b")),)
    trial = {"number": 0, "value": 0.1, "state": "complete", f"param_{EVIL}": EVIL}
    importance = pd.DataFrame([{"param": EVIL, "importance": 1.0}])
    return SearchResult.model_construct(
        space=space, trials=pd.DataFrame([trial]), importance=importance
    )


FORECAST = Forecast.model_construct(
    method="simulator", outcome=EVIL, unit="user", before=ONE, after=ONE, change=ONE, refused=False
)
FORECASTS = ForecastSet.model_construct(
    scenario=EVIL, before=NAMED, after=NAMED, forecasts=(FORECAST,), outcomes=(EVIL,)
)
SPREAD = pd.DataFrame([{"outcome": EVIL, "value": 1.0, "rows": 5}])
CURVE = pd.DataFrame([{"predicted": 0.1, "observed": 0.1, "low": 0.0, "high": 0.2, "n": 9}] * 2)
TIMES = pd.DataFrame({"time": pd.to_datetime(["2026-01-01", "2026-01-02"]), "rows": [1, 2]})
QUARTERS = pd.DataFrame(
    {"unit": "user", "quantile": [0.05, 0.25, 0.5, 0.75, 0.95], "rows": [1, 2, 3, 4, 5]}
)

DAILY = pd.DataFrame({"day": ["2026-01-01", "2026-01-02"], "share": [0.1, 0.2]})
GAP = Gap(value=0.1, low=0.0, high=0.2, treated=0.3, control=0.2)

MADE: dict[type, tuple[Callable[[], Any], list[dict[str, Any]]]] = {
    Effect: (_effect, [{"show": s} for s in SHOWS]),
    Mediation: (_mediation, [{}]),
    Interaction: (
        lambda: Interaction(
            treatments=(EVIL, EVIL),
            outcome=EVIL,
            rows=pd.DataFrame([{"effect": "first", **FIGURE}]),
        ),
        [{}],
    ),
    DesignEffect: (_design, [{"show": s} for s in ("path", "event", "placebos")]),
    Cate: (_cate, [{"show": s} for s in ("effects", "learners")]),
    Uplift: (_uplift, [{"show": s} for s in ("gains", "effects", "groups", "segments")]),
    Comparison: (_comparison, [{"kind": k} for k in ("dumbbell", "forest", "segments")]),
    Activity: (lambda: Activity.model_construct(frame=TIMES, span="day"), [{}]),
    LongTail: (
        lambda: LongTail.model_construct(
            frame=pd.DataFrame({"item_share": [1.0], "row_share": [1.0]})
        ),
        [{}],
    ),
    Sessions: (lambda: Sessions.model_construct(frame=QUARTERS), [{}]),
    Missingness: (
        lambda: Missingness(frame=pd.DataFrame([{"column": EVIL, "missing": 0.5}])),
        [{}],
    ),
    Rates: (
        lambda: Rates.model_construct(
            frame=pd.DataFrame([{"outcome": EVIL, "binary": True, **FIGURE}]), distribution=SPREAD
        ),
        [{}],
    ),
    pd.DataFrame: (lambda: pd.DataFrame({EVIL: [1.0, 2.0]}), [{}]),
    PredictionTable: (
        lambda: PredictionTable.model_construct(model=EVIL, outcome=EVIL, curve=CURVE),
        [{}],
    ),
    MetricTable: (
        lambda: MetricTable.model_construct(
            model=EVIL, table=pd.DataFrame([{**AT, **FIGURE}]), per_user=pd.DataFrame()
        ),
        [{"k": 10}],
    ),
    FitReport: (
        lambda: FitReport.model_construct(
            model=EVIL, curve=pd.DataFrame({"epoch": [1, 2], EVIL: [0.1, 0.2]})
        ),
        [{}],
    ),
    Leaderboard: (
        _board,
        [{}, {"differences": True}, {"against": "coverage"}, {"by": EVIL}],
    ),
    MetricComparison: (
        lambda: MetricComparison(a=EVIL, b=EVIL, table=pd.DataFrame([{**AT, **FIGURE, "p": 0.5}])),
        [{}],
    ),
    SearchResult: (_search, [{"kind": k} for k in ("history", "importance", "parallel")]),
    ForecastSet: (lambda: FORECASTS, [{}, {"truth": 0.1}]),
    Forecast: (lambda: FORECAST, [{}]),
    Affected: (
        lambda: Affected(
            users=1,
            of_users=2,
            rows=0.5,
            groups=pd.DataFrame([{"column": EVIL, "group": EVIL, "share": 1.0, "of_all": 0.5}]),
        ),
        [{}],
    ),
    Answer: (lambda: comparison_answer(_comparison()), [{}, {"truth": 0.1}]),
    Sensitivity: (lambda: _effect().hidden, [{}]),
    Specifications: (
        lambda: Specifications.model_construct(about=_effect(), rows=pd.DataFrame([TRIED])),
        [{}, {"value": 0.1}],
    ),
    SelectionBias: (
        lambda: SelectionBias(outcome=EVIL, observed=0.2, rows=pd.DataFrame([SELECTED])),
        [{}],
    ),
    ChangeAttribution: (
        lambda: ChangeAttribution(metric=EVIL, **FIGURE, rows=pd.DataFrame([PART])),
        [{}],
    ),
    AnomalyTrace: (
        lambda: AnomalyTrace(metric=EVIL, at=1, actual=1.0, expected=0.5, rows=pd.DataFrame([OFF])),
        [{}],
    ),
    Questions: (
        lambda: Questions(effects=(ANSWERED, ANSWERED)),
        [{}],
    ),
    Drivers: (lambda: Drivers(outcome=EVIL, rows=pd.DataFrame([RANKED])), [{}]),
    Question: (
        lambda: Question(users=9, rows=99, days=2, treated=4, date="2026-01-01", daily=DAILY),
        [{}],
    ),
    Trap: (lambda: Trap(about=outcome_named(EVIL), after=GAP, before=GAP), [{}]),
    Adjusted: (
        lambda: Adjusted.model_construct(effect=_effect(), seen=GAP, truth=0.1),
        [{}, {"truth": True}],
    ),
    Groups: (
        lambda: Groups(
            about=outcome_named(EVIL),
            column=EVIL,
            everybody=ONE,
            each=(Group(group=EVIL, value=0.1, low=0.0, high=0.2, truth=0.1),),
        ),
        [{}, {"truth": True}],
    ),
    Ahead: (
        lambda: Ahead(tried=(WhatIf(answer=comparison_answer(_comparison()), before=1.0),)),
        [{}, {"truth": True}],
    ),
    Refutations: (lambda: _effect().refutations, [{}]),
    PolicyValue: (
        lambda: PolicyValue.model_construct(
            **ONE.model_dump(), outcome=EVIL, estimator="snips", log_value=0.1, against_log=False
        ),
        [{}],
    ),
}
TAGS = re.compile(r"</?(?:br|b|i|extra)>")
"""What a drawing itself may mean."""


def test_every_registered_chart_is_tried() -> None:
    assert set(drawing.registry) - {object} == set(MADE)


@pytest.mark.parametrize(
    ("kind", "options"),
    [(kind, options) for kind, (_, many) in MADE.items() for options in many],
    ids=lambda part: part.__name__ if isinstance(part, type) else "-".join(map(str, part.values())),
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_hostile_name_is_text(kind: type, options: dict[str, Any], lang: str) -> None:
    figure = draw(MADE[kind][0](), lang=lang, **options)
    parts = [part.to_plotly_json() for part in (*figure.data, figure.layout)]
    told = json.dumps(parts, default=_told)
    assert "<" not in TAGS.sub("", told)
    assert not re.search(r"<b>\s*B", told)
    assert "%{x}" not in "".join(re.findall(r'template": "([^"]*)"', told)).replace(": %{x}", "")


def _told(value: Any) -> Any:
    return value.tolist() if isinstance(value, (np.ndarray, pd.Series)) else str(value)
