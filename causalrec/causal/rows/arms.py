"""Which two values of a treatment are compared, and which of them is the control."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from causalrec.causal.rows.column_values import YES_AND_NO, Column, text_of
from causalrec.core.words import Text

__all__ = ["Arms", "Refusal", "arms_of", "pick"]

CONTROLS = {
    "control", "controls", "ctrl", "ctl", "control group", "control arm", "placebo",
    "sham", "baseline", "base", "holdout", "hold out", "held out", "off", "no", "false",
    "0", "none", "null", "nothing", "old", "untreated", "unexposed", "unaware",
    "inactive", "disabled", "absent", "default", "standard", "usual", "usual care",
    "existing", "current", "legacy", "original", "before", "champion", "full price",
    "status quo", "business as usual", "bau", "reference", "ref", "regular", "normal",
    "without", "never", "pre", "low", "kontrolle", "kontrollgruppe", "contrôle", "controle",
    "témoin", "groupe témoin", "grupo control", "контроль", "对照", "对照组", "控制", "控制组",
    "安慰剂", "基线", "无", "否", "没有", "关", "关闭",
    "旧", "旧版", "原版", "未处理", "未曝光", "默认",
}  # fmt: skip
"""Usual names of a control, words apart by one blank."""
SURE = {
    "control", "controls", "ctrl", "placebo", "sham", "baseline", "holdout", "untreated",
    "unexposed", "对照", "对照组",
}  # fmt: skip
"""Words that name a control also inside a longer name."""
DENIALS = {"no", "not", "non", "without", "un", "never", "off", "old", "无", "未", "不", "非", "旧"}
NEGATIONS = ("un", "in", "dis", "non", "not", "no", "de", "ab", "无", "未", "不", "非", "没")


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error
    """The data cannot answer; carries the sentence that says why."""

    def __init__(self, reason: Text) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class Arms:
    """The values of a treatment and how they are named.

    Attributes:
        names: each value in words, the most frequent first.
        held: each as it stands in the column (a number or a text).
        numeric: whether they are numbers; boolean: whether True and False.
        order: of an ordered category, first to last, in words; else empty.
    """

    names: tuple[str, ...]
    held: tuple[Any, ...]
    numeric: bool
    boolean: bool
    order: tuple[str, ...] = ()

    def find(self, asked: object) -> int | None:
        """Place of an asked value: as it is, as it prints, or as a boolean's usual word."""
        if asked is None or not pd.api.types.is_scalar(asked) or pd.isna(cast("float", asked)):
            return None
        word = text_of(asked)
        for written in (word, word.strip()):
            if written in self.names:
                return self.names.index(written)
        folded = [name.casefold() for name in self.names]
        if folded.count(word.strip().casefold()) == 1:
            return folded.index(word.strip().casefold())
        number = _number(word)
        values = [_number(name) for name in self.names]
        return values.index(number) if number is not None and values.count(number) == 1 else None


def arms_of(column: Column) -> Arms:
    """The values of a treatment column, the most frequent first (ties as they sort)."""
    data = column.data[column.known]
    values, counts = np.unique(data, return_counts=True)
    places = np.argsort(-counts, kind="stable")
    chosen = [values[i] for i in places]
    boolean = column.form == "boolean"
    names = [text_of(bool(v)) if boolean else text_of(v) for v in chosen]
    return Arms(tuple(names), tuple(chosen), column.numeric, boolean, column.order)


def pick(
    arms: Arms, name: str, control: object = None, treated: object = None
) -> tuple[int, int, bool]:
    """Places of control and treated among the arms, and whether the control was only guessed.

    The control is what was asked for; else the first of an ordered category; else what has the
    usual name of a control; else False or the least number; else the most frequent. The treated
    arm is what was asked for, else the most frequent other.

    Args:
        arms: two or more values.
        name: of the treatment, for the words.
        control: what was asked for, or None.
        treated: what was asked for, or None.

    Raises:
        Refusal: no row has an asked value, or both are the same.
    """
    wanted = []
    for asked in (control, treated):
        place = arms.find(asked)
        if asked is not None and place is None:
            listed = ", ".join(arms.names[:8])
            raise Refusal(Text("causal.refuse_level", name=name, value=str(asked), known=listed))
        wanted.append(place)
    guessed = False
    left = [i for i in range(len(arms.names)) if i != wanted[1]]
    first = wanted[0]
    if first is None:
        first, guessed = _control(arms, left)
        guessed = guessed and wanted[1] is None
    others = [i for i in range(len(arms.names)) if i != first]
    second = wanted[1] if wanted[1] is not None else others[0]
    if first == second:
        value = arms.names[first]
        raise Refusal(Text("causal.refuse_same_level", name=name, value=value))
    return first, second, guessed


def _control(arms: Arms, left: Sequence[int]) -> tuple[int, bool]:
    """Place of the control among those left, and whether frequency alone decided."""
    names = [arms.names[i] for i in left]
    if arms.order:
        return min(left, key=lambda i: arms.order.index(arms.names[i])), False
    ranks = [_rank(name, arms.names) for name in names]
    if arms.numeric and not arms.boolean:
        ranks = [1 if arms.held[i] == 0 else 9 for i in left]
    best = min(ranks)
    if best < 9:
        return left[ranks.index(best)], False
    if all(_number(name) is not None for name in names):
        return min(left, key=lambda i: _number(arms.names[i]) or 0.0), False
    return left[0], len(arms.names) > 1


def _rank(name: str, everyone: Sequence[str]) -> int:
    """How clearly a name says control: 1 is clearest, 9 not at all."""
    word = _plain(name)
    parts = word.split()
    if word in CONTROLS:
        return 1
    if set(parts) & SURE or any(one in word for one in ("对照", "安慰剂")):
        return 2
    others = [_plain(other) for other in everyone if other != name]
    if any(
        word == f"{prefix}{gap}{o}" for o in others for prefix in NEGATIONS for gap in ("", " ")
    ):
        return 3
    if word[0] in DENIALS or set(parts) & DENIALS:
        return 4
    return _tail_rank(word, others)


def _tail_rank(word: str, others: Sequence[str]) -> int:
    """The same from what is left of a name after what all names begin with."""
    split = [one.split() for one in (word, *others)]
    shared = 0
    while all(len(parts) > shared and parts[shared] == split[0][shared] for parts in split):
        shared += 1
    rest, *tails = [" ".join(parts[shared:]) for parts in split]
    if rest in CONTROLS:
        return 5
    if rest == "a" and all(re.fullmatch(r"[b-z]\d?", tail) for tail in tails):
        return 6
    versions = [re.fullmatch(r"(\D*)(\d{1,9})", one) for one in (rest, *tails)]
    stems = [match.groups() for match in versions if match]
    if len(stems) < len(split) or len({stem for stem, _ in stems}) > 1:
        return 9
    numbers = [int(number) for _, number in stems]
    return 7 if numbers[0] == min(numbers) else 9


def _plain(name: str) -> str:
    """A name in small letters, its words apart by one blank."""
    return " ".join(re.split(r"[\W_]+", name.casefold())).strip() or name.casefold()


def _number(word: str) -> float | None:
    """The number or truth value that a word stands for."""
    plain = word.strip().casefold().rstrip("%")
    if plain in YES_AND_NO:
        return float(YES_AND_NO[plain])
    try:
        return float(plain)
    except ValueError:
        return None
