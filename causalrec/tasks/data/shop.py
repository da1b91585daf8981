"""Make the sample shop and save its log as a dataset that remembers how to make the world again."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from causalrec.core.errors import NotFoundError
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.data.steps.apply import Effects
from causalrec.runs.record.task import Task
from causalrec.tasks.data.import_data import DatasetSummary, keep_dataset, summarise
from causalrec.workspace import Thing, Workspace

if TYPE_CHECKING:
    from causalrec.shop.large_shop import SampleShop

__all__ = ["Shop", "ShopParams", "known_shop", "shop_of"]


class ShopParams(Params):
    """Which shop."""

    name: str = param("shop", help="shop.param_name")
    seed: int = param(0, ge=0, le=2**31 - 1, help="shop.param_seed")
    users: int = param(5_000, ge=20, le=1_000_000, help="shop.param_users")
    items: int = param(1_000, ge=10, le=100_000, help="shop.param_items")
    impressions: int | None = param(None, ge=100, le=20_000_000, help="shop.param_impressions")
    days: int = param(60, ge=2, le=3_650, help="shop.param_days")


class Shop(Task[ShopParams, DatasetSummary]):
    """Make a sample shop."""

    name: ClassVar[str] = "shop"
    page: ClassVar[str] = "data"
    telling: ClassVar[tuple[str, ...]] = ("name",)
    icon: ClassVar[str] = ":material/storefront:"
    Params: ClassVar[type[Params]] = ShopParams
    Result: ClassVar[type[Result]] = DatasetSummary

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> DatasetSummary:
        asked = self.params
        on_progress(0.05, Text("shop.making"))
        shop = _world(**_sizes(asked))
        data = shop.dataset(asked.name)
        on_progress(0.6, Text("shop.saving"))
        thing = keep_dataset(
            workspace,
            data,
            meta={"shop": shop.settings, "date": shop.promotion_date.isoformat()},
        )
        return summarise(data, thing, Effects())


def shop_of(thing: Thing) -> SampleShop | None:
    """The world behind a saved dataset, made again from its settings; None for a real log.

    Raises:
        ParamError: the settings kept with it are no shop's.
    """
    settings = thing.meta.get("shop")
    if settings is None:
        return None
    return _world(**_sizes(ShopParams.make({"name": thing.name, **settings})))


def known_shop(thing: Thing) -> SampleShop:
    """The world behind a saved sample shop.

    Raises:
        NotFoundError: the dataset is no sample shop.
    """
    shop = shop_of(thing)
    if shop is None:
        raise NotFoundError("shop.no_shop", hint="shop.no_shop_hint", name=thing.name)
    return shop


def _sizes(asked: ShopParams) -> dict[str, int]:
    """What makes the world; one world, one set of sizes."""
    from causalrec.shop.large_shop import IMPRESSIONS_A_USER

    sizes = asked.model_dump(exclude={"name"})
    return sizes | {"impressions": asked.impressions or IMPRESSIONS_A_USER * asked.users}


@lru_cache(maxsize=2)
def _world(**settings: int) -> SampleShop:
    from causalrec.shop.large_shop import sample_shop

    return sample_shop(**settings)
