"""Guessing what each column is, from its name and from its values."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.words import Text
from causalrec.data.mapping import MEANINGS, ColumnMapping, meaning_of
from causalrec.data.times import guess_time_unit, parse_times

__all__ = ["RoleGuess", "guess_mapping", "guess_roles"]

_NAMES: dict[str, str] = {
    "user": "user uid userid visitor visitorid customer customerid member reviewer reviewerid "
    "account client person cookie device_id buyer reader viewer 用户 会员 顾客",
    "item": "item iid itemid product productid sku movie movieid article articleid artist "
    "artistid asin video videoid song track ad adid book isbn goods goodsid news newsid poi "
    "business action content listing 商品 物品 电影 视频",
    "time": "time timestamp date datetime ts day created createdat unixtime unix epoch when "
    "reviewtime 时间 日期",
    "propensity": "propensity propensityscore pscore actionprob loggingprob prob probability "
    "ips 倾向 曝光概率",
    "position": "position pos rank slot place 位置 排名",
    "price": "price cost amount unitprice saleprice 价格 单价",
    "category": "category categories categoryid cat genre genres 类目 类别 品类",
    "session": "session sessionid sid visit visitid 会话",
    "exposed": "exposed exposure impression impressions shown isexposed isshown displayed 曝光",
    "event": "event eventtype events behavior behaviour behaviortype actiontype 行为 事件",
}
_KNOWN = {role: frozenset(names.replace("_", "").split()) for role, names in _NAMES.items()}
_ORDER = (
    "event",
    "time",
    "propensity",
    "exposed",
    "position",
    "user",
    "item",
    "session",
    "price",
    "category",
)
_SAMPLE = 5_000


@dataclass(frozen=True)
class RoleGuess:
    """A mapping guessed, and why.

    Attributes:
        roles: ``{role: column}`` for the roles with one column.
        outcomes: ``{outcome name: column}``.
        text, covariates: further columns.
        left: columns that look like row numbers or constants.
        reasons: ``{column: sentence}``.
        unsure: roles guessed from values alone.
    """

    roles: dict[str, str]
    outcomes: dict[str, str]
    text: tuple[str, ...]
    covariates: tuple[str, ...]
    left: tuple[str, ...]
    reasons: dict[str, Text]
    unsure: tuple[str, ...]

    def mapping(self) -> ColumnMapping:
        """The guess as a mapping.

        Raises:
            DataError: no column looks like item ids.
        """
        if "item" not in self.roles:
            raise DataError("data.no_item_guess", hint="data.no_item_guess_hint")
        return ColumnMapping(
            **self.roles,
            outcomes=self.outcomes or None,
            text=self.text,
            covariates=self.covariates,
        )


@dataclass(frozen=True)
class _Look:
    """What the values of a column look like, on a sample."""

    numeric: bool
    time: bool
    binary: bool
    whole: bool
    low: float
    high: float
    distinct: int
    n: int
    length: float
    row_number: bool

    @property
    def share(self) -> float:
        return self.distinct / max(self.n, 1)


def guess_mapping(frame: pd.DataFrame) -> ColumnMapping:
    """The mapping that names and values suggest.

    Raises:
        DataError: no column looks like item ids.
    """
    return guess_roles(frame).mapping()


def guess_roles(frame: pd.DataFrame) -> RoleGuess:
    """Roles that names and values suggest; each column gets at most one."""
    step = max(1, len(frame) // _SAMPLE)
    sample = frame.iloc[::step]
    looks = {str(c): _look(sample[c]) for c in frame.columns}
    named = {c: _plain(c) for c in looks}
    roles: dict[str, str] = {}
    reasons: dict[str, Text] = {}
    for role in _ORDER:
        fit = [c for c in looks if c not in reasons and _fits(role, looks[c])]
        best = max(fit, key=lambda c: _name_score(role, named[c]), default=None)
        if best is not None and _name_score(role, named[best]) > 0:
            roles[role] = best
            reasons[best] = Text("data.because_name_values", role=Text(f"data.role_{role}"))
    outcomes = _outcomes(looks, reasons, event="event" in roles)
    unsure = _by_values(looks, roles, outcomes, reasons)
    left = tuple(
        c for c, k in looks.items() if c not in reasons and (k.row_number or k.distinct <= 1)
    )
    rest = [c for c in looks if c not in reasons and c not in left]
    text = tuple(
        c for c in rest if not looks[c].numeric and looks[c].length > 30 and looks[c].share > 0.3
    )
    covariates = tuple(c for c in rest if c not in text)
    reasons.update({c: Text("data.because_left") for c in left})
    return RoleGuess(roles, outcomes, text, covariates, left, reasons, tuple(unsure))


def _plain(name: str) -> tuple[str, ...]:
    """The name in one word, and its parts."""
    parts = re.findall(
        r"[a-z]+|[\u4e00-\u9fff]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower()
    )
    return ("".join(parts), *parts)


def _name_score(role: str, plain: tuple[str, ...]) -> int:
    """3: the whole name (without a final "id") is known; 2: its first or last part; 1: any part."""
    whole, *parts = plain
    known = _KNOWN[role]
    if whole in known or whole.removesuffix("id") in known:
        return 3
    ends = [part for part in (parts[:1] + parts[-1:]) if part in known]
    if not ends and not any(part in known for part in parts):
        return 0
    # "user_feature_0" and "item_category" describe users and items, they are not their ids.
    if (
        role in ("user", "item")
        and len(parts) > 1
        and not set(parts) <= known | {"id", "code", "key"}
    ):
        return 0
    return 2 if ends else 1


def _look(values: pd.Series) -> _Look:
    numbers = pd.to_numeric(values, errors="coerce")
    present = int(values.notna().sum())
    numeric = not pd.api.types.is_datetime64_any_dtype(values) and (
        present > 0 and int(numbers.notna().sum()) >= 0.95 * present
    )
    real = numbers.dropna().to_numpy(dtype=float) if numeric else np.empty(0)
    text = values.dropna() if numeric else values.dropna().astype(str)
    return _Look(
        numeric=numeric,
        time=_is_time(values, numeric),
        binary=bool(len(real)) and bool(np.isin(real, (0.0, 1.0)).all()),
        whole=bool(len(real)) and bool((real % 1 == 0).all()),
        low=float(real.min()) if len(real) else np.nan,
        high=float(real.max()) if len(real) else np.nan,
        distinct=int(text.nunique()),
        n=present,
        length=float(text.astype(str).str.len().mean()) if not numeric and present else 0.0,
        row_number=_is_row_number(real),
    )


def _is_time(values: pd.Series, numeric: bool) -> bool:
    if pd.api.types.is_datetime64_any_dtype(values):
        return True
    if numeric:
        return guess_time_unit(values) in ("s", "ms", "us", "ns")
    head = values.dropna().head(200)
    looks_dated = head.astype(str).str.contains(r"\d{2,4}\D{1,2}\d{1,2}", regex=True)
    if not len(head) or not looks_dated.all():
        return False
    return bool(parse_times(head, "text").notna().mean() > 0.9)


def _is_row_number(real: np.ndarray) -> bool:
    if len(real) < 3:
        return False
    steps = np.diff(real)
    return bool((steps == steps[0]).all()) and steps[0] > 0 and real[0] in (0.0, 1.0)


def _fits(role: str, look: _Look) -> bool:
    """Whether values can play the role."""
    is_id = look.distinct > 1 and (look.whole or not look.numeric) and not look.time
    rules = {
        "time": look.time or (look.numeric and look.whole and look.distinct > 20),
        "propensity": look.numeric and look.low >= 0 and look.high <= 1 and not look.binary,
        "exposed": look.binary or (not look.numeric and look.distinct == 2),
        "position": look.numeric and look.whole and 1 < look.distinct <= 500,
        "price": look.numeric and look.low >= 0 and look.distinct > 2,
        "event": not look.numeric and 1 < look.distinct <= 20,
        "category": look.distinct > 1 and (not look.numeric or look.whole) and look.share < 0.5,
        "user": is_id and not look.binary,
        "item": is_id and not look.binary,
        "session": is_id and not look.binary,
    }
    return bool(rules[role])


def _outcomes(looks: dict[str, _Look], reasons: dict[str, Text], *, event: bool) -> dict[str, str]:
    """Columns named like a known outcome whose values are numbers."""
    found: dict[str, str] = {}
    for column, look in looks.items():
        meaning = meaning_of(column)
        if column in reasons or meaning is None or meaning in found or event:
            continue
        if look.numeric and look.distinct >= 1:
            found[meaning] = column
            reasons[column] = Text("data.because_outcome", outcome=Text(f"data.outcome_{meaning}"))
    return {m: found[m] for m in MEANINGS if m in found}


def _by_values(
    looks: dict[str, _Look],
    roles: dict[str, str],
    outcomes: dict[str, str],
    reasons: dict[str, Text],
) -> list[str]:
    """Fill the roles that no name told from values alone; the names of those roles."""
    free = [c for c in looks if c not in reasons and not looks[c].row_number]
    found: dict[str, str] = {}
    if "time" not in roles:
        found.update(zip(["time"], [c for c in free if looks[c].time], strict=False))
    found.update(_ids_by_values(looks, [c for c in free if c not in found.values()], roles))
    roles.update(found)
    if not outcomes and "event" not in roles:
        rest = [c for c in free if c not in found.values()]
        for column in [c for c in rest if looks[c].binary or _scale_like(looks[c])][:1]:
            outcomes["click" if looks[column].binary else "rating"] = column
            found["outcome"] = column
    for role, column in found.items():
        reasons[column] = Text("data.because_values", role=Text(f"data.role_{role}"))
    return list(found)


def _ids_by_values(
    looks: dict[str, _Look], free: list[str], roles: dict[str, str]
) -> dict[str, str]:
    """User and item from values: of two columns of ids the first in the file is the user."""
    if "item" in roles:
        return {}  # a log may well know no user
    ids = sorted((c for c in free if _id_like(looks[c])), key=lambda c: -looks[c].distinct)
    if "user" in roles or len(ids) == 1:
        return dict(zip(["item"], ids, strict=False))
    return dict(zip(("user", "item"), sorted(ids[:2], key=list(looks).index), strict=False))


def _id_like(look: _Look) -> bool:
    return _fits("item", look) and look.distinct > 10 and look.share < 0.9 and look.length <= 40


def _scale_like(look: _Look) -> bool:
    return look.numeric and 2 < look.distinct <= 11 and look.low >= 0 and look.high <= 10
