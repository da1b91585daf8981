"""From evidence to a decision, by a written rule: the first step that fits decides.

 1. refused: no method can answer: cannot tell from this log.
 2. seen: groups are compared as they are, nothing is adjusted for: cannot tell.
 3. opposed: two methods are clear, and against each other: cannot tell.
 4. worse: the whole interval is a loss: don't.
 5. broken: a guardrail is broken, whatever is gained: don't.
 6. same: it changes nothing that can be seen: don't.
 7. negligible: the whole interval is within `NEGLIGIBLE` of what there is now: don't.
 8. against: the leading method is unclear and another shows a clear loss: test it first.
 9. unclear: the interval includes 0: test it first.
10. unlike: another method speaks against the gain (`causalrec.core.results.agreement.unlike`):
    test it first.
11. rails: a guardrail is at risk, or nobody can tell whether it holds: test it first.
12. doubts: something says that the gain is less sure than its interval looks: test it first.
13. better: the whole interval is a gain and nothing speaks against it: do it.

A step is written in words under ``answer.rule_<name>``; a page shows the list and which fired.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from causalrec.core.words import Text

__all__ = [
    "NEGLIGIBLE",
    "RULE",
    "Certainty",
    "Decision",
    "Evidence",
    "Step",
    "Trend",
    "certainty_of",
    "decide",
]

Decision = Literal["do it", "don't", "test it first", "cannot tell"]
Certainty = Literal["clear", "doubtful", "open", "unknown"]
Trend = Literal["better", "worse", "unclear", "same", "refused"]
NEGLIGIBLE = 0.01
"""Share of what there is now; a change that is surely smaller is not worth its work."""


@dataclass(frozen=True)
class Evidence:
    """What a decision rests on.

    Attributes:
        trend: of the leading estimate, in the direction that is good.
        causal: whether it is an effect, and not a difference as seen.
        opposed: whether two methods are clear and against each other.
        against: whether another method than the leading one shows a clear loss.
        unlike: whether another method speaks against a leading gain.
        broken: whether a guardrail is broken.
        risky: whether a guardrail is at risk or cannot be told.
        doubts: whether something says that the gain is less sure than its interval looks.
        negligible: whether the whole interval is within `NEGLIGIBLE` of what there is now.
    """

    trend: Trend
    causal: bool = True
    opposed: bool = False
    against: bool = False
    unlike: bool = False
    broken: bool = False
    risky: bool = False
    doubts: bool = False
    negligible: bool = False


class Step(NamedTuple):
    """A step of the rule: its name, what it decides, and when."""

    name: str
    decision: Decision
    fits: Callable[[Evidence], bool]

    @property
    def words(self) -> Text:
        """The step as a person reads it."""
        return Text(f"answer.rule_{self.name}")


RULE: tuple[Step, ...] = (
    Step("refused", "cannot tell", lambda e: e.trend == "refused"),
    Step("seen", "cannot tell", lambda e: not e.causal),
    Step("opposed", "cannot tell", lambda e: e.opposed),
    Step("worse", "don't", lambda e: e.trend == "worse"),
    Step("broken", "don't", lambda e: e.broken),
    Step("same", "don't", lambda e: e.trend == "same"),
    Step("negligible", "don't", lambda e: e.negligible),
    Step("against", "test it first", lambda e: e.trend == "unclear" and e.against),
    Step("unclear", "test it first", lambda e: e.trend == "unclear"),
    Step("unlike", "test it first", lambda e: e.unlike),
    Step("rails", "test it first", lambda e: e.risky),
    Step("doubts", "test it first", lambda e: e.doubts),
    Step("better", "do it", lambda e: e.trend == "better"),
)


def decide(evidence: Evidence) -> Step:
    """The step of the rule that decides: the first that fits; the last fits what is left."""
    return next(step for step in RULE if step.fits(evidence))


def certainty_of(evidence: Evidence) -> Certainty:
    """How sure the direction is: "unknown", "open", "doubtful" or "clear"."""
    if evidence.trend == "refused" or not evidence.causal or evidence.opposed:
        return "unknown"
    if evidence.trend == "unclear":
        return "open"
    return "doubtful" if evidence.unlike or evidence.doubts else "clear"
