"""What a saved dataset looks like: the answers of `causalrec.data.preparation.measure_profile`."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd

from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text, Worded, word_of

__all__ = ["Activity", "LongTail", "Missingness", "Profile", "Rates", "Sessions"]


class Activity(Result):
    """Rows over time.

    Attributes:
        frame: `time` (start of the span), `rows`, and where known `users`.
        span: "hour", "day", "week" or "month".
        first, last: times of the first and last row.
    """

    frame: Frame
    span: Annotated[str, Worded("data.span_")]
    first: str
    last: str

    def to_frame(self) -> pd.DataFrame:
        """One row a span of time."""
        return self.frame

    def summary(self, lang: str = "en") -> str:
        """From when to when, and the busiest span."""
        busiest = self.frame.sort_values("rows", kind="stable").iloc[-1]
        return Text(
            "data.activity_summary",
            first=self.first[:10],
            last=self.last[:10],
            span=word_of("data.span_", self.span),
            busiest=str(busiest["time"])[: 16 if self.span == "hour" else 10],
            rows=int(self.frame["rows"].max()),
        ).to(lang)


class LongTail(Result):
    """How unevenly rows spread over items.

    Attributes:
        frame: `item_share` and `row_share`, both cumulative from the most popular item on.
        gini: 0 when all items have as many rows, near 1 when few have all.
        top_tenth: share of the rows that the most popular tenth of the items has.
        n_items: number of items.
    """

    frame: Frame
    gini: float
    top_tenth: float
    n_items: int

    def to_frame(self) -> pd.DataFrame:
        """The cumulative curve, at most 200 points."""
        return self.frame

    def summary(self, lang: str = "en") -> str:
        """What the most popular tenth has."""
        return Text(
            "data.long_tail_summary", share=self.top_tenth, gini=self.gini, n=self.n_items
        ).to(lang)


class Sessions(Result):
    """Rows a user (or a session): quantiles.

    Attributes:
        frame: `unit` ("user", "session"), `quantile`, `rows`.
        n: number of units by unit.
    """

    frame: Frame
    n: dict[str, int]

    def to_frame(self) -> pd.DataFrame:
        """One row a unit and quantile."""
        return self.frame

    def summary(self, lang: str = "en") -> str:
        """The usual number of rows of a unit."""
        middle = self.frame[self.frame["quantile"] == 0.5].set_index("unit")["rows"]
        return " ".join(
            Text(f"data.sessions_summary_{unit}", n=self.n[str(unit)], rows=float(str(rows))).to(
                lang
            )
            for unit, rows in middle.items()
        )


class Missingness(Result):
    """Share of missing values by column: `column`, `missing` (0 to 1), `n`."""

    frame: Frame

    def to_frame(self) -> pd.DataFrame:
        """One row a column."""
        return self.frame

    def summary(self, lang: str = "en") -> str:
        """The column with most holes."""
        worst = self.frame.iloc[0]
        if not worst["missing"]:
            return Text("data.missingness_none").to(lang)
        return Text(
            "data.missingness_summary", column=worst["column"], share=float(worst["missing"])
        ).to(lang)


class Rates(Result):
    """Mean of each outcome with its 95 % interval.

    Attributes:
        frame: `outcome`, `value`, `low`, `high`, `n`, `binary`. Intervals by the normal
            approximation of the mean, rows taken as independent.
        impressions: rows are impressions, so that a 0/1 outcome's mean is a rate per impression.
        distribution: rows by `outcome` and `value` of the outcomes with 3 to 20 different values.
    """

    frame: Frame
    impressions: bool
    distribution: Frame

    def to_frame(self) -> pd.DataFrame:
        """One row an outcome."""
        return self.frame

    def summary(self, lang: str = "en") -> str:
        """Each outcome's mean with its interval and n."""
        parts = []
        for row in self.frame.to_dict("records"):
            key = "data.rate_binary" if row["binary"] else "data.rate_mean"
            values = {name: row[name] for name in ("outcome", "n", "value", "low", "high")}
            parts.append(Text(key, **values).to(lang))
        if not self.impressions:
            parts.append(Text("data.rate_no_impressions").to(lang))
        return " ".join(parts)


class Profile(Result):
    """Everything about a saved dataset that a first look wants.

    Attributes:
        rows, users, items: numbers.
        first, last: ISO times, None where unknown.
        activity, long_tail, sessions, missingness, rates: None where the log cannot say.
    """

    name: str
    rows: int
    users: int
    items: int
    first: str | None = None
    last: str | None = None
    density: float | None = None
    activity: Activity | None = None
    long_tail: LongTail
    sessions: Sessions | None = None
    missingness: Missingness
    rates: Rates | None = None

    def to_frame(self) -> pd.DataFrame:
        """One row a figure."""
        figures: dict[str, Any] = {"rows": self.rows, "users": self.users, "items": self.items}
        figures |= {"first": self.first, "last": self.last, "density": self.density}
        return pd.DataFrame({"figure": list(figures), "value": list(figures.values())})

    def summary(self, lang: str = "en") -> str:
        """Numbers of rows, users and items."""
        return Text(
            "data.profile_summary",
            name=self.name,
            rows=self.rows,
            users=self.users,
            items=self.items,
        ).to(lang)
