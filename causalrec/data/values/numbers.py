"""Numbers in any of their usual forms: decimal commas, thousands, currency signs, yes and no."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError
from causalrec.data.values.decimal_marks import CURRENCIES
from causalrec.data.values.ids import readable
from causalrec.data.values.oddity import Oddity

__all__ = ["NumberReading", "check_propensities", "is_binary", "read_numbers", "to_number"]

_YES = ("true", "yes", "y", "t", "是")
_NO = ("false", "no", "n", "f", "否")
_SIGN = rf"[\s{CURRENCIES}]*"
_POWER = r"(?:[eE][-+]?\d+)?"
_FORMS = {
    # Thousands in threes, or after the last three in twos (India).
    ".": r"[-+]?(?:\d{1,3}(?:,\d{2,3})*,\d{3}|\d{1,3}(?:[ '’]\d{3})+|\d+)?(?:\.\d*)?" + _POWER,
    ",": r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d{1,3}(?:[ '’]\d{3})+|\d+)?(?:,\d*)?" + _POWER,
}


@dataclass(frozen=True, eq=False)
class NumberReading:
    """A column read as numbers.

    Attributes:
        values: float64 (n,), NaN where it is no number.
        oddities: what was guessed or is in doubt.
    """

    values: pd.Series
    oddities: tuple[Oddity, ...] = ()


def to_number(values: pd.Series, decimal: str | None = None) -> pd.Series:
    """`read_numbers`, the values alone."""
    return read_numbers(values, decimal).values  # noqa: PD011


def read_numbers(values: pd.Series, decimal: str | None = None) -> NumberReading:
    """A column as float64; yes/no words as 1/0; NaN where it is no number.

    Args:
        values: any column, shape (n,).
        decimal: what stands before the decimals, "." or ","; None: the sign with which more of
            the column can be read, so that one column is read in one way.
    """
    if pd.api.types.is_datetime64_any_dtype(values) or pd.api.types.is_timedelta64_dtype(values):
        return NumberReading(pd.Series(np.nan, index=values.index, name=values.name))
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        real = values.to_numpy(dtype="float64", na_value=np.nan)
        return NumberReading(pd.Series(real, index=values.index, name=values.name))
    codes, distinct = pd.factorize(readable(values))
    texts = pd.Series(distinct).astype("str").str.strip()
    numbers = pd.to_numeric(texts, errors="coerce").astype("float64")
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    doubt = np.zeros(len(texts), dtype=bool)
    if decimal == "," or (numbers.isna() & (texts != "")).any():
        numbers, doubt = _by_form(texts, numbers, counts, decimal)
    if not numbers.notna().any():
        words = texts.str.lower()
        numbers = words.map({**dict.fromkeys(_YES, 1.0), **dict.fromkeys(_NO, 0.0)})
    read = np.append(numbers.to_numpy(dtype=float), np.nan)[codes]
    column = pd.Series(read, index=values.index, name=values.name)
    about = {"column": str(values.name)}
    oddities = _currencies(texts, codes, about)
    unsure = np.append(doubt, [False])[codes]
    if not unsure.any():
        return NumberReading(column, oddities)
    shown = np.flatnonzero(doubt)[:3]
    both = {"1,000.5": _read(texts.iloc[shown], "."), "1.000,5": _read(texts.iloc[shown], ",")}
    examples = pd.DataFrame({str(values.name): texts.iloc[shown], **both})
    return NumberReading(
        column, (Oddity("decimal_sign_unsure", unsure, about, examples), *oddities)
    )


def _currencies(texts: pd.Series, codes: np.ndarray, about: dict[str, str]) -> tuple[Oddity, ...]:
    """What is told of amounts in more than one currency: their numbers cannot be added up."""
    signs = texts.str.extract(f"([{CURRENCIES}])", expand=False)
    kinds = signs.dropna().unique()
    if len(kinds) < 2:
        return ()
    rows = np.append(signs.notna().to_numpy(), [False])[codes]
    return (Oddity("currencies_mixed", rows, {**about, "signs": ", ".join(sorted(kinds))}),)


def _by_form(
    texts: pd.Series, plain: pd.Series, counts: np.ndarray, decimal: str | None
) -> tuple[pd.Series, np.ndarray]:
    """Numbers by the decimal sign of the whole column, and which of them are in doubt."""
    bare = texts.str.replace(rf"^{_SIGN}([-+]?){_SIGN}|{_SIGN}$", r"\1", regex=True)
    bare = bare.str.replace("[\u00a0\u202f\u2009]", " ", regex=True)
    reads = {sign: _read(bare, sign) for sign in _FORMS}
    reads["."] = reads["."].fillna(plain)
    rows = {sign: int(counts[read.notna()].sum()) for sign, read in reads.items()}
    chosen = decimal or max((".", ","), key=lambda sign: rows[sign])
    point, comma = reads["."], reads[","]
    unsure = (point.notna() & comma.notna() & (point != comma)).to_numpy()
    settled = decimal is not None or rows["."] != rows[","]
    return reads[chosen], unsure & (not settled)


def _read(texts: pd.Series, decimal: str) -> pd.Series:
    """Texts that are numbers with this decimal sign, float64 (n,)."""
    fits = texts.str.fullmatch(_FORMS[decimal]) & texts.str.contains(r"\d", regex=True)
    thousands = "[ '’,]" if decimal == "." else "[ '’.]"
    plain = texts.where(fits.fillna(value=False)).str.replace(thousands, "", regex=True)
    return pd.to_numeric(plain.str.replace(",", "."), errors="coerce").astype("float64")


def is_binary(values: pd.Series) -> bool:
    """Whether every present value is 0 or 1 (and one is present)."""
    present = values.dropna().to_numpy()
    return len(present) > 0 and bool(np.isin(present, (0.0, 1.0)).all())


def check_propensities(values: pd.Series) -> None:
    """Check that probabilities of what was shown are in (0, 1].

    Raises:
        DataError: some are not (or are missing); the message counts them.
    """
    good = (values > 0) & (values <= 1)
    if not good.all():
        raise DataError(
            "data.bad_propensity",
            hint="data.bad_propensity_hint",
            n=int((~good).sum()),
            example=str(values[~good].iloc[0]),
        )
