"""Texts as vectors: encoders, the texts of items, a cache of what was encoded."""

from causalrec.language.choosing import text_encoder
from causalrec.language.encoders.encoder import TextEncoder
from causalrec.language.texts.item_texts import clean_text, item_texts

__all__ = ["TextEncoder", "clean_text", "item_texts", "text_encoder"]
