"""Questions to a saved dataset's Parquet file, asked by DuckDB; no table is loaded whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.core.errors import StorageError
from causalrec.core.statistics.quantiles import Z95
from causalrec.data.dataset.outcomes import is_amount
from causalrec.data.preparation.profile import (
    Activity,
    LongTail,
    Missingness,
    Profile,
    Rates,
    Sessions,
)
from causalrec.data.storage.store import ROWS, read_description

if TYPE_CHECKING:
    import duckdb

__all__ = ["profile"]


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
        try:
            return _Asker(connection, table, facts).profile()
        except duckdb.Error as error:
            raise StorageError(
                "data.cannot_load", hint="data.cannot_load_hint", folder=folder.name
            ) from error


class _Asker:
    """Questions to one Parquet table. Column names are quoted; values never come from a page."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, table: str, facts: dict[str, Any]
    ) -> None:
        self.connection, self.table, self.facts = connection, table, facts
        described = connection.execute(f"DESCRIBE FROM {table}").fetchall()
        self.columns = [str(row[0]) for row in described]

    def ask(self, query: str) -> pd.DataFrame:
        frame: pd.DataFrame = self.connection.execute(query).df()
        return frame

    def profile(self) -> Profile:
        facts = self.facts
        ends = self._ends() if "time" in self.columns else None
        pairs = facts["users"] * facts["items"]
        return Profile(
            name=facts["name"],
            rows=facts["rows"],
            users=facts["users"],
            items=facts["items"],
            first=ends[0] if ends else None,
            last=ends[1] if ends else None,
            density=self._pairs() / pairs if pairs else None,
            activity=self._activity(ends) if ends else None,
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

    def _activity(self, ends: tuple[str, str]) -> Activity:
        days_query = f"SELECT date_diff('day', min(time), max(time)) AS d FROM {self.table}"  # noqa: S608
        days = int(self.ask(days_query)["d"].iloc[0])
        span = "hour" if days < 4 else "day" if days < 200 else "week" if days < 1400 else "month"
        users = ', count(DISTINCT "user") AS users' if "user" in self.columns else ""
        frame = self.ask(
            f"SELECT date_trunc('{span}', time) AS time, count(*) AS rows{users} "  # noqa: S608
            f"FROM {self.table} GROUP BY 1 ORDER BY 1"
        )
        return Activity(frame=frame, span=span, first=ends[0], last=ends[1])

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
        (row,) = self.connection.execute(f"SELECT count(*), {counted} FROM {self.table}").fetchall()  # noqa: S608
        frame = pd.DataFrame({"column": self.columns, "missing": [1 - c / row[0] for c in row[1:]]})
        frame["n"] = row[0]
        return Missingness(
            frame=frame.sort_values("missing", ascending=False, kind="stable", ignore_index=True)
        )

    def _rates(self) -> Rates:
        rows = []
        for outcome in self.facts["outcomes"]:
            name = _ident(outcome)
            (row,) = self.connection.execute(
                f"SELECT avg({name}), stddev_samp({name}), count({name}), "  # noqa: S608
                f"min({name}) FROM {self.table} WHERE NOT isnan({name})"
            ).fetchall()
            if row[0] is None:
                continue
            half = Z95 * (row[1] or 0.0) / max(row[2], 1) ** 0.5
            rows.append((outcome, row[0], row[0] - half, row[0] + half, row[2], row[3]))
        frame = pd.DataFrame(rows, columns=["outcome", "value", "low", "high", "n", "least"])
        frame["binary"] = frame["outcome"].isin(self.facts["binary"])
        about = self.facts.get("mapping", {}).get("about")
        amounts = frame["outcome"].map(lambda name: is_amount(name, about)).astype(bool)
        zeros = bool(((frame["binary"] | amounts) & (frame["least"] == 0)).any())
        return Rates(
            frame=frame.drop(columns="least"),
            impressions=zeros and not self.facts["event"],
            distribution=self._distribution(
                [o for o in frame["outcome"] if o not in self.facts["binary"]]
            ),
        )

    def _distribution(self, outcomes: list[str]) -> pd.DataFrame:
        """Rows by value of outcomes with few values."""
        tables = [pd.DataFrame({"outcome": [], "value": [], "rows": []})]
        for outcome in outcomes:
            name = _ident(outcome)
            counts = self.ask(
                f"SELECT {name} AS value, count(*) AS rows FROM {self.table} "  # noqa: S608
                f"WHERE {name} IS NOT NULL AND NOT isnan({name}) GROUP BY 1 ORDER BY 1 LIMIT 21"
            )
            if 3 <= len(counts) <= 20:
                tables.append(counts.assign(outcome=outcome)[["outcome", "value", "rows"]])
        return pd.concat(tables[1:] or tables, ignore_index=True)


def _ident(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
