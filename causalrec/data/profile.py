"""What a saved dataset looks like, asked from its Parquet file by DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from causalrec.core.result import Frame, Result
from causalrec.core.words import Text
from causalrec.data.store import ROWS, read_description

__all__ = ["Activity", "LongTail", "Missingness", "Profile", "Rates", "Sessions", "profile"]


class Activity(Result):
    """Rows over time.

    Attributes:
        frame: `time` (start of the span), `rows`, and where known `users`.
        span: "hour", "day", "week" or "month".
    """

    frame: Frame
    span: str

    def to_frame(self) -> pd.DataFrame:
        """One row a span of time."""
        return self.frame

    def summary(self, lang: str = "en") -> str:
        """From when to when, and the busiest span."""
        busiest = self.frame.sort_values("rows", kind="stable").iloc[-1]
        return Text(
            "data.activity_summary",
            first=str(self.frame["time"].min())[:10],
            last=str(self.frame["time"].max())[:10],
            span=Text(f"data.span_{self.span}"),
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
            Text(
                "data.sessions_summary",
                unit=Text(f"data.role_{unit}"),
                n=self.n[str(unit)],
                rows=float(str(rows)),
            ).to(lang)
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
    """

    frame: Frame
    impressions: bool

    def to_frame(self) -> pd.DataFrame:
        """One row an outcome."""
        return self.frame

    def summary(self, lang: str = "en") -> str:
        """Each outcome's mean with its interval and n."""
        parts = []
        for row in self.frame.itertuples():
            key = "data.rate_binary" if row.binary else "data.rate_mean"
            values = {n: float(getattr(row, n)) for n in ("value", "low", "high")}
            parts.append(Text(key, outcome=row.outcome, n=int(row.n), **values).to(lang))
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


def profile(folder: str | Path) -> Profile:
    """Profile a dataset's folder (`Dataset.save` wrote it); no table is loaded whole.

    Raises:
        StorageError: the folder holds no dataset.
    """
    import duckdb

    folder = Path(folder)
    facts = read_description(folder)
    table = "read_parquet('" + str(folder / ROWS).replace("'", "''") + "')"
    with duckdb.connect(config={"threads": 2}) as connection:
        return _Asker(connection, table, facts).profile()


