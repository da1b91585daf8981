"""The code that computes a saved effect again, for a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature

from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.estimate import estimate
from causalrec.causal.tables.causal_table import causal_table
from causalrec.tasks.causal.estimate import EstimateParams
from causalrec.workspace import Ref, Thing, Workspace
from causalrec.workspace.disk.thing import DOCUMENT

__all__ = ["notebook_code"]


def notebook_code(workspace: Workspace, thing: Thing) -> str:
    """Code that comes to the same number from the same versions of what is saved.

    Args:
        workspace: where the effect is kept; the code opens it by its id.
        thing: the effect.
    """
    effect = Effect.revived(thing.document())
    asked = EstimateParams.make(thing.meta["asked"])
    kept = {ref.kind: ref for ref in thing.made_from}
    lines = [
        "import causalrec as cr",
        "from causalrec.workspace import default_root",
        "",
        f"place = cr.Workspace.open(default_root(), {workspace.id!r})",
        f"data = cr.load_dataset({_thing(kept['dataset'])}.folder)",
    ]
    table: dict[str, object] = {"unit": asked.unit, "measure": asked.measure, "date": effect.date}
    if "model" in kept:
        lines.append(f"model = cr.load_recommender({_thing(kept['model'])}.folder)")
        table["model"] = _Code("model")
    lines += ["", f"frame = cr.causal_table({_listed('data', _changed(causal_table, table))})"]
    graph = repr(list(asked.covariates))
    if "graph" in kept:
        text = f"({_thing(kept['graph'])}.folder / {DOCUMENT!r}).read_text(encoding='utf-8')"
        lines.append(f"graph = cr.read_graph({text})")
        graph = "graph"
    question = asked.model_dump(exclude={"graph"})
    question |= {"treatment": effect.treatment, "outcome": effect.outcome}
    question |= {"estimator": effect.estimator, "target": asked.target}
    always = ("treatment", "outcome", "estimator", "target")
    options = {name: question[name] for name in always}
    options |= _changed(estimate, question)
    lines.append(f"effect = cr.estimate({_listed(f'frame, {graph}', options)})")
    lines += ["", f"effect.value  # {effect.value!r}"]
    return "\n".join(lines)


class _Code(str):
    """A name in the code, not a text."""

    __slots__ = ()

    __repr__ = str.__str__


def _thing(ref: Ref) -> str:
    return f"place.thing({ref.kind!r}, {ref.name!r}, {ref.version})"


def _changed(verb: object, options: Mapping[str, object]) -> dict[str, object]:
    """The options that a verb takes and has other defaults for."""
    known = signature(verb).parameters  # type: ignore[arg-type]
    return {
        name: value
        for name, value in options.items()
        if name in known and value is not None and value != known[name].default
    }


def _listed(first: str, options: Mapping[str, object]) -> str:
    """Arguments of a call, one a line."""
    named = (f"{name}={value!r}" for name, value in options.items())
    return "".join(f"\n    {one}," for one in (first, *named)) + "\n"
