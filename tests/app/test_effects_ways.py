"""Effects without adjustment on the page: what the graph allows is offered, and is shown."""

from __future__ import annotations

import causalrec as cr
from causalrec.causal.estimators import ESTIMATORS, label_of
from causalrec.causal.formats.json_document import to_document
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.causal.estimate import EstimateEffect


def test_an_effect_by_instruments_is_asked_and_shown_with_its_evidence(app, workspace):
    asked = {"users": 400, "items": 40, "impressions": 12_000, "seed": 1}
    run_inline(workspace, "shop", asked)
    workspace.set(dataset="shop")
    edges = [("activity", "promotion"), ("promotion", "purchase")]
    graph = cr.CausalGraph(edges, bidirected=[("promotion", "purchase")])
    graph = graph.with_roles(treatment="promotion", outcome="purchase")
    workspace.save_json("graph", "lottery", to_document(graph))
    test = app("effects", w=workspace.id)
    assert not test.exception
    picker = test.segmented_control(key="effects-estimator")
    names = [name for name in ESTIMATORS if ESTIMATORS[name].strategy.besides == "instruments"]
    offered = {str(label_of(name)) for name in names}
    assert offered <= set(picker.options)
    assert len(picker.options) == len(offered) + 1
    question = {"dataset": "shop", "graph": "lottery", "estimator": names[0]}
    question |= {"treatment": "promotion", "outcome": "purchase"}
    effect = run_inline(workspace, EstimateEffect, question)
    assert effect.instruments == ("activity",)
    test = app("effects", w=workspace.id)
    for block in ("evidence", "method"):
        test.session_state[f"effects-{block}"] = True
    test.run()
    assert not test.exception
    assert effect.formula in test.latex[0].value
    assert names[0] in test.code[0].value
