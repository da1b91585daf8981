"""Text encoders: one file an encoder, one catalogue line an encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.catalogue import Catalogue

if TYPE_CHECKING:
    from causalrec.language.encoders.encoder import TextEncoder

__all__ = ["ENCODERS"]

ENCODERS: Catalogue[type[TextEncoder]] = Catalogue(
    "text encoder",
    {
        "tf-idf": "causalrec.language.encoders.tf_idf:TfIdf",
        "transformer": "causalrec.language.encoders.transformer:Transformer",
    },
)
