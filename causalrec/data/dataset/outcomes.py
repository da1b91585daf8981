"""What the outcomes of a log are: name, unit, money or not, which way is good, and of what kind.

One table a log, read off its mapping and its values, never off a fixed list of names. A person
corrects it in the mapping (`ColumnMapping.about`); what is not known of a name is a number of
which more is better.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from causalrec.core.words import Text, table
from causalrec.data.dataset.mapping import meaning_of

__all__ = [
    "PARTS",
    "Kind",
    "Outcome",
    "are_grades",
    "least_wanted",
    "outcome_named",
    "same_outcome",
    "spoken",
]

Kind = Literal["share", "mean", "sum"]
PARTS = {"share", "ratio", "rate", "percent", "pct", "fraction", "completion", "完播率", "比例"}
"""Words of a name that say that its values are parts of something."""
_GRADES, _HIGH = 11, 0.7
"""Values up to so many are grades; those from 7/10 of their range on are high ones."""


class Outcome(BaseModel):
    """What an outcome is.

    Attributes:
        name: its name in the log.
        meaning: what the name tells ("click", "minutes", …); None: nothing.
        kind: "share" (0/1, or a share between 0 and 1: said in percent), "mean" (a number whose
            sum says nothing, as a rating) or "sum" (amounts that add up: minutes, money).
        unit: of its values, a key of the words ``outcome.unit_…`` or a word of the person's own.
        money: whether it is in the workspace's currency.
        good: 1 where more is better, -1 where less is.
        times: the price role that its source is multiplied by, where it is made of two columns.
        source: the outcome in the log that it is made of; None: it is in the log itself.
        own: whether it is said by its own name because another has its meaning.
        averaged: whether its values are each user's mean over impressions of what is counted or
            added up, which is no share of users and no sum of theirs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    meaning: str | None = None
    kind: Kind = "mean"
    unit: str = ""
    money: bool = False
    good: Literal[1, -1] = 1
    times: str | None = None
    source: str | None = None
    own: bool = False
    averaged: bool = False

    @property
    def word(self) -> Text | str:
        """The outcome within a sentence: a word where the name has one, else the name itself."""
        return spoken("word", self) or self.name

    @property
    def counted(self) -> bool:
        """Whether its share counts things (clicks, buyers); a part of each counts none."""
        words = set(re.split(r"[\W_]+", self.name.lower()))
        parts = self.averaged or self.meaning == "watch" or bool(PARTS & words)
        return self.kind == "share" and not parts

    @property
    def unit_word(self) -> Text | str:
        """The unit of its values; empty where there is none or it is money."""
        key = f"outcome.unit_{self.unit}"
        return Text(key) if self.unit and key in table("en") else self.unit

    def of_users(self, values: pd.Series | np.ndarray) -> Outcome:
        """The same outcome where the values are one a user: share where all are 0 or 1.

        Args:
            values: (n_users,).
        """
        finite = np.asarray(values, dtype=float)
        finite = finite[np.isfinite(finite)]
        binary = len(finite) > 0 and bool(np.isin(finite, (0.0, 1.0)).all())
        if binary and not self.money:
            return self.model_copy(update={"kind": "share", "unit": ""})
        return self.model_copy(update={"kind": "sum" if self.money else "mean"})


@dataclass(frozen=True)
class _Facts:
    """What is known of a meaning."""

    kind: Kind
    good: Literal[1, -1] = 1
    unit: str = ""
    money: bool = False
    names: frozenset[str] = frozenset()


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FACTS: dict[str, _Facts] = {
    "click": _Facts("share"),
    "purchase": _Facts("share"),
    "rating": _Facts("mean", unit="points"),
    "watch": _Facts("mean"),
    "revenue": _Facts(
        "sum",
        money=True,
        names=_names("revenue sales turnover gmv spend spent amount income profit 收入 金额"),
    ),
    "plays": _Facts("sum", names=_names("plays play listens listen streams stream 播放 收听")),
    "quantity": _Facts("sum", names=_names("quantity units qty count 数量 件数")),
    "return": _Facts(
        "share", -1, names=_names("return returned returns refund refunded 退货 退款")
    ),
    "skip": _Facts("share", -1, names=_names("skip skipped skips bounce bounced 跳过")),
    "leave": _Facts(
        "share",
        -1,
        names=_names(
            "churn churned unsubscribe unsubscribed unfollow cancel cancelled uninstall 流失"
        ),
    ),
    "dislike": _Facts(
        "share",
        -1,
        names=_names("dislike disliked complaint complained hide hidden reported 投诉 不喜欢"),
    ),
}
"""What is known of each meaning; the names of the first four stand with the mapping."""

