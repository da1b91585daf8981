"""Looking for what is odd about a table before it is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from causalrec.core.words import Text
from causalrec.data.dataset.attribute_tables import SideTables
from causalrec.data.dataset.coding import id_words, join_oddities
from causalrec.data.preparation.findings import Finding, Findings
from causalrec.data.reading.files import TableFile
from causalrec.data.steps import STEPS
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.positive import unasked
from causalrec.data.steps.step import is_constant
from causalrec.data.steps.suspicious_users import heavy_users
from causalrec.data.values.ids import readable
from causalrec.data.values.numbers import read_numbers
from causalrec.data.values.oddity import Oddity
from causalrec.data.values.times import stand_ins

__all__ = ["find"]

_EXAMPLES = 5


def find(draft: Draft, source: TableFile | None = None) -> Findings:
    """Look for missing ids, duplicates, bad times, values and propensities, odd users and items.

    Args:
        draft: the rows with their mapping, before any step.
        source: how the file was read, for the lines that were left out.
    """
    draft.mapping.check(draft.frame.columns)
    findings: list[Finding] = []
    if source is not None and source.skipped:
        examples = pd.DataFrame() if source.examples is None else source.examples
        skipped, of = source.skipped, source.rows + source.skipped
        findings.append(_of(draft, "skipped_lines", examples, count=skipped, of=of))
    if source is not None:
        findings.extend(_read(note, source) for note in source.notes)
    for check in _CHECKS:
        findings.extend(check(draft))
    return Findings(found=tuple(sorted(findings, key=lambda f: f.rank)))


def _read(note: Text, source: TableFile) -> Finding:
    """What was guessed when the file was read."""
    count = int(note.values.get("n", 1))  # noqa: PD011 - of a Text
    shown = source.readings if note.key == "data.note_encoding_readings" else None
    return Finding(
        name="reading",
        count=count,
        of=count,
        message=note,
        action=Text("data.finding_reading_action"),
        examples=pd.DataFrame() if shown is None else shown,
    )


def _of(
    draft: Draft,
    name: str,
    examples: pd.DataFrame,
    *,
    count: int,
    of: int,
    answered: bool = True,
    urgent: bool = False,
    **values: object,
) -> Finding:
    """A finding with the step of the shelf that answers it, where there is one for the draft."""
    return Finding(
        name=name,
        count=count,
        of=of,
        message=Text(f"data.finding_{name}", n=count, of=of, **values),
        action=Text(f"data.finding_{name}_action"),
        step=_answer(draft, name) if answered else None,
        urgent=urgent,
        examples=examples.head(_EXAMPLES).reset_index(drop=True),
    )


def _answer(draft: Draft, finding: str) -> str | None:
    """The first step of the shelf that deals with a finding and can run on the draft."""
    steps = (name for name, step in STEPS.items() if finding in step.answers)
    return next((name for name in steps if STEPS[name].fits(draft)), None)


def _rows(
    draft: Draft,
    name: str,
    bad: np.ndarray | pd.Series,
    *,
    answered: bool = True,
    urgent: bool = False,
    **values: object,
) -> Iterator[Finding]:
    """A finding of rows, if there are any."""
    rows = np.asarray(bad, dtype=bool)
    if rows.any():
        columns = [c for c in draft.mapping.columns() if c in draft.frame.columns]
        yield _of(
            draft,
            name,
            draft.frame.loc[np.flatnonzero(rows)[:_EXAMPLES], columns[:10]],
            count=int(rows.sum()),
            of=len(rows),
            answered=answered,
            urgent=urgent,
            **values,
        )


def _odd(draft: Draft, one: Oddity) -> Iterator[Finding]:
    """An oddity of a column as a finding."""
    if one.examples is None:
        yield from _rows(draft, one.name, one.rows, **one.values)
    else:
        of = len(one.rows)
        yield _of(draft, one.name, one.examples, count=one.count, of=of, **one.values)


def _ids(draft: Draft) -> Iterator[Finding]:
    for role in ("user", "item"):
        column = getattr(draft.mapping, role)
        if column is None:
            continue
        word = Text(f"data.role_{role}")
        codes, ids = draft.ids(column)
        yield from _rows(draft, "missing_ids", codes < 0, role=word)
        for one in id_words(draft.frame[column], codes, ids, role):
            yield from _odd(draft, one)
        if not pd.api.types.is_numeric_dtype(draft.frame[column]):
            text = readable(draft.frame[column]).astype("string")
            spaced = (text != text.str.strip()).fillna(False)
            yield from _rows(draft, "spaced_ids", spaced, role=word)
        counts = np.bincount(codes[codes >= 0], minlength=len(ids))
        once = np.flatnonzero(counts == 1)
        if len(once):
            examples = pd.DataFrame({column: ids[once[:_EXAMPLES]]})
            yield _of(draft, f"{role}s_once", examples, count=len(once), of=len(ids))
        if role == "user":
            yield from _heavy(draft, codes, ids, counts)


def _heavy(
    draft: Draft, codes: np.ndarray, ids: np.ndarray, counts: np.ndarray
) -> Iterator[Finding]:
    bad = heavy_users(codes)
    if len(bad):
        bad = bad[np.argsort(-counts[bad], kind="stable")]
        examples = pd.DataFrame({draft.mapping.user: ids[bad], "n": counts[bad]})
        usual = float(np.median(counts[counts > 0]))
        n, of = len(bad), len(ids)
        yield _of(draft, "suspicious_users", examples, count=n, of=of, usual=usual)


def _duplicates(draft: Draft) -> Iterator[Finding]:
    columns = [c for c in draft.mapping.columns() if c in draft.frame.columns]
    if draft.mapping.time is None and draft.has_zero_outcome():
        return  # without times, equal impressions are likely different ones
    times = draft.times()
    # Without a time of day, equal rows may well be different events.
    clock = times is not None and bool((times != times.dt.normalize()).any())
    name = "duplicates" if clock else "repeats"
    yield from _rows(draft, name, draft.repeated(columns, "first"))


def _times(draft: Draft) -> Iterator[Finding]:
    read = draft.reading()
    if read is None:
        return
    times = read.times
    yield from _rows(draft, "unreadable_times", times.isna())
    for one in read.oddities:
        yield from _odd(draft, one)
    yield from _rows(draft, "stand_in_times", stand_ins(times))
    latest = pd.Timestamp.now("UTC").tz_localize(None) + pd.Timedelta(days=1)
    yield from _rows(draft, "future_times", times > latest)


def _tables(draft: Draft) -> Iterator[Finding]:
    mapping = draft.mapping
    if draft.items is None and draft.users is None:
        return
    sides = SideTables(draft.items, draft.users)
    users = np.empty(0, dtype=object) if mapping.user is None else draft.ids(mapping.user)[1]
    for one in join_oddities(mapping, users, draft.ids(mapping.item)[1], sides):
        yield from _odd(draft, one)


def _propensities(draft: Draft) -> Iterator[Finding]:
    if draft.mapping.propensity is None:
        return
    values = draft.numbers(draft.mapping.propensity)
    bad = ~((values > 0) & (values <= 1))
    yield from _rows(draft, "bad_propensities", bad, urgent=True)


def _values(draft: Draft) -> Iterator[Finding]:
    mapping, frame = draft.mapping, draft.frame
    outcomes = [c for c in mapping.named_outcomes.values() if c in frame.columns]
    numbers = [c for c in (*outcomes, mapping.price, mapping.position) if c is not None]
    for column in numbers:
        read = read_numbers(frame[column], mapping.decimal)
        values = read.values  # noqa: PD011 - a field, no frame
        unreadable = values.isna() & frame[column].notna()
        yield from _rows(draft, "unreadable_numbers", unreadable, column=column)
        for one in read.oddities:
            yield from _odd(draft, one)
        yield from _outliers(draft, column, values)
    if mapping.price is not None:
        negative = draft.numbers(mapping.price) < 0
        yield from _rows(draft, "negative_prices", negative, column=mapping.price)
    for column in mapping.covariates:
        if pd.api.types.is_numeric_dtype(frame[column]):
            yield from _outliers(draft, column, draft.numbers(column))


def _outliers(draft: Draft, column: str, values: pd.Series) -> Iterator[Finding]:
    """Values more than ten interquartile ranges beyond the quartiles."""
    low, high = values.quantile([0.25, 0.75])
    reach = 10 * (high - low)
    if reach > 0:
        far = (values < low - reach) | (values > high + reach)
        outcome = column in draft.mapping.named_outcomes.values()  # what was measured stays
        yield from _rows(draft, "outliers", far, answered=not outcome, column=column)


def _wanted(draft: Draft) -> Iterator[Finding]:
    one = unasked(draft)
    if one is not None:
        yield from _odd(draft, one)


def _constant(draft: Draft) -> Iterator[Finding]:
    columns = [c for c in draft.mapping.columns() if c in draft.frame.columns]
    flat = [c for c in columns if is_constant(draft.frame[c])]
    if flat:
        examples = draft.frame[flat].head(1)
        listed = ", ".join(flat[:8])
        n, of = len(flat), len(columns)
        yield _of(draft, "constant_columns", examples, count=n, of=of, columns=listed)


_CHECKS: tuple[Callable[[Draft], Iterator[Finding]], ...] = (
    _ids,
    _duplicates,
    _times,
    _tables,
    _propensities,
    _values,
    _wanted,
    _constant,
)
