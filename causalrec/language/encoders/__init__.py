"""Text encoders: one file an encoder, one catalogue line an encoder."""

from causalrec.core.catalogue import Catalogue

__all__ = ["ENCODERS"]

ENCODERS = Catalogue(
    "text encoder",
    {
        "tf-idf": "causalrec.language.encoders.tf_idf:TfIdf",
        "transformer": "causalrec.language.encoders.transformer:Transformer",
    },
)
