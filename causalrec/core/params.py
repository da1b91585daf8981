"""Parameters declared once: form, command-line options and JSON come from the same class."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import EllipsisType
from typing import Any, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from causalrec.core.errors import ParamError, unknown_name
from causalrec.core.words import Text

__all__ = ["Params", "not_default", "param"]


T = TypeVar("T")


def param(  # noqa: PLR0913 - a field declares so much; all but the default go by name
    default: T | EllipsisType = ...,
    *,
    help: str,  # noqa: A002 - the field's own word
    ge: float | None = None,
    le: float | None = None,
    choices: Collection[object] | None = None,
    advanced: bool = False,
    search: tuple[float, ...] | None = None,
    picks: str = "",
    stops: Mapping[str, float] | None = None,
    percent: bool = False,
) -> T:
    """A parameter: its default, range, choices and the word key of its help text.

    The choices may be a catalogue: its names, those that are added later among them.
    Its label on a page is the word ``<help>_label`` where that exists, else the name. A search
    for good values looks between the two of ``search``, or at each of more than two; ``()``
    leaves the parameter out, None has the search look around the default. ``picks`` says what
    of a log it names ("item", "category", "segment"), so that a page can offer those. ``stops``
    are values with a name (word ``<help>_<name>``), which a page offers on a slider. Of a share
    ``percent`` says that a page asks for it in percent.
    """
    extra: Any = {"help": help, "choices": choices, "advanced": advanced, "search": search}
    if picks:
        extra["picks"] = picks
    if stops:
        extra["stops"] = dict(stops)
    if percent:
        extra["percent"] = True
    # In the class it stands for its value.
    return cast("T", Field(default, ge=ge, le=le, json_schema_extra=extra))


def not_default(model: BaseModel) -> dict[str, Any]:
    """The fields whose value is not the default one."""
    fields = type(model).model_fields.items()
    return {
        name: getattr(model, name)
        for name, field in fields
        if getattr(model, name) != field.get_default(call_default_factory=True)
    }


class Params(BaseModel):
    """A frozen set of parameters; unknown names and values out of range are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    @classmethod
    def make(cls, values: Mapping[str, Any]) -> Self:
        """Parameters from plain values, as JSON gives them.

        Raises:
            ParamError: a value is out of range or of the wrong kind.
            NotFoundError: a parameter name is unknown; the hint has the nearest ones.
        """
        given: object = values  # JSON may hold anything
        if not isinstance(given, Mapping):
            bad = _bad(cls.__name__, given, "{name: value}")
            raise bad
        for name in values:
            if name not in cls.model_fields:
                error = unknown_name("parameter", name, cls.model_fields)
                raise ParamError(
                    "core.unknown_param", hint=error.hint, owner=cls.__name__, name=name
                )
        try:
            params = cls.model_validate(dict(values))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            bad = _bad(place, first.get("input"), first["msg"])
            raise bad from error
        params._check_choices()
        return params

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        return not_default(self).items()

    def _check_choices(self) -> None:
        for name, field in type(self).model_fields.items():
            extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
            choices = extra.get("choices")
            value = getattr(self, name)
            if choices and value is not None and value not in choices:  # type: ignore[operator]
                raise _bad(name, value, ", ".join(map(str, choices)))  # type: ignore[arg-type]


def _bad(name: str, value: object, why: str) -> ParamError:
    return ParamError(
        "core.bad_param", hint=Text("core.bad_param_hint"), name=name, value=repr(value), why=why
    )
