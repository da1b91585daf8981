"""Estimands as formulas, in LaTeX: Y the outcome, T the treatment, X what is adjusted for.

Z is the instrument, M are the mediators.
"""

from __future__ import annotations

__all__ = ["ADJUSTED", "INSTRUMENTS", "MEDIATED", "SEEN"]

_CONTRAST = r"E[Y \mid T=1,\,X] - E[Y \mid T=0,\,X]"
ADJUSTED = {
    "ate": rf"\tau = E\big[\, {_CONTRAST} \,\big]",
    "att": rf"\tau = E\big[\, {_CONTRAST} \;\big|\; T=1 \,\big]",
    "atc": rf"\tau = E\big[\, {_CONTRAST} \;\big|\; T=0 \,\big]",
    "overlap": r"\tau = \frac{E\big[\, e(X)\,(1-e(X))\,\tau(X) \,\big]}"
    r"{E\big[\, e(X)\,(1-e(X)) \,\big]},\quad "
    rf"\tau(X) = {_CONTRAST},\quad e(X) = P(T=1 \mid X)",
    "slope": r"\tau = \frac{E\big[\, (T - E[T \mid X])\,(Y - E[Y \mid X]) \,\big]}"
    r"{E\big[\, (T - E[T \mid X])^2 \,\big]}",
}
"""By target, and of a number as treatment: what adjusting by the back door estimates
(Robinson, 1988, for the slope; Li, Morgan and Zaslavsky, 2018, for the overlap)."""
SEEN = {
    **dict.fromkeys(("ate", "att", "atc", "overlap"), r"\delta = E[Y \mid T=1] - E[Y \mid T=0]"),
    "slope": r"\delta = \mathrm{Cov}(T, Y) \,/\, \mathrm{Var}(T)",
}
"""The same of what is seen alone."""
_LEFT = r",\quad \tilde{Z} = Z - E[Z \mid X]"
INSTRUMENTS = dict.fromkeys(
    ("late", "slope"), r"\tau = \frac{E[\, \tilde{Z}\, Y \,]}{E[\, \tilde{Z}\, T \,]}" + _LEFT
)
"""What instruments estimate (Wald, 1940; Imbens and Angrist, 1994)."""
MEDIATED = {
    "ate": r"\tau = \sum_m \big(P(m \mid T=1) - P(m \mid T=0)\big)"
    r" \sum_t P(t)\, E[Y \mid T=t,\, M=m]",
    "slope": r"\tau = \sum_j \frac{\partial E[M_j \mid T]}{\partial T}\;"
    r"\frac{\partial E[Y \mid T,\, M]}{\partial M_j}",
}
"""What the front door estimates (Pearl, 1995)."""
