"""How to read a file where the guess is wrong."""

from __future__ import annotations

from causalrec.core.params import Params, param
from causalrec.data.characters.encodings import ENCODINGS
from causalrec.data.text.table_types import Rule
from causalrec.data.text.text_format import QUOTES
from causalrec.data.values.decimal_marks import DECIMALS, Marks
from causalrec.data.values.times import TIME_UNITS

__all__ = ["ONLY_EMPTY", "THOUSANDS", "ReadOptions"]


THOUSANDS = ("none", ",", ".", " ", "'")


ONLY_EMPTY = "empty"


class ReadOptions(Params):
    """How to read a file where the guess is wrong; None (or "auto") guesses."""

    kind: str | None = param(
        None, help="data.option_kind", choices=(None, "csv", "jsonl", "parquet")
    )
    delimiter: str | None = param(None, help="data.option_delimiter")
    quote: str | None = param(None, help="data.option_quote", choices=(None, *QUOTES, "none"))
    header: bool | None = param(None, help="data.option_header")
    encoding: str | None = param(None, help="data.option_encoding", choices=(None, *ENCODINGS))
    decimal: str | None = param(None, help="data.option_decimal", choices=(None, *DECIMALS))
    thousands: str | None = param(None, help="data.option_thousands", choices=(None, *THOUSANDS))
    missing: str | None = param(None, help="data.option_missing")
    time_unit: str | None = param(None, help="data.option_time_unit", choices=(None, *TIME_UNITS))

    def rule(self, delimiter: str) -> Rule:
        """What these options say of the cells of a file with this delimiter."""
        marks = None
        if self.decimal is not None or self.thousands is not None:
            decimal = self.decimal or ("," if self.thousands == "." else ".")
            thousands = {None: {".": ",", ",": "."}[decimal], "none": ""}
            marks = Marks(decimal, thousands.get(self.thousands, str(self.thousands)))
        words = None
        if self.missing is not None:
            words = tuple(word.strip() for word in self.missing.split(",") if word.strip())
            words = () if words == (ONLY_EMPTY,) else words
        return Rule(marks, delimiter, words)
