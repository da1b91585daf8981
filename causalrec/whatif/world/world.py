"""A world fitted to a log, in which policies can be tried: who looks, who responds, what follows.

Outcome of one impression: examination of its position times relevance of the item to the user
(see `causalrec.whatif.world.response_model`), then, given a response, what may follow it at the
item's price.
Every forecast is made in an ensemble of worlds that the log supports equally well, so that its
interval holds what the log leaves open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit

from causalrec.core.errors import DataError
from causalrec.core.machine.device import require_memory
from causalrec.core.progress import OnProgress, silent, within
from causalrec.core.results.display import Displayed
from causalrec.core.results.result import Result, Vector
from causalrec.core.statistics.quantiles import student
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.log_outcomes import outcomes_of
from causalrec.data.dataset.outcomes import Outcome
from causalrec.whatif.world.logging_score import LoggingScore, complete
from causalrec.whatif.world.response_fit import Fit, fit_response
from causalrec.whatif.world.response_model import Array, Codes, Rows, Shape
from causalrec.whatif.world.world_features import item_features, mean_price, user_features
from causalrec.whatif.world.world_outcomes import outcomes_played, played

__all__ = ["Examination", "World", "fit_world"]

MEMBERS = 20
_LEAST_CLICKS, _LEAST_PURCHASES, _POSITION_ROWS, _POSITIONS = 100, 100, 200, 50


class Examination(Result):
    """The examination curve: how often a position is looked at, against the first position.

    Attributes:
        position: positions, shape (slots,); where rare, the first of those pooled.
        value, low, high: examination over that of the first position, shape (slots,).
        level: coverage of each interval.
        n: impressions of each position, shape (slots,).
    """

    position: Vector
    value: Vector
    low: Vector
    high: Vector
    n: Vector
    level: float = 0.95

    def to_frame(self) -> pd.DataFrame:
        """Columns position, value, low, high, level, n."""
        columns = {name: getattr(self, name) for name in ("position", "value", "low", "high")}
        return pd.DataFrame({**columns, "level": self.level, "n": self.n.astype(int)})

    def summary(self, lang: str = "en") -> str:
        """One sentence on the last position against the first."""
        return Text(
            "simulate.examination_summary",
            last=int(self.position[-1]),
            first=int(self.position[0]),
            value=float(self.value[-1]),
            low=float(self.low[-1]),
            high=float(self.high[-1]),
            n=int(self.n.sum()),
        ).to(lang)


@dataclass(frozen=True, eq=False, repr=False)
class World(Displayed):
    """A fitted world; `simulate` and `compare_policies` play policies in it.

    Attributes:
        user_ids, item_ids: external ids; code = index.
        outcomes: what it can tell: what a look leads to, what may follow it, the money of that.
        impressions: logged impressions of each user, shape (n_users,).
        positions: position of each slot; ``shown``: impressions of each slot, shape (slots,).
        price: of each item, shape (n_items,); None where unknown.
        user, item: codes of the logged impressions, shape (n,).
        flags: what to know before believing a forecast.
    """

    name: str
    user_ids: np.ndarray
    item_ids: np.ndarray
    outcomes: tuple[Outcome, ...]
    impressions: Array
    positions: Array
    shown: Array
    shape: Shape
    score: LoggingScore
    look: Fit
    buy: Fit | None
    price: Array | None
    user: Codes = field(repr=False)
    item: Codes = field(repr=False)
    users: pd.DataFrame | None = field(default=None, repr=False)
    flags: tuple[Text, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """How often each position is looked at, as `Examination.to_frame`."""
        return self.examination.to_frame()

    def summary(self, lang: str = "en") -> str:
        """What it was fitted on, and which outcomes it plays."""
        return Text(
            "simulate.world_summary",
            name=self.name,
            n=self.n,
            users=len(self.user_ids),
            items=len(self.item_ids),
            members=self.members,
            outcomes=", ".join(outcome.name for outcome in self.outcomes),
        ).to(lang)

    @property
    def n(self) -> int:
        """Impressions that it was fitted on."""
        return len(self.user)

    @property
    def members(self) -> int:
        """Worlds in the ensemble."""
        return len(self.look.betas)

    @property
    def examination(self) -> Examination:
        """The examination curve with its intervals (users resampled)."""
        fit = self.look
        spread = np.log(fit.gammas).std(axis=0, ddof=1) * student(0.95, self.members - 1)
        return Examination(
            position=self.positions,
            value=fit.gamma,
            low=fit.gamma * np.exp(-spread),
            high=fit.gamma * np.exp(spread),
            n=self.shown,
        )

    def looked(self, member: int) -> float:
        """Mean examination of an impression in a world (-1: the mode): positions as in the log."""
        gamma = self.look.gamma if member < 0 else self.look.gammas[member]
        return float(gamma @ self.shown / self.shown.sum())

    def relevance(self, users: Codes, member: int = -1) -> Array:
        """P(click | looked at) of users (m,) and every item, float32 (m, n_items)."""
        return self._table(self.look, users, member)

    def conversion(self, users: Codes, member: int = -1) -> Array | None:
        """P(purchase | click), float32 (m, n_items); None where it is not known."""
        return None if self.buy is None else self._table(self.buy, users, member)

    def _table(self, fit: Fit, users: Codes, member: int) -> Array:
        beta = fit.beta if member < 0 else fit.betas[member]
        w, v, b, kappa = self.shape.layout.split(beta)
        taste = self.shape.x[users] @ w
        taste[:, : self.shape.own] += v[users]
        left = np.hstack([taste, kappa * self.score.left[users]]).astype(np.float32)
        right = np.hstack([self.shape.r, self.score.right]).astype(np.float32)
        return np.asarray(expit(left @ right.T + b.astype(np.float32)))


def fit_world(
    data: Dataset, *, members: int = MEMBERS, seed: int = 0, on_progress: OnProgress = silent
) -> World:
    """Fit a world to a log of impressions.

    Args:
        data: rows with user, position and a click (or another 0/1 outcome), also of what was
            shown and not acted on. Propensities, prices, categories and covariates help.
        members: worlds in the ensemble.
        seed: of the ensemble.
        on_progress: told the share done.

    Raises:
        DataError: the log cannot tell (no users, no positions, no impressions, too few clicks).
        MemoryBudgetError: it needs more memory than there is.
    """
    outcome, follows = played(data)
    frame = _usable(data, outcome)
    user, item = (frame[name].to_numpy().astype(np.int64) for name in ("user", "item"))
    y = (frame[outcome].to_numpy(dtype=float) > 0).astype(float)
    positions, slot = _slots(frame["position"].to_numpy(dtype=float))
    x, (r, own) = user_features(data), item_features(data)
    require_memory(len(frame) * (r.shape[1] * 24.0 + 200), Text("simulate.name"))
    sizes = (data.n_users, data.n_items)
    score, flags = _score(frame, user, item, sizes)
    blind = bool(np.allclose(score.rows, 0))
    shape = Shape(x, np.column_stack([r, _unit(score.item)]), own if blind else 1)
    rows = Rows(user, item, slot, y, score.rows)
    on_progress(0.1)
    part = within(on_progress, 0.1, 0.8 if follows else 1.0)
    look = fit_response(
        rows, shape, slots=len(positions), members=members, seed=seed, on_progress=part
    )
    buy, price = None, mean_price(data)
    if follows:
        rest = within(on_progress, 0.8, 1.0)
        bought = frame[follows].to_numpy(dtype=float) > 0
        buy = _buying(bought, rows, shape, members=members, seed=seed, on_progress=rest)
        if buy is None:
            word = outcomes_of(data)[follows].word
            flags += (Text("simulate.few_following", least=_LEAST_PURCHASES, outcome=word),)
    return World(
        name=data.name,
        user_ids=data.user_ids,
        item_ids=data.item_ids,
        outcomes=outcomes_played(outcome, data, buy, follows),
        impressions=np.bincount(user, minlength=sizes[0]).astype(float),
        positions=positions,
        shown=np.bincount(slot, minlength=len(positions)).astype(float),
        shape=shape,
        score=score,
        look=look,
        buy=buy,
        price=price,
        user=user,
        item=item,
        users=data.users,
        flags=flags,
    )


def _usable(data: Dataset, outcome: str) -> pd.DataFrame:
    """Shown rows with user, position and outcome, ordered by user.

    Raises:
        DataError: hardly any clicks, or only one position.
    """
    frame = data.frame
    if "exposed" in frame.columns:
        frame = frame[frame["exposed"] > 0]
    frame = frame.dropna(subset=["user", "item", "position", outcome])
    clicks = int((frame[outcome] > 0).sum())
    if clicks < _LEAST_CLICKS or clicks > len(frame) - _LEAST_CLICKS:
        raise DataError(
            "simulate.few_clicks", hint="simulate.few_clicks_hint", n=clicks, least=_LEAST_CLICKS
        )
    if frame["position"].nunique() < 2:
        raise DataError("simulate.one_position", hint="simulate.one_position_hint")
    return frame.sort_values("user", kind="stable")


def _slots(position: Array) -> tuple[Array, Codes]:
    """Positions with enough rows, and the slot of each row; rare ones join the one before them."""
    levels, count = np.unique(position, return_counts=True)
    kept = np.flatnonzero(count >= min(_POSITION_ROWS, count.max()))[:_POSITIONS]
    kept[0] = 0
    slot = np.searchsorted(levels[kept], position, side="right") - 1
    return levels[kept], slot.astype(np.int64)


def _score(
    frame: pd.DataFrame, user: Codes, item: Codes, sizes: tuple[int, int]
) -> tuple[LoggingScore, tuple[Text, ...]]:
    """The logger's score where propensities are logged, else nothing and a flag."""
    logged = "propensity" in frame.columns and bool((frame["propensity"] > 0).all())
    if logged:
        return complete(user, item, frame["propensity"].to_numpy(dtype=float), sizes), ()
    nothing = LoggingScore(
        np.zeros(sizes[1]), np.zeros((sizes[0], 1)), np.zeros((sizes[1], 1)), np.zeros(len(user))
    )
    return nothing, (Text("simulate.no_propensity"),)


def _unit(values: Array) -> Array:
    spread = float(values.std())
    return values / spread if spread > 0 else values


def _buying(
    bought: np.ndarray,
    rows: Rows,
    shape: Shape,
    *,
    members: int,
    seed: int,
    on_progress: OnProgress,
) -> Fit | None:
    clicked = rows.y > 0
    purchases = int(bought[clicked].sum())
    if purchases < _LEAST_PURCHASES or purchases > clicked.sum() - _LEAST_PURCHASES:
        return None
    following = Rows(
        rows.user, rows.item, np.zeros_like(rows.slot), bought.astype(float), rows.score
    )
    return fit_response(
        following.where(clicked),
        Shape(shape.x, shape.r, 1),
        members=members,
        seed=seed + 1,
        on_progress=on_progress,
    )
