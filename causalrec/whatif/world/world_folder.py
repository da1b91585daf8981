"""A fitted world in a folder: numbers as safetensors, the rest as JSON; nothing is unpickled."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field, FiniteFloat, NonNegativeInt, TypeAdapter

from causalrec.core.errors import StorageError
from causalrec.core.untrusted.documents import (
    Document,
    ForeignError,
    read_file,
    read_object,
    validated,
)
from causalrec.core.words import Text
from causalrec.data.dataset.outcomes import Outcome
from causalrec.recsys.arrays.array_needs import Need, check_arrays, need
from causalrec.whatif.world.logging_score import LoggingScore
from causalrec.whatif.world.response_fit import Fit
from causalrec.whatif.world.response_model import Shape
from causalrec.whatif.world.world import World

__all__ = ["load_world", "save_world"]

_NUMBERS, _REST, _USERS = "world.safetensors", "world.json", "users.parquet"
_FIT = ("beta", "gamma", "betas", "gammas")
_TEXTS: TypeAdapter[tuple[Text, ...]] = TypeAdapter(tuple[Text, ...])


class _Rest(Document):
    """The form of ``world.json``."""

    name: str
    user_ids: list[str]
    item_ids: list[str]
    outcomes: Annotated[tuple[Outcome, ...], Field(min_length=1)]
    own: NonNegativeInt
    variances: dict[str, dict[str, FiniteFloat]]
    flags: tuple[Text, ...]


def _needs(about: _Rest, there: Collection[str]) -> dict[str, Need]:
    """What a world's arrays must be; the names of those at hand say what else it knows."""
    users, items = len(about.user_ids), len(about.item_ids)
    needs = {
        "impressions": need(users),
        "positions": need("positions"),
        "shown": need("positions"),
        "user": need("rows", kind="i", below=users),
        "item": need("rows", kind="i", below=items),
        "x": need(users, "user features"),
        "r": need(items, "item features"),
        "score_item": need(items),
        "left": need(users, "rank"),
        "right": need(items, "rank"),
        "rows": need("rows"),
    }
    for name in _fits(there):
        slots = "positions" if name == "look" else "buy slots"
        needs |= {
            f"{name}_beta": need(f"{name} terms"),
            f"{name}_betas": need(f"{name} draws", f"{name} terms"),
            f"{name}_gamma": need(slots),
            f"{name}_gammas": need(f"{name} draws", slots),
        }
    return needs | ({"price": need(items)} if "price" in there else {})


def _fits(there: Collection[str]) -> tuple[str, ...]:
    return ("look", "buy") if "buy_beta" in there else ("look",)


def _played(about: _Rest, there: Collection[str]) -> int:
    """How many outcomes a world plays: what a look leads to, what follows it, and its money.

    Raises:
        ForeignError: money is among them, but no prices.
    """
    money = any(one.money for one in about.outcomes)
    if money and "price" not in there:
        raise ForeignError("price")
    return len(_fits(there)) + money


def save_world(world: World, folder: Path) -> None:
    """Write a world into a folder that exists."""
    from safetensors.numpy import save_file

    numbers: dict[str, np.ndarray] = {
        "impressions": world.impressions,
        "positions": world.positions,
        "shown": world.shown,
        "user": world.user,
        "item": world.item,
        "x": world.shape.x,
        "r": world.shape.r,
        "score_item": world.score.item,
        "left": world.score.left,
        "right": world.score.right,
        "rows": world.score.rows,
    }
    fits = {"look": world.look, "buy": world.buy}
    for name, fit in fits.items():
        if fit is not None:
            numbers |= {f"{name}_{part}": getattr(fit, part) for part in _FIT}
    if world.price is not None:
        numbers["price"] = world.price
    save_file({n: np.ascontiguousarray(v) for n, v in numbers.items()}, folder / _NUMBERS)
    rest = {
        "name": world.name,
        "user_ids": [str(name) for name in world.user_ids],
        "item_ids": [str(name) for name in world.item_ids],
        "outcomes": [one.model_dump() for one in world.outcomes],
        "own": world.shape.own,
        "variances": {name: fit.variances for name, fit in fits.items() if fit is not None},
        "flags": _TEXTS.dump_python(world.flags, mode="json"),
    }
    (folder / _REST).write_text(json.dumps(rest, ensure_ascii=False), encoding="utf-8")
    if world.users is not None:
        world.users.to_parquet(folder / _USERS)


def load_world(folder: Path) -> World:
    """Read a world.

    Raises:
        StorageError: files are missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        numbers = load(read_file(folder / _NUMBERS, 2.0))
        rest = read_object(folder / _REST)
        about = validated(rest, _Rest)
        check_arrays(numbers, _needs(about, numbers))
        shape = Shape(numbers["x"], numbers["r"], about.own)
        users = pd.read_parquet(folder / _USERS) if (folder / _USERS).exists() else None
        _check(about, numbers, shape, users)
        return World(
            name=rest["name"],
            user_ids=np.array(rest["user_ids"], dtype=object),
            item_ids=np.array(rest["item_ids"], dtype=object),
            outcomes=tuple(Outcome.model_validate(one) for one in rest["outcomes"]),
            **{n: numbers[n] for n in ("impressions", "positions", "shown", "user", "item")},
            shape=shape,
            score=LoggingScore(*(numbers[n] for n in ("score_item", "left", "right", "rows"))),
            look=_fit(numbers, "look", rest),
            buy=_fit(numbers, "buy", rest) if "buy_beta" in numbers else None,
            price=numbers.get("price"),
            users=users,
            flags=_TEXTS.validate_python(rest["flags"]),
        )
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise StorageError(
            "simulate.bad_world", hint="simulate.bad_world_hint", folder=str(folder)
        ) from error


def _check(
    about: _Rest, numbers: dict[str, np.ndarray], shape: Shape, users: pd.DataFrame | None
) -> None:
    """Whether the parts of a world belong together.

    Raises:
        ForeignError: they do not.
    """
    terms = {len(numbers[f"{fit}_beta"]) for fit in _fits(numbers)}
    if about.own > numbers["x"].shape[1] or terms != {shape.layout.size}:
        raise ForeignError("own")
    if len(about.outcomes) != _played(about, numbers):
        raise ForeignError("outcomes")
    if users is not None and len(users) != len(about.user_ids):
        raise ForeignError(_USERS)


def _fit(numbers: dict[str, np.ndarray], name: str, rest: dict[str, Any]) -> Fit:
    parts = {part: numbers[f"{name}_{part}"] for part in _FIT}
    return Fit(**parts, variances=rest["variances"][name])
