"""The finished journey: every step on the sample shop, from its log to a filled-in comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from causalrec.causal.formats.json_document import to_document
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent, within
from causalrec.core.results.result import Result
from causalrec.core.words import LANGUAGES, Text
from causalrec.data.storage.store import load_dataset
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.reports.story import Story
from causalrec.reports.story_whatif import WhatIfs
from causalrec.runs.record.task import Task
from causalrec.tasks.causal.estimate import EstimateEffect
from causalrec.tasks.data.shop import Shop, known_shop
from causalrec.tasks.recsys.train import Train
from causalrec.tasks.story import answer_of, groups_of, question_of, trap_of, whatif_of
from causalrec.tasks.whatif.compare import Compare
from causalrec.whatif.forecasts.comparison_parts import segment_column
from causalrec.workspace import Workspace

if TYPE_CHECKING:
    from causalrec.reports.story_whatif import WhatIf
    from causalrec.whatif.forecasts.scenario import Scenario

__all__ = ["STORY", "Journey", "JourneyParams"]

_QUESTION = "promotion-purchase"
STORY = "story"
"""Under which name a journey keeps what it has to tell so far."""


class JourneyParams(Params):
    """Which shop is walked, and in which language its scenarios are named."""

    seed: int = param(0, ge=0, le=2**31 - 1, help="shop.param_seed")
    users: int = param(5_000, ge=20, le=1_000_000, help="shop.param_users")
    items: int = param(1_000, ge=10, le=100_000, help="shop.param_items")
    impressions: int | None = param(None, ge=100, le=20_000_000, help="shop.param_impressions")
    simulate: bool = param(False, help="whatif.forecast_simulate")
    lang: str = param("en", choices=LANGUAGES, help="journey.param_lang")


R = TypeVar("R", bound=Result)


class Journey(Task[JourneyParams, Story]):
    """Walk every step with the tasks that the pages use, so that each page is filled in."""

    name: ClassVar[str] = "journey"
    called: ClassVar[tuple[str, ...]] = ("demo",)
    page: ClassVar[str] = "home"
    icon: ClassVar[str] = ":material/play_arrow:"
    Params: ClassVar[type[Params]] = JourneyParams
    Result: ClassVar[type[Result]] = Story
    heavy: ClassVar[bool] = True

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> Story:
        walk = _Walk(workspace, on_progress, self.params)
        walk.log()
        walk.effect()
        walk.models()
        walk.scenarios()
        return walk.story


class _Walk:
    """One walk: the story so far, and what its next step rests on."""

    def __init__(self, workspace: Workspace, on_progress: OnProgress, asked: JourneyParams) -> None:
        self.workspace, self.on_progress, self.asked = workspace, on_progress, asked
        self.story = Story.model_validate({"lang": asked.lang})

    def tell(self, **chapters: object) -> None:
        """Keep the story with its new chapters, where a page finds it."""
        self.story = self.story.model_copy(update=chapters)
        kinds = ("dataset", "graph", "effect", "comparison")
        refs = [thing.ref for kind in kinds for thing in self.workspace.things(kind)]
        document = self.story.model_dump(mode="json")
        self.workspace.save_json("story", STORY, document, made_from=refs)

    def _do(self, task: type[Task[Any, R]], params: dict[str, Any], span: tuple[float, float]) -> R:
        return task(params).run(self.workspace, within(self.on_progress, *span))

    def log(self) -> None:
        """The log, made up; what is asked of it; what one sees at a glance."""
        from causalrec.causal.tables.causal_table import causal_table
        from causalrec.causal.tables.templates import STARTING_GRAPHS

        size = self.asked.model_dump(include={"seed", "users", "items", "impressions"})
        self._do(Shop, {"name": "shop", **size}, (0.0, 0.15))
        self.workspace.set(dataset="shop")
        thing = self.workspace.thing("dataset", "shop")
        self.data, self.shop = load_dataset(thing.folder), known_shop(thing)
        self.start = STARTING_GRAPHS[_QUESTION].bind(self.data)
        self.people = causal_table(self.data, unit=self.start.unit, date=thing.meta["date"])
        self.tell(
            question=question_of(self.data, self.people, self.start),
            trap=trap_of(self.people, self.start),
        )

    def effect(self) -> None:
        """What the promotion does, adjusted as the graph says: on everybody and in each group."""
        start = self.start
        name = Text("journey.graph_name").to(self.asked.lang)
        ends = {"treatment": [start.treatment], "outcome": [start.outcome]}
        self.workspace.save_json(
            "graph", name, to_document(start.graph), meta={**ends, "unit": start.unit}
        )
        self.workspace.set(graph=name)
        self.cause = (name, start.treatment, start.outcome)
        params = {"dataset": "shop", "graph": name, "seed": self.asked.seed}
        effect = self._do(EstimateEffect, params, (0.15, 0.25))
        assert self.story.trap is not None
        self.tell(answer=answer_of(effect, self.story.trap, self.shop))
        column = segment_column(self.data)
        if column is not None:
            groups = groups_of(self.people, start, effect, column=column, shop=self.shop)
            self.tell(groups=groups)

    def models(self) -> None:
        """The bar and a model to compare with it."""
        for at, model in enumerate((*RECOMMENDERS.where(baseline=True), RECOMMENDERS.default)):
            span = (0.35 + 0.1 * at, 0.45 + 0.1 * at)
            params = {"dataset": "shop", "model": model, "seed": self.asked.seed}
            self._do(Train, params, span)

    def _dated(self, scenario: Scenario) -> Scenario:
        """A treatment is judged from the day it was given, as the page would choose."""
        date = self.workspace.thing("dataset", "shop").meta.get("date")
        if scenario.on != "treatment" or date is None:
            return scenario
        return scenario.model_copy(update={"date": str(date)[:10]})

    def scenarios(self) -> None:
        """A gain, a loss, what no log can judge, and the promotion for new users."""
        from causalrec.whatif.forecasts.scenario import default_scenarios

        starts = default_scenarios(self.data, RECOMMENDERS.default, self.cause, self.asked.lang)
        scenarios = [self._dated(scenario) for scenario in starts]
        self.tell(scenarios=len(scenarios))
        for scenario in scenarios:
            used = [("dataset", scenario.dataset), ("model", scenario.model)]
            used.append(("graph", scenario.graph))
            refs = [self.workspace.thing(kind, name).ref for kind, name in used if name]
            document = scenario.model_dump(mode="json")
            self.workspace.save_json("scenario", scenario.name, document, made_from=refs)
        width = 0.45 / len(scenarios)
        tried: tuple[WhatIf, ...] = ()
        for at, scenario in enumerate(reversed(scenarios)):
            span = (0.55 + at * width, 0.55 + (at + 1) * width)
            asked = {"seed": self.asked.seed, "simulate": self.asked.simulate}
            comparison = self._do(Compare, {"scenario": scenario.name, **asked}, span)
            tried = (whatif_of(self.workspace, scenario, comparison, self.shop), *tried)
            self.tell(whatifs=WhatIfs(tried=tried))
