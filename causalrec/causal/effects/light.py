"""The written rule by which an effect is believed: seven checks, the worst of which counts.

Red means that the number is not the effect, or that something contradicts it; amber that it may be
off by more than its interval says. The words of each check's rule are `causal.light_<check>_rule`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from causalrec.causal.effects.alarms import DOUBTS
from causalrec.causal.refuters import REFUTERS
from causalrec.causal.refuters.refutations import Refutations
from causalrec.causal.sensitivity.sensitivity import Sensitivity
from causalrec.core.results.agreement import apart, opposed, unlike
from causalrec.core.results.flags import name_of
from causalrec.core.results.light import Check, Colour, Light
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.core.words.lists import listed

__all__ = ["BALANCED", "Grounds", "traffic_light"]

BALANCED = 0.1
"""Standard deviations between weighted arms up to which they count as alike (Austin, 2009)."""
Verdict = tuple[Colour, Text]


@dataclass(frozen=True)
class Grounds:
    """What an effect is believed on.

    Attributes:
        lead: its value and interval, or its refusal, and its flags.
        others: the same from other estimators that adjust.
        causal: whether it is adjusted for anything that a graph says.
        adjustment: columns adjusted for; `besides`: instruments or mediators that carry the answer.
        extreme: share of extreme propensities; None where there are no two arms.
        effective: rows that the weighted arms are worth.
        balance: differences of the covariates, before and after weighting.
        refutations: attempts to break it; None: nobody tried.
        hidden: what a hidden cause would have to be.
    """

    lead: Estimate
    others: tuple[Estimate, ...]
    causal: bool
    adjustment: tuple[str, ...]
    extreme: float | None
    effective: tuple[float, ...]
    balance: pd.DataFrame
    refutations: Refutations | None
    hidden: Sensitivity | None
    besides: tuple[str, ...] = ()


def traffic_light(grounds: Grounds) -> Light:
    """The light of an effect; where there is no effect the first check alone is made."""
    checks = _CHECKS if grounds.causal and not grounds.lead.refused else _CHECKS[:1]
    judged = []
    for name, judge in checks:
        verdict = judge(grounds)
        if verdict is not None:
            label, rule = Text(f"causal.light_{name}"), Text(f"causal.light_{name}_rule")
            colour, reason = verdict
            judged.append(Check(name=name, label=label, rule=rule, colour=colour, reason=reason))
    return Light(checks=tuple(judged), leads="hidden" if grounds.hidden else "agreement")


def _identified(grounds: Grounds) -> Verdict:
    """Whether the graph says that there is an effect to tell."""
    if grounds.lead.refused:
        return "red", Text("causal.light_refused", reason=grounds.lead.reason or "")
    if not grounds.causal:
        return "red", Text("causal.flag_not_causal")
    if grounds.besides:
        return "green", Text("causal.light_identified_besides", besides=listed(grounds.besides))
    if not grounds.adjustment:
        return "green", Text("causal.light_identified_free")
    return "green", Text("causal.light_identified_given", covariates=listed(grounds.adjustment))


def _alarms(grounds: Grounds) -> Verdict:
    """What says of the interval itself that it may miss the truth."""
    rang = [flag for flag in grounds.lead.flags if flag.key in DOUBTS and not _of_overlap(flag)]
    if not rang:
        return "green", Text("causal.light_alarms_none")
    return "amber", rang[0] if len(rang) == 1 else _one_after_another(rang)


def _overlap(grounds: Grounds) -> Verdict | None:
    """Whether there is somebody to compare with."""
    rang = [flag for flag in grounds.lead.flags if _of_overlap(flag)]
    filled = [flag for flag in rang if name_of(flag.key) == "extrapolates"]
    if rang:
        return ("red", filled[0]) if filled else ("amber", rang[0])
    if grounds.extreme is None:
        return None
    return "green", Text("causal.light_overlap_good", share=grounds.extreme)


def _balance(grounds: Grounds) -> Verdict | None:
    """Whether the arms are alike in what is adjusted for, beyond what chance explains."""
    rows = grounds.balance
    if not len(rows) or not grounds.effective:
        return None
    left = rows["after"].abs().to_numpy(dtype=float)
    worst, name = float(left.max()), str(rows["covariate"].iloc[int(left.argmax())])
    chance = 2.0 * sum(1.0 / n for n in grounds.effective) ** 0.5
    alike = worst <= BALANCED + chance
    key = "good" if alike else "poor"
    said = Text(f"causal.light_balance_{key}", name=name, worst=worst)
    return ("green" if alike else "amber"), said


def _attempts(grounds: Grounds) -> Verdict:
    """Whether it stood the attempts to break it; a hidden cause is judged by its size."""
    tried = grounds.refutations
    if tried is None or tried.refused:
        return "amber", Text("causal.light_attempts_none")
    failed = [name for name in tried.failed if REFUTERS[name].expects != "sign"]
    if not failed:
        return "green", Text("causal.light_attempts_held", n=len(tried.rows))
    invented = any(REFUTERS[name].expects == "zero" for name in failed)
    names = listed([REFUTERS[name].word() for name in failed])
    return ("red" if invented else "amber"), Text("causal.light_attempts_broken", names=names)


def _hidden(grounds: Grounds) -> Verdict | None:
    """Whether a hidden cause as strong as the strongest that is known would do."""
    hidden = grounds.hidden
    if hidden is None:
        return None
    if not grounds.lead.excludes_zero or hidden.times_low is None or hidden.times_low >= 1:
        return "green", hidden.sentence
    facts = {"times": hidden.times_low, "name": hidden.strongest}
    return "amber", Text("causal.light_hidden_weak", **facts)


def _agreement(grounds: Grounds) -> Verdict:
    """Whether other estimators say the same."""
    lead, others = grounds.lead, grounds.others
    if not others:
        return "amber", Text("causal.light_agreement_alone")
    if any(opposed(a, b) for a, b in combinations((lead, *others), 2)):
        return "red", Text("causal.light_agreement_opposed")
    against = [one for one in others if apart(lead, one) or unlike(lead, one) or unlike(one, lead)]
    if against:
        return "amber", Text("causal.light_agreement_apart", n=len(against), of=len(others))
    return "green", Text("causal.light_agreement_good", n=len(others) + 1)


def _of_overlap(flag: Text) -> bool:
    return name_of(flag.key) in ("moved", "thin", "extrapolates")


def _one_after_another(texts: Iterable[Text]) -> Text:
    first, *rest = texts
    for one in rest:
        first = Text("causal.light_and", first=first, second=one)
    return first


_CHECKS: tuple[tuple[str, Callable[[Grounds], Verdict | None]], ...] = (
    ("identified", _identified),
    ("overlap", _overlap),
    ("balance", _balance),
    ("alarms", _alarms),
    ("attempts", _attempts),
    ("hidden", _hidden),
    ("agreement", _agreement),
)
