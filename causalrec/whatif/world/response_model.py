"""The response model behind a world: examination by position times relevance of user and item.

P(y = 1 | user u, item i, position k) = gamma_k * sigmoid(theta_ui), gamma of the first
position 1 (examination hypothesis: Richardson, Dominowska and Ragno, 2007; position-based
model: Chuklin, Markov and de Rijke, 2015), with a mixed model of relevance,

    theta_ui = x_u' W r_i + V_u' r_i + b_i + kappa s_ui,

x (user covariates) and r (item covariates) both starting with a constant, so that W holds
intercept, main effects and interactions, V a user's own taste on the first columns of r,
b an item's own appeal, and s the score by which the logging policy chose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

__all__ = ["Array", "Codes", "Layout", "Model", "Rows", "Shape"]

Array = NDArray[np.floating[Any]]
Codes = NDArray[np.int64]
_MAX_PROBABILITY = 0.999
_DENSE, _USERS = 40, 256  # pairs a row up to which tables are faster; users of a table


@dataclass(frozen=True)
class Rows:
    """Observed rows in the order of their users.

    Attributes:
        user, item, slot: int codes, shape (n,); slot 0 is the reference position.
        y: 0/1 outcomes, shape (n,).
        score: s of each row, shape (n,).
    """

    user: Codes
    item: Codes
    slot: Codes
    y: Array
    score: Array

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.y.size)

    def where(self, chosen: NDArray[np.bool_]) -> Rows:
        """The rows chosen by a mask, shape (n,)."""
        return Rows(
            self.user[chosen],
            self.item[chosen],
            self.slot[chosen],
            self.y[chosen],
            self.score[chosen],
        )


@dataclass(frozen=True)
class Shape:
    """What the coefficients multiply.

    Attributes:
        x: user features, shape (n_users, p), first column 1.
        r: item features, shape (n_items, q), first column 1.
        own: leading columns of r on which a user has a taste of their own.
    """

    x: Array
    r: Array
    own: int

    @property
    def layout(self) -> Layout:
        """Where each block lies in the vector of coefficients."""
        return Layout(len(self.x), len(self.r), self.x.shape[1], self.r.shape[1], self.own)


@dataclass(frozen=True)
class Layout:
    """A vector of coefficients as blocks W (p, q), V (n_users, own), b (n_items,) and kappa."""

    users: int
    items: int
    p: int
    q: int
    own: int

    @property
    def size(self) -> int:
        """Coefficients in all."""
        return self.p * self.q + self.users * self.own + self.items + 1

    def split(self, beta: Array) -> tuple[Array, Array, Array, Array]:
        """Views W, V, b and kappa (shape (1,)) of a vector, shape (size,)."""
        ends = np.cumsum([self.p * self.q, self.users * self.own, self.items])
        w, v, b, kappa = np.split(beta, ends)
        return w.reshape(self.p, self.q), v.reshape(self.users, self.own), b, kappa


class Model:
    """Likelihood, score and Fisher information of rows under a shape.

    `linear` computes in single precision, `adjoint` in that of its argument.
    """

    def __init__(self, rows: Rows, shape: Shape) -> None:
        self.rows, self.shape, self.layout = rows, shape, shape.layout
        self._counts = np.bincount(rows.user, minlength=len(shape.x))
        self._ends = np.r_[0, np.cumsum(self._counts)]
        pairs = len(shape.x) * len(shape.r)
        dense = pairs <= _DENSE * rows.n
        self._pair = rows.user * len(shape.r) + rows.item
        self._features: dict[Any, tuple[Array, Array, Array | None, Array]] = {
            np.dtype(kind): (
                shape.x.astype(kind),
                shape.r.astype(kind),
                None if dense else np.asarray(shape.r[rows.item], dtype=kind),
                rows.score.astype(kind),
            )
            for kind in (np.float32, np.float64)
        }

    def linear(self, beta: Array) -> Array:
        """Theta of each row, float32, shape (n,)."""
        x, r, by_row, score = self._features[np.dtype(np.float32)]
        w, v, b, kappa = self.layout.split(beta.astype(np.float32))
        taste = x @ w
        taste[:, : self.layout.own] += v
        theta = kappa * score
        if by_row is not None:
            theta += np.einsum("nq,nq->n", np.repeat(taste, self._counts, axis=0), by_row)
            return np.asarray(theta + b[self.rows.item])
        right, wide = np.ascontiguousarray(r.T), len(r)
        for start in range(0, len(x), _USERS):  # tables small enough for the processor's cache
            stop = min(start + _USERS, len(x))
            low, high = self._ends[start], self._ends[stop]
            table = taste[start:stop] @ right + b
            theta[low:high] += table.ravel()[self._pair[low:high] - start * wide]
        return np.asarray(theta)

    def adjoint(self, by_row: Array) -> Array:
        """The transpose of `linear`: row weights (n,) -> vector (size,)."""
        x, r, _, score = self._features[by_row.dtype]
        return self._gather(by_row, x, r, by_row @ score)

    def diagonal(self, by_row: Array) -> Array:
        """Diagonal of the Fisher information for weights of theta, (n,) -> (size,)."""
        kappa = max(float(by_row @ self.rows.score**2), 1e-9)
        return self._gather(by_row, self.shape.x**2, self.shape.r**2, kappa)

    def _gather(self, by_row: Array, x: Array, r: Array, kappa: float | Array) -> Array:
        from scipy.sparse import csr_matrix

        out = np.zeros(self.layout.size, dtype=by_row.dtype)
        w, v, b, slope = self.layout.split(out)
        table = csr_matrix((by_row, self.rows.item, self._ends), shape=(len(x), len(r)))
        per_user = table @ r  # (n_users, q)
        v[...] = per_user[:, : self.layout.own]
        w[...] = x.T @ per_user
        b[...] = np.bincount(self.rows.item, by_row, minlength=self.layout.items)
        slope[...] = kappa
        return out

    def moments(self, theta: Array, gamma: Array) -> tuple[Array, Array]:
        """Probability p and dp/dtheta of each row, shape (n,) each.

        Args:
            theta: from `linear`, shape (n,).
            gamma: examination, shape (slots,).
        """
        relevance = expit(theta)
        p = np.clip(gamma[self.rows.slot] * relevance, 1e-9, _MAX_PROBABILITY)
        return p, p * (1.0 - relevance)

    def loss(self, p: Array, weight: Array) -> float:
        """Weighted negative log-likelihood of probabilities p, shape (n,)."""
        return -float(weight @ np.log(np.where(self.rows.y > 0, p, 1.0 - p)))