class _Asker:
    """Questions to one Parquet table. Column names are quoted; values never come from a page."""

    def __init__(self, connection: Any, table: str, facts: dict[str, Any]) -> None:
        self.connection, self.table, self.facts = connection, table, facts
        described = connection.execute(f"DESCRIBE FROM {table}").fetchall()
        self.columns = [str(row[0]) for row in described]

    def ask(self, query: str) -> pd.DataFrame:
        frame: pd.DataFrame = self.connection.execute(query).df()
        return frame

    def profile(self) -> Profile:
        facts = self.facts
        ends = self._ends() if "time" in self.columns else (None, None)
        pairs = facts["users"] * facts["items"]
        return Profile(
            name=facts["name"],
            rows=facts["rows"],
            users=facts["users"],
            items=facts["items"],
            first=ends[0],
            last=ends[1],
            density=self._pairs() / pairs if pairs else None,
            activity=self._activity() if "time" in self.columns else None,
            long_tail=self._long_tail(),
            sessions=self._sessions(),
            missingness=self._missingness(),
            rates=self._rates() if facts["outcomes"] else None,
        )

    def _ends(self) -> tuple[str, str]:
        query = f"SELECT min(time) AS a, max(time) AS b FROM {self.table}"  # noqa: S608
        row = self.ask(query).iloc[0]
        return str(row["a"]), str(row["b"])

    def _pairs(self) -> int:
        query = f'SELECT count(DISTINCT ("user", item)) AS n FROM {self.table}'  # noqa: S608
        return int(self.ask(query)["n"].iloc[0])

    def _activity(self) -> Activity:
        days_query = f"SELECT date_diff('day', min(time), max(time)) AS d FROM {self.table}"  # noqa: S608
        days = int(self.ask(days_query)["d"].iloc[0])
        span = "hour" if days < 4 else "day" if days < 200 else "week" if days < 1400 else "month"
        users = ', count(DISTINCT "user") AS users' if "user" in self.columns else ""
        frame = self.ask(
            f"SELECT date_trunc('{span}', time) AS time, count(*) AS rows{users} "  # noqa: S608
            f"FROM {self.table} GROUP BY 1 ORDER BY 1"
        )
        return Activity(frame=frame, span=span)

    def _long_tail(self) -> LongTail:
        frame = self.ask(
            "WITH counts AS (SELECT item, count(*) AS n FROM "  # noqa: S608
            f"{self.table} GROUP BY item), ranked AS (SELECT n, row_number() OVER "
            "(ORDER BY n DESC) AS place, sum(n) OVER (ORDER BY n DESC ROWS UNBOUNDED PRECEDING) "
            "AS sofar, count(*) OVER () AS items, sum(n) OVER () AS total FROM counts) "
            "SELECT place, place / items AS item_share, sofar / total AS row_share, items "
            "FROM ranked ORDER BY place"
        )
        n = int(frame["items"].iloc[0])
        shares = frame["row_share"].to_numpy(dtype=float)
        # Area under the curve from the most popular on; 1/2 is equality (Gini 1912).
        gini = float(max(2 * (shares.sum() / n) - 1 - 1 / n, 0.0))
        tenth = float(shares[max(n // 10, 1) - 1])
        points = frame.iloc[:: max(n // 200, 1)][["item_share", "row_share"]]
        points = pd.concat([points, frame[["item_share", "row_share"]].tail(1)])
        kept = points.drop_duplicates().reset_index(drop=True)
        return LongTail(frame=kept, gini=gini, top_tenth=tenth, n_items=n)

    def _sessions(self) -> Sessions | None:
        parts: list[pd.DataFrame] = []
        n: dict[str, int] = {}
        for unit in ("user", "session"):
            if unit not in self.columns:
                continue
            query = (
                f"SELECT quantile_cont(n, [0.05, 0.25, 0.5, 0.75, 0.95]) AS q, count(*) AS units "  # noqa: S608
                f'FROM (SELECT count(*) AS n FROM {self.table} GROUP BY "{unit}")'
            )
            row = self.ask(query).iloc[0]
            n[unit] = int(row["units"])
            shares = [0.05, 0.25, 0.5, 0.75, 0.95]
            parts.append(pd.DataFrame({"unit": unit, "quantile": shares, "rows": list(row["q"])}))
        return Sessions(frame=pd.concat(parts, ignore_index=True), n=n) if parts else None

    def _missingness(self) -> Missingness:
        counted = ", ".join(f"count({_ident(c)})" for c in self.columns)
        row = self.connection.execute(f"SELECT count(*), {counted} FROM {self.table}").fetchone()  # noqa: S608
        frame = pd.DataFrame({"column": self.columns, "missing": [1 - c / row[0] for c in row[1:]]})
        frame["n"] = row[0]
        return Missingness(
            frame=frame.sort_values("missing", ascending=False, kind="stable", ignore_index=True)
        )

    def _rates(self) -> Rates:
        rows = []
        for outcome in self.facts["outcomes"]:
            name = _ident(outcome)
            found = self.connection.execute(
                f"SELECT avg({name}), stddev_samp({name}), count({name}), "  # noqa: S608
                f"min({name}) FROM {self.table} WHERE NOT isnan({name})"
            ).fetchone()
            if found[0] is None:
                continue
            half = 1.96 * (found[1] or 0.0) / max(found[2], 1) ** 0.5
            rows.append((outcome, found[0], found[0] - half, found[0] + half, found[2], found[3]))
        frame = pd.DataFrame(rows, columns=["outcome", "value", "low", "high", "n", "least"])
        frame["binary"] = frame["outcome"].isin(self.facts["binary"])
        zeros = bool((frame["binary"] & (frame["least"] == 0)).any())
        return Rates(
            frame=frame.drop(columns="least"), impressions=zeros and not self.facts["event"]
        )


def _ident(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
