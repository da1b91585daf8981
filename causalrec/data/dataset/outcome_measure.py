"""An outcome's mean as a measure: its name, its unit, and what is counted of a share."""

from __future__ import annotations

from causalrec.core.results.measure import Kind, Measure, Per
from causalrec.core.words import Text
from causalrec.data.dataset.outcomes import Outcome, outcome_named, spoken

__all__ = ["outcome_measure", "outcome_of_values"]


def outcome_measure(one: Outcome, per: Per = "impression", currency: str = "") -> Measure:
    """The mean of an outcome per impression, per user, or per row of a table of one's own.

    Args:
        one: the outcome, of the kind that its means have (`Outcome.of_users`).
        per: what it is a mean over; a "row" says nothing of its values, so its name is its own.
        currency: of money.
    """
    kind: Kind = "money" if one.money else "share" if one.kind == "share" else "number"
    return Measure(
        name=_named("name", one, per),
        said=_named("said", one, per),
        kind=kind,
        per=per,
        good=one.good,
        unit=one.unit_word if kind == "number" else "",
        things=_things(one, per) if kind == "share" and one.counted else "",
        currency=currency,
    )


def outcome_of_values(about: Outcome | None, name: str, kind: str) -> Outcome:
    """An outcome, of the kind that its values have in a table.

    Args:
        about: what the log says of it; None: what its name tells.
        name: of its column.
        kind: "share" where its values are 0 and 1, else "mean".
    """
    one = about or outcome_named(name)
    if kind == "share":
        return one.model_copy(update={"kind": "share", "unit": "", "money": False})
    if about is None and one.kind == "share":
        return one.model_copy(update={"kind": "mean"})
    return one


def _named(form: str, one: Outcome, per: Per) -> Text:
    if per == "row":
        return Text("answer.as_is", value=one.name)
    if one.averaged:
        return Text(f"outcome.{form}_averaged", outcome=one.word)
    end = "_user" if per == "user" else ""
    own = spoken(form, one)
    if own is not None:
        return Text(own.key + end)
    kind = "money" if one.money else one.kind
    return Text(f"outcome.{form}_{kind}{end}", outcome=one.word)


def _things(one: Outcome, per: Per) -> Text:
    """What a share counts: "buyers" of users, "purchases" of impressions."""
    if per == "row":
        return Text("outcome.things_row", outcome=one.name)
    form = "people" if per == "user" else "things"
    return spoken(form, one) or Text(f"outcome.{form}", outcome=one.word)
