"""What a search may try: dimensions from the declarations of a model's parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic.fields import FieldInfo

from causalrec.core.errors import ParamError, unknown_name
from causalrec.core.params import Params
from causalrec.core.results.result import Result
from causalrec.core.words import Text

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

__all__ = [
    "Dimension",
    "as_declared",
    "distribution_of",
    "frame_of",
    "holds_default",
    "space_of",
]

_BUDGETED = ("epochs", "batch_size")
"""Not searched unless declared: early stopping and the machine choose them."""
_DECADE = 10.0
_LOG_FROM = 10.0
"""A range whose ends differ by this factor is searched on a logarithmic scale."""


class Dimension(Result):
    """One parameter of a search.

    Attributes:
        name: of the parameter.
        kind: "int", "float" or "choice".
        low, high, log: the range and its scale; None for choices.
        choices: for "choice".
        default: the parameter's own.
    """

    name: str
    kind: str
    low: float | None = None
    high: float | None = None
    log: bool = False
    choices: tuple[Any, ...] = ()
    default: Any = None

    def to_frame(self) -> pd.DataFrame:
        """One row: name, kind, low, high, log, choices, default."""
        return frame_of([self])

    def summary(self, lang: str = "en") -> str:
        """Where its values are looked for."""
        if self.kind == "choice":
            choices = ", ".join(map(str, self.choices))
            return Text("search.dimension_choice", name=self.name, choices=choices).to(lang)
        key = "search.dimension_log" if self.log else "search.dimension_range"
        return Text(key, name=self.name, low=self.low, high=self.high).to(lang)


def space_of(
    params: type[Params], asked: Mapping[str, Any] | None = None, fixed: Sequence[str] = ()
) -> tuple[Dimension, ...]:
    """The dimensions to search.

    Args:
        params: a model's parameter class.
        asked: ``{name: [low, high]}`` or ``{name: [choice, …]}``; only these are searched then.
            Without it all plain parameters are: within ``search`` of their declaration, else a
            decade around the default.
        fixed: parameters that have a value already.

    Raises:
        ParamError: a parameter is unknown, a range cannot be used, or nothing is left to search.
    """
    fields = params.model_fields
    for name in asked or {}:
        if name not in fields:
            hint = unknown_name("parameter", name, fields).hint
            raise ParamError("core.unknown_param", hint=hint, owner=params.__name__, name=name)
    if asked:
        dimensions = [_asked(params, name, values) for name, values in asked.items()]
    else:
        declared = [_declared(n, f) for n, f in fields.items() if n not in fixed]
        dimensions = [dimension for dimension in declared if dimension is not None]
    if not dimensions:
        raise ParamError("search.no_space", hint="search.no_space_hint")
    return tuple(dimensions)


def distribution_of(dimension: Dimension) -> BaseDistribution:
    """The same for Optuna."""
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if dimension.kind == "choice":
        return CategoricalDistribution(dimension.choices)
    assert dimension.low is not None
    assert dimension.high is not None
    if dimension.kind == "int":
        return IntDistribution(int(dimension.low), int(dimension.high), log=dimension.log)
    return FloatDistribution(dimension.low, dimension.high, log=dimension.log)


def holds_default(dimension: Dimension) -> bool:
    """Whether the default is one of the values searched."""
    if dimension.kind == "choice":
        return dimension.default in dimension.choices
    assert dimension.low is not None
    assert dimension.high is not None
    return bool(dimension.low <= dimension.default <= dimension.high)


def as_declared(dimension: Dimension, value: float | str) -> float | str:
    """A value as its parameter has it, also after it was kept as JSON."""
    if dimension.kind == "choice":
        choice: float | str = next(one for one in dimension.choices if one == value)
        return choice
    return int(value) if dimension.kind == "int" else float(value)


def frame_of(space: Sequence[Dimension]) -> pd.DataFrame:
    """Columns name, kind, low, high, log, choices, default."""
    return pd.DataFrame([dict(dimension) for dimension in space])


def _declared(name: str, field: FieldInfo) -> Dimension | None:
    """From the declaration alone; None for what is not searched."""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    default: Any = field.get_default()
    between: Any = extra.get("search")
    left_out = extra.get("advanced") or name in _BUDGETED
    if between == () or (left_out and not between):
        return None
    several = between if between and len(between) > 2 else None
    if extra.get("choices") or several or isinstance(default, bool):
        choices: Any = extra.get("choices") or several or (False, True)
        return Dimension(name=name, kind="choice", choices=tuple(choices), default=default)
    if not isinstance(default, (int, float)):
        return None
    if not between:
        between = _around(float(default), _bound(field, "ge"), _bound(field, "le"))
    return None if between is None else _range(name, default, *between)


def _asked(params: type[Params], name: str, values: object) -> Dimension:
    default = params.model_fields[name].get_default()
    plain = isinstance(default, (int, float)) and not isinstance(default, bool)
    if not isinstance(values, (list, tuple)) or not values:
        raise _unusable(name, values)
    is_range = plain and len(values) == 2 and all(isinstance(v, (int, float)) for v in values)
    if is_range and not values[0] < values[1]:
        raise _unusable(name, values)
    for value in values:
        params.make({name: value})  # outside the declared range: refused here
    if is_range:
        return _range(name, default, *values)
    return Dimension(name=name, kind="choice", choices=tuple(values), default=default)


def _range(name: str, default: float, low: float, high: float) -> Dimension:
    return Dimension(
        name=name,
        kind="int" if isinstance(default, int) else "float",
        low=low,
        high=high,
        log=low > 0 and high / low >= _LOG_FROM,
        default=default,
    )


def _around(default: float, low: float | None, high: float | None) -> tuple[float, float] | None:
    """A decade to both sides of the default, inside the declared range; None without bounds."""
    if default <= 0:
        return None if low is None or high is None else (low, high)
    below, above = default / _DECADE, default * _DECADE
    return (below if low is None else max(low, below)), (
        above if high is None else min(high, above)
    )


def _bound(field: FieldInfo, which: str) -> float | None:
    return next((getattr(m, which) for m in field.metadata if hasattr(m, which)), None)


def _unusable(name: str, values: object) -> ParamError:
    return ParamError(
        "search.bad_range", hint="search.bad_range_hint", name=name, value=str(values)
    )
