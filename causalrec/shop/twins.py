"""A confounded log and its twin in which chance alone decided, from the same draws.

Both logs show the same units with the same potential outcomes; only who is treated differs. So
the twin's plain comparison is what a sound answer from the confounded log must agree with, up to
an error that can be written down (`Twins.paired_error`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from causalrec.core.errors import check_range, unknown_name
from causalrec.core.results.display import Displayed
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.shop.draws import ShopVisits, draw_rows, draw_visits, promotion_probability
from causalrec.shop.tables import user_table
from causalrec.shop.world import ShopWorld, make_world

__all__ = ["TWIN_WORLDS", "Twins", "sample_twins"]

ELASTICITY = -0.8
"""Of the demand world: change of log demand for one more of log price."""
VISITS = 20
"""Impressions of a shopper, half of them before the promotion."""


@dataclass(frozen=True, eq=False, repr=False)
class Twins(Displayed):
    """Two logs of the same units: one confounded, one in which the treatment was drawn by chance.

    Attributes:
        world: of `TWIN_WORLDS`.
        confounded, randomised: tables with the same columns, row i of both the same unit, (n, …).
        treatment, outcome: columns.
        covariates: columns that are enough to adjust for; `hidden`: those of them that a log
            usually lacks; `instruments`: columns that move the treatment and nothing else.
        edges: (cause, effect) pairs of columns, the graph that made the confounded log.
        truth: the mean effect on these very units; of a number, of one more of it.
        spread: variance over units of the effect of one unit.
    """

    world: str
    confounded: pd.DataFrame
    randomised: pd.DataFrame
    treatment: str
    outcome: str
    covariates: tuple[str, ...]
    hidden: tuple[str, ...]
    instruments: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    truth: float
    spread: float

    def __len__(self) -> int:
        return len(self.confounded)

    @property
    def adjusted(self) -> tuple[str, ...]:
        """The covariates that a log has."""
        return tuple(name for name in self.covariates if name not in self.hidden)

    def paired_error(self, error: float, twin_error: float) -> float:
        """Standard error of an answer from the confounded log less the twin's own comparison.

        Given the units and the confounded log, the twin's treatment is independent, so that its
        comparison D has the units' mean effect S as its mean: cov(A, D) = cov(A, S) for whatever
        answer A. Where A is unbiased for S too, over the treatments that the confounded units
        could have had, that is var(S) = spread / n, and so it is 0 where all units have the same
        effect: var(A - D) = var(A) + var(D) - 2 spread / n (Neyman, 1923, for the parts).

        Args:
            error: standard error of A, for a population of such units.
            twin_error: that of D.
        """
        shared = 2.0 * self.spread / len(self)
        return float(np.sqrt(max(error**2 + twin_error**2 - shared, 0.0)))

    def to_frame(self) -> pd.DataFrame:
        """Both logs below each other; `log` says which, `unit` whose row it is."""
        parts = {"confounded": self.confounded, "randomised": self.randomised}
        both = pd.concat(parts, names=["log", "unit"])
        return both.reset_index()

    def summary(self, lang: str = "en") -> str:
        """What the two are, and the true effect."""
        facts = {"treatment": self.treatment, "outcome": self.outcome, "n": len(self)}
        return Text("shop.twins", **facts, truth=self.truth).to(lang)


def sample_twins(world: str = "shop", seed: int = 0, n: int = 1_000) -> Twins:
    """A confounded log and its unconfounded twin from the same draws.

    "shop": who gets a promotion depends on activity and past spend; does it make people buy?
    "demand": price follows season and buzz, which move demand too, and two costs, which do not
    (Wright, 1928); does demand fall with price?

    Args:
        world: a name in `TWIN_WORLDS`.
        seed: everything random follows from it.
        n: units, at least 20.

    Raises:
        NotFoundError: no such world.
        ParamError: too few units.
    """
    if world not in TWIN_WORLDS:
        error = unknown_name("world", world, TWIN_WORLDS)
        raise error
    check_range("n", n, 20, 10_000_000)
    return TWIN_WORLDS[world](seed, n)


def _shop(seed: int, n: int) -> Twins:
    """Shoppers of the sample shop: every draw but that of the promotion is shared."""
    world = make_world(seed, n, items=60)
    rng = generator(seed, "twins", "log")
    visits = draw_visits(world, np.arange(n), VISITS * n, rng, least=2)
    chance = promotion_probability(visits.before, world.users.past_spend, VISITS / 2)
    share = rng.permutation(np.arange(n) < round(n * float(chance.mean()))) * 1
    rows = [_bought(world, visits, promotion, seed) for promotion in (0, 1)]
    people = user_table(world, visits)[["activity", "past_spend", "segment"]]
    effect = rows[1] - rows[0]

    def log(promotion: np.ndarray) -> pd.DataFrame:
        bought = np.where(promotion == 1, rows[1], rows[0])
        return people.assign(promotion=promotion, purchase=bought)

    covariates = ("activity", "past_spend")
    ends = [(one, end) for one in covariates for end in ("promotion", "purchase")]
    return Twins(
        "shop", log(visits.promotion), log(share), "promotion", "purchase", covariates, (), (),
        (*ends, ("segment", "purchase"), ("promotion", "purchase")),
        float(effect.mean()), float(effect.var(ddof=1)),
    )  # fmt: skip


def _bought(world: ShopWorld, visits: ShopVisits, promotion: int, seed: int) -> np.ndarray:
    """Who buys from the promotion date on if everybody, or nobody, has it: 0/1, (n,).

    Both are of one stream, so that visits, items, positions and dice are the same.
    """
    given = np.full(len(visits.user), promotion)
    rng = generator(seed, "twins", "rows")
    rows = draw_rows(world, replace(visits, promotion=given), rng)
    bought = np.bincount(rows.visitor, rows.purchase * rows.in_window, len(given))
    return np.asarray((bought > 0) * 1)


def _demand(seed: int, n: int) -> Twins:
    """Weeks of goods; the twin's prices are the same prices, shuffled."""
    rng = generator(seed, "twins", "demand")
    season, buzz, freight, wages, pricing, noise = rng.standard_normal((6, n))
    price = 0.3 * season + 0.5 * buzz + 0.4 * freight + 0.4 * wages + 0.3 * pricing
    rest = 2.0 + 0.5 * season + 0.8 * buzz + 0.5 * noise
    known = pd.DataFrame({"season": season, "buzz": buzz, "freight": freight, "wages": wages})

    def log(prices: np.ndarray) -> pd.DataFrame:
        return known.assign(log_price=prices, log_demand=ELASTICITY * prices + rest)

    causes = [(str(one), "log_price") for one in known]
    return Twins(
        "demand", log(price), log(rng.permutation(price)), "log_price", "log_demand",
        ("season", "buzz"), ("buzz",), ("freight", "wages"),
        (*causes, ("season", "log_demand"), ("buzz", "log_demand"), ("log_price", "log_demand")),
        ELASTICITY, 0.0,
    )  # fmt: skip


TWIN_WORLDS: dict[str, Callable[[int, int], Twins]] = {"shop": _shop, "demand": _demand}
"""``name -> twins of (seed, n)``."""
