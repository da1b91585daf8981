"""The finished journey: every step on the sample shop, from its log to a filled-in comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

import pandas as pd
from pydantic import AfterValidator

from causalrec.causal.effects.effect_answer import effect_answer
from causalrec.causal.formats.json_document import to_document
from causalrec.causal.identification.adjustment_report import analyse
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent, within
from causalrec.core.results.result import Result
from causalrec.core.words import LANGUAGES, Text, Worded, word_of
from causalrec.data.storage.store import load_dataset
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.runs.record.task import Task
from causalrec.tasks.causal.estimate import EstimateEffect
from causalrec.tasks.data.shop import Shop
from causalrec.tasks.recsys.train import Train
from causalrec.tasks.whatif.compare import Compare
from causalrec.tasks.whatif.forecast import ForecastScenario
from causalrec.whatif.changes.comparison_answer import comparison_answer
from causalrec.workspace import Workspace

if TYPE_CHECKING:
    from causalrec.data.dataset.dataset import Dataset
    from causalrec.whatif.forecasts.scenario import Scenario

__all__ = ["Journey", "JourneyParams", "JourneyResult"]

_QUESTION = "promotion-purchase"


class JourneyParams(Params):
    """Which shop is walked, and in which language its scenarios are named."""

    seed: int = param(0, ge=0, le=2**31 - 1, help="shop.param_seed")
    users: int = param(5_000, ge=20, le=1_000_000, help="shop.param_users")
    items: int = param(1_000, ge=10, le=100_000, help="shop.param_items")
    impressions: int | None = param(None, ge=100, le=20_000_000, help="shop.param_impressions")
    simulate: bool = param(False, help="whatif.forecast_simulate")
    lang: str = param("en", choices=LANGUAGES, help="journey.param_lang")


def _language(lang: str) -> str:
    if lang not in LANGUAGES:
        raise ValueError(f"{lang[:10]!r} is no language")
    return lang


class JourneyResult(Result):
    """What each step answered.

    Attributes:
        steps: name of each step ("data", "train", …), one an answer.
        answers: each step's sentence in English and in Chinese, ``{"en": (…), "zh": (…)}``.
        comparison: name of the comparison to open.
        lang: the language in which it was walked.
    """

    steps: tuple[Annotated[str, Worded("journey.step_")], ...]
    answers: dict[str, tuple[str, ...]]
    comparison: str
    lang: Annotated[str, AfterValidator(_language)] = "en"

    def to_frame(self) -> pd.DataFrame:
        """Columns step and answer, in the language in which the journey was walked."""
        steps = [word.to(self.lang) for word in self._words]
        return pd.DataFrame({"step": steps, "answer": self.answers[self.lang]})

    @property
    def _words(self) -> list[Text]:
        return [word_of("journey.step_", step) for step in self.steps]

    def _first_rows(self) -> None:
        """None: the sentences are the table."""

    def summary(self, lang: str = "en") -> str:
        """Every step's answer, one a line."""
        words = (word.to(lang) for word in self._words)
        answers = zip(words, self.answers[lang], strict=True)
        return "\n".join(f"{step}: {answer}" for step, answer in answers)


R = TypeVar("R", bound=Result)


class Journey(Task[JourneyParams, JourneyResult]):
    """Walk every step with the tasks that the pages use, so that each page is filled in."""

    name: ClassVar[str] = "journey"
    page: ClassVar[str] = "home"
    icon: ClassVar[str] = ":material/play_arrow:"
    Params: ClassVar[type[Params]] = JourneyParams
    Result: ClassVar[type[Result]] = JourneyResult
    heavy: ClassVar[bool] = True

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> JourneyResult:
        walk = _Walk(workspace, on_progress, self.params)
        walk.shop()
        walk.models()
        walk.graph()
        walk.effect()
        walk.scenarios()
        return walk.result()


