"""Estimate an effect from a saved dataset and a saved graph, and keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.estimate import MISSING, TARGETS
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.formats.json_document import from_document
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.tables.causal_table import MEASURES, UNITS
from causalrec.core.errors import GraphError
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent, within
from causalrec.core.results.asked import Asked
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.data.storage.store import load_dataset
from causalrec.runs.record.task import Task
from causalrec.workspace import Ref, Workspace

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "EstimateEffect",
    "EstimateParams",
    "QuestionTable",
    "answer",
    "asked_in",
    "question_table",
]


class EstimateParams(Params):
    """Which effect, in which table, by which estimator."""

    dataset: str = param(help="causal.param_dataset")
    graph: str | None = param(None, help="causal.param_graph")
    covariates: tuple[str, ...] = param((), help="causal.param_covariates")
    treatment: str | None = param(None, help="causal.param_treatment")
    outcome: str | None = param(None, help="causal.param_outcome")
    unit: str = param("user", choices=UNITS, help="causal.param_unit")
    date: str | None = param(None, help="causal.param_date")
    measure: str = param("any", choices=MEASURES, help="causal.param_measure")
    model: str | None = param(None, help="causal.param_model")
    estimator: str = param(ESTIMATORS.default, choices=ESTIMATORS, help="causal.param_estimator")
    target: str = param("ATE", choices=TARGETS, help="causal.param_target")
    control: str | None = param(None, help="causal.param_control")
    treated: str | None = param(None, help="causal.param_treated")
    missing: str = param("impute", choices=MISSING, help="causal.param_missing")
    instruments: tuple[str, ...] = param((), help="causal.param_instruments")
    mediators: tuple[str, ...] = param((), help="causal.param_mediators")
    level: float = param(0.95, ge=0.5, le=0.999, help="causal.param_level", advanced=True)
    seed: int = param(0, ge=0, le=2**31 - 1, help="causal.param_seed", advanced=True)
    name: str | None = param(None, help="causal.param_name", advanced=True)


class EstimateEffect(Task[EstimateParams, Effect]):
    """Make the table, adjust as the graph says, estimate by every estimator, save."""

    name: ClassVar[str] = "estimate"
    page: ClassVar[str] = "effects"
    telling: ClassVar[tuple[str, ...]] = (
        "name",
        "dataset",
        "model",
        "treatment",
        "outcome",
        "estimator",
    )
    icon: ClassVar[str] = ":material/calculate:"
    Params: ClassVar[type[Params]] = EstimateParams
    Result: ClassVar[type[Result]] = Effect

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> Effect:
        asked = self.params
        effect, refs = answer(workspace, asked, on_progress=on_progress)
        name = asked.name or f"{effect.treatment} - {effect.outcome}"
        currency = str(workspace.settings().get("currency") or "")
        about = {"name": name, "currency": currency, "asked": asked_in(asked)}
        effect = effect.model_copy(update=about)
        workspace.save_json(
            "effect",
            name,
            effect.model_dump(mode="json"),
            made_from=refs,
            meta={"asked": asked.model_dump(mode="json"), "dataset": asked.dataset},
        )
        return effect


def asked_in(params: EstimateParams) -> Asked:
    """What the parameters ask; under which name the answer is kept changes none."""
    return Asked.of(params, leave=("name",))


def answer(
    workspace: Workspace,
    asked: EstimateParams,
    *,
    estimator: str | None = None,
    on_progress: OnProgress = silent,
) -> tuple[Effect, list[Ref]]:
    """The effect that is asked for, and the things it was made from.

    Raises:
        NotFoundError: dataset, graph or model is gone.
        GraphError: neither the graph nor the parameters name treatment and outcome.
    """
    from causalrec.causal.effects.estimate import estimate

    table = question_table(workspace, asked, on_progress)
    on_progress(0.4, Text("causal.working_effect"))
    effect = estimate(
        table.frame,
        table.graph,
        **table.question,
        estimator=estimator or asked.estimator,
        target=asked.target,
        compare=estimator is None,
        **_besides(asked, estimator or asked.estimator),
        on_progress=within(on_progress, 0.4, 0.95),
    )
    return effect, table.refs


def _besides(asked: EstimateParams, estimator: str) -> dict[str, Any]:
    """The instruments or mediators that were named, as far as an estimator goes by them."""
    kind = ESTIMATORS[estimator].strategy.besides
    return {kind: getattr(asked, kind)} if kind else {}


class QuestionTable(NamedTuple):
    """What a question is asked of.

    Attributes:
        frame: the table; graph: the graph, or the covariates.
        question: what every verb is told that answers it: treatment, outcome, and how.
        refs: the things that the table was made from.
    """

    frame: pd.DataFrame
    graph: CausalGraph | list[str]
    question: dict[str, Any]
    refs: list[Ref]


def question_table(
    workspace: Workspace, asked: EstimateParams, on_progress: OnProgress = silent
) -> QuestionTable:
    """The table of a question, made from what is saved.

    Raises:
        NotFoundError: dataset, graph or model is gone.
        GraphError: neither the graph nor the parameters name treatment and outcome.
    """
    from causalrec.causal.tables.causal_table import causal_table
    from causalrec.causal.tables.treatment_start import treatment_start

    thing = workspace.thing("dataset", asked.dataset)
    refs = [thing.ref]
    on_progress(0.05, Text("causal.working_table"))
    data = load_dataset(thing.folder)
    graph: CausalGraph | list[str] = list(asked.covariates)
    if asked.graph is not None:
        graph_thing = workspace.thing("graph", asked.graph)
        refs.append(graph_thing.ref)
        graph = from_document(graph_thing.document())
    treatment, outcome = _ends(graph, asked)
    model = None
    if asked.model is not None:
        from causalrec.recsys.recommenders.opening import load_recommender

        model_thing = workspace.thing("model", asked.model)
        refs.append(model_thing.ref)
        model = load_recommender(model_thing.folder)
    column = (
        graph.bindings.get(treatment, treatment) if isinstance(graph, CausalGraph) else treatment
    )
    frame = causal_table(
        data,
        unit=asked.unit,
        model=model if asked.unit == "impression" else None,
        date=asked.date or thing.meta.get("date") or treatment_start(data, column),
        measure=asked.measure,
    )
    question = {
        "treatment": treatment,
        "outcome": outcome,
        "seed": asked.seed,
        "level": asked.level,
        "missing": asked.missing,
        "control": _value(frame, column, asked.control),
        "treated": _value(frame, column, asked.treated),
    }
    return QuestionTable(frame, graph, question, refs)


def _ends(graph: CausalGraph | list[str], asked: EstimateParams) -> tuple[str, str]:
    """Treatment and outcome: as asked, else as marked in the graph.

    Raises:
        GraphError: neither names one.
    """
    ends = []
    for role, given in (("treatment", asked.treatment), ("outcome", asked.outcome)):
        marked = graph.marked(role) if isinstance(graph, CausalGraph) else ()
        if not given and not marked:
            raise GraphError(f"causal.no_{role}", hint="causal.no_mark_hint")
        ends.append(given or marked[0])
    return ends[0], ends[1]


def _value(frame: pd.DataFrame, column: str, text: str | None) -> str | float | None:
    """A treatment's value from its text: a number where the column holds numbers."""
    if text is None or column not in frame.columns or frame[column].dtype.kind not in "biuf":
        return text
    try:
        return float(text)
    except ValueError:
        return text