_UNITS = {
    "min": _names("minute minutes min mins 分钟"),
    "s": _names("second seconds sec secs 秒"),
    "ms": _names("millisecond milliseconds ms msec 毫秒"),
    "h": _names("hour hours hr hrs 小时"),
}


def outcome_named(name: str) -> Outcome:
    """What a name alone tells of an outcome."""
    words = [word for word in re.split(r"[\W_]+|(?<=[a-z])(?=[A-Z])", name) if word]
    words = [word.lower() for word in words]
    unit = next((unit for unit, names in _UNITS.items() if names & set(words)), "")
    if unit:
        return Outcome(name=name, meaning="time", kind="sum", unit=unit)
    meaning = meaning_of(name)
    if meaning is None:
        spoken = {*words, "".join(words)}
        meanings = (m for m, facts in _FACTS.items() if facts.names & spoken)
        meaning = next(meanings, None)
    if meaning is None:
        return Outcome(name=name)
    facts = _FACTS[meaning]
    return Outcome(
        name=name,
        meaning=meaning,
        kind=facts.kind,
        unit=facts.unit,
        money=facts.money,
        good=facts.good,
    )


def is_amount(name: str, about: Mapping[str, Mapping[str, Any]] | None = None) -> bool:
    """Whether an outcome adds up (minutes, money), so that 0 says that nothing came of a row.

    Args:
        name: of the outcome.
        about: what a person said of outcomes (`ColumnMapping.about`).
    """
    said = (about or {}).get(name, {})
    return bool(said.get("kind", outcome_named(name).kind) == "sum")


def are_grades(values: np.ndarray) -> bool:
    """Whether values float (n,) are grades of a scale: few different ones, more than two."""
    finite = np.asarray(values, dtype=float)
    return 2 < len(np.unique(finite[np.isfinite(finite)])) <= _GRADES


def least_wanted(values: np.ndarray) -> float:
    """From which value on an outcome suits as wanted: high grades, else what is above the middle.

    Args:
        values: float (n,).
    """
    finite = np.asarray(values, dtype=float)
    finite = finite[np.isfinite(finite)]
    levels = np.unique(finite)
    if not len(levels) or np.isin(levels, (0.0, 1.0)).all():
        return 1.0
    if len(levels) > _GRADES:
        # Where most values are the lowest (no minute listened), what is above that.
        return float(max(np.median(finite), levels[1]))
    least = levels[0] + _HIGH * (levels[-1] - levels[0])
    return float(levels[levels >= least][0])


def same_outcome(one: str, other: str) -> bool:
    """Whether two names mean the same outcome: equal, or known to mean the same."""
    mine, theirs = outcome_named(one).meaning, outcome_named(other).meaning
    return one == other or (mine is not None and mine == theirs)


def spoken(form: str, one: Outcome) -> Text | None:
    """The word ``outcome.<form>_<meaning>`` of an outcome that goes by its meaning; else None.

    A rating called "stars" is said as "stars"; of two outcomes of one meaning, the second too.
    Counts of what is by nature yes or no (purchases of a user) have the word, but no name of it.
    """
    key = f"outcome.{form}_{one.meaning}"
    facts = _FACTS.get(one.meaning or "")
    if form != "word" and facts is not None and facts.kind == "share" != one.kind:
        return None
    plain = re.sub(r"[\W_]+", "", one.name.lower())
    named = plain == one.meaning or one.source is not None or one.kind == "share"
    return Text(key) if named and not one.own and key in table("en") else None