class _Walk:
    """One walk: what it told so far."""

    def __init__(self, workspace: Workspace, on_progress: OnProgress, asked: JourneyParams) -> None:
        self.workspace, self.on_progress, self.asked = workspace, on_progress, asked
        self.steps: list[str] = []
        self.answers: dict[str, list[str]] = {lang: [] for lang in LANGUAGES}
        self.comparison = ""
        self.cause: tuple[str, str, str] | None = None

    def _answer(self, step: str, answer: Result | Text) -> None:
        self.steps.append(step)
        for lang in LANGUAGES:
            words = answer.to(lang) if isinstance(answer, Text) else answer.summary(lang)
            self.answers[lang].append(words)

    def _do(self, task: type[Task[Any, R]], params: dict[str, Any], span: tuple[float, float]) -> R:
        return task(params).run(self.workspace, within(self.on_progress, *span))

    def shop(self) -> None:
        """The log, made up."""
        size = self.asked.model_dump(include={"seed", "users", "items", "impressions"})
        self._answer("data", self._do(Shop, {"name": "shop", **size}, (0.0, 0.15)))
        self.workspace.set(dataset="shop")

    def models(self) -> None:
        """The bar and a model to compare with it."""
        for at, model in enumerate((*RECOMMENDERS.where(baseline=True), RECOMMENDERS.default)):
            span = (0.15 + 0.1 * at, 0.25 + 0.1 * at)
            params = {"dataset": "shop", "model": model, "seed": self.asked.seed}
            result = self._do(Train, params, span)
        self._answer("train", result)

    def graph(self) -> None:
        """What the promotion and buying have in common, as a starting graph on this log."""
        from causalrec.causal.tables.templates import STARTING_GRAPHS

        start = STARTING_GRAPHS[_QUESTION].bind(self._data())
        name = Text("journey.graph_name").to(self.asked.lang)
        ends = {"treatment": [start.treatment], "outcome": [start.outcome]}
        self.workspace.save_json(
            "graph", name, to_document(start.graph), meta={**ends, "unit": start.unit}
        )
        self.workspace.set(graph=name)
        self.cause = (name, start.treatment, start.outcome)
        self._answer("graph", analyse(start.graph, start.treatment, start.outcome).note)

    def effect(self) -> None:
        """What the promotion does, adjusted as the graph says."""
        assert self.cause is not None
        params = {"dataset": "shop", "graph": self.cause[0], "seed": self.asked.seed}
        effect = self._do(EstimateEffect, params, (0.35, 0.45))
        self._answer("effects", effect_answer(effect))

    def _dated(self, scenario: Scenario) -> Scenario:
        """A treatment is judged from the day it was given, as the page would choose."""
        date = self.workspace.thing("dataset", "shop").meta.get("date")
        if scenario.on != "treatment" or date is None:
            return scenario
        return scenario.model_copy(update={"date": str(date)[:10]})

    def _data(self) -> Dataset:

        return load_dataset(self.workspace.thing("dataset", "shop").folder)

    def scenarios(self) -> None:
        """A gain, a loss, what no log can judge, and the promotion for new users."""
        from causalrec.whatif.forecasts.scenario import default_scenarios

        starts = default_scenarios(self._data(), RECOMMENDERS.default, self.cause, self.asked.lang)
        scenarios = [self._dated(scenario) for scenario in starts]
        self.comparison = scenarios[0].name
        for scenario in scenarios:
            used = [("dataset", scenario.dataset), ("model", scenario.model)]
            used.append(("graph", scenario.graph))
            refs = [self.workspace.thing(kind, name).ref for kind, name in used if name]
            document = scenario.model_dump(mode="json")
            self.workspace.save_json("scenario", scenario.name, document, made_from=refs)
        width = 0.55 / len(scenarios)
        for at, scenario in enumerate(reversed(scenarios)):
            start = 0.45 + at * width
            params = {
                "scenario": scenario.name,
                "seed": self.asked.seed,
                "simulate": self.asked.simulate,
            }
            answers = self._do(ForecastScenario, params, (start, start + width / 2))
            self._answer("interventions", answers)
            result = self._do(Compare, params, (start + width / 2, start + width))
            self._answer("compare", comparison_answer(result))

    def result(self) -> JourneyResult:
        """Every step's answer."""
        return JourneyResult(
            steps=tuple(self.steps),
            answers={lang: tuple(texts) for lang, texts in self.answers.items()},
            comparison=self.comparison,
            lang=self.asked.lang,
        )
