"""Recommenders by name, and from a folder."""

from __future__ import annotations

from pathlib import Path

from causalrec.core.errors import NotFoundError, ParamError
from causalrec.core.untrusted.documents import ForeignError
from causalrec.recsys.model.model_files import read_model, refuse
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.model.state import revive
from causalrec.recsys.recommenders import RECOMMENDERS, STUDENTS

__all__ = ["load_recommender", "recommender"]


def recommender(name: str, **params: object) -> Recommender:
    """A recommender by name, not yet fitted.

    Args:
        name: one of `RECOMMENDERS`.
        params: its parameters; the others keep their defaults.

    Raises:
        NotFoundError: no recommender has the name.
        ParamError: a parameter is unknown or out of range.
    """
    model: Recommender = RECOMMENDERS[name](**params)
    return model


def load_recommender(folder: str | Path) -> Recommender:
    """The model that `Recommender.save` wrote: the same scores, bit for bit.

    Everything is checked before anything is used: the document's form, the parameters, and
    the arrays' types, shapes, numbers and indices against it and against each other.

    Raises:
        NotFoundError: the folder holds no model, or one of a kind that is not known here.
        DataError: a file is foreign, truncated or changed.
        MemoryBudgetError: the model is larger than the memory allows.
    """
    folder = Path(folder)
    document, arrays = read_model(folder)
    shelf = STUDENTS if document.model in STUDENTS else RECOMMENDERS
    kind = shelf[document.model]
    try:
        model: Recommender = kind(**document.params)
        revive(model, document, arrays)
    except (ForeignError, ParamError, NotFoundError) as error:
        refuse(folder, error)
    return model
