"""Which table a question needs: one row an impression, or one row a user around a date."""

from __future__ import annotations

from causalrec.causal.tables.causal_table import computed_columns
from causalrec.data.dataset.dataset import Dataset

__all__ = ["question_unit"]


def question_unit(data: Dataset, treatment: str) -> str:
    """The unit that can answer a question about a treatment, one of `causal_table`'s.

    By user where the log knows users and times, and the treatment is something of a user: a
    covariate, a column of the user table, or a count of what was before. Anything else is
    decided impression by impression: a position, an item's popularity, a model's score.

    Args:
        data: the log.
        treatment: column of the treatment.
    """
    if not (data.has("user") and data.has("time")):
        return "impression"
    users = () if data.users is None else data.users.columns
    of_user = {*computed_columns(data, "user"), *data.covariates, *users}
    return "user" if treatment in of_user else "impression"
