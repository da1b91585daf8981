"""Which of the encodings of Latin letters a text is in: told by the letters of whole languages.

Western, Central European and Turkish signs have the same bytes; read wrongly they are letters
all the same, but no language has all of them.
"""

from __future__ import annotations

import unicodedata
from collections import Counter

__all__ = ["LATIN", "language_share", "plausible"]

_WEST = (
    "éèêëàâîïôùûüçœæÿ",  # French
    "äöüß",  # German
    "áéíóúüñ¿¡ºª",  # Spanish
    "áàâãéêíóôõúüçºª",  # Portuguese
    "àèéìíîòóùú",  # Italian
    "åäöéæøüà",  # Swedish, Danish, Norwegian, Finnish
    "áéíóúýþæöð",  # Icelandic
    "éëïóöüèáç",  # Dutch
    "àèéíïòóúüç·",  # Catalan
)
_CENTRAL = (
    "ąćęłńóśźż",  # Polish
    "áčďéěíňóřšťúůýž",  # Czech
    "áäčďéíĺľňóôŕšťúýž",  # Slovak
    "áéíóöőúüű",  # Hungarian
    "ăâîşţ",  # Romanian
    "čćđšž",  # Croatian, Slovene
    "äöüß",  # German
)
_TURKISH = ("çğıİöşüâîû",)
_LANGUAGES = {
    "cp1252": _WEST,
    "latin-1": _WEST,
    "cp1250": _CENTRAL,
    "iso8859_2": _CENTRAL,
    "cp1254": _TURKISH,
}
LATIN = tuple(_LANGUAGES)
_MARKS = frozenset("‘’‚“”„–—…«»°©®™€£§·¿¡ºª\u00a0¦•×")
_MOSTLY = 0.95


def _high(text: str) -> Counter[str]:
    return Counter(sign for sign in text if sign > "\x7f")


def plausible(text: str) -> bool:
    """Whether nearly all signs beyond ASCII are letters, or marks of writing at a word's edge."""
    if any("\x80" <= sign <= "\x9f" for sign in text):
        return False
    signs = _high(text)
    letters = sum(n for s, n in signs.items() if unicodedata.category(s)[0] == "L" or s in _MARKS)
    padded = f" {text} "
    within = sum(
        padded[place - 1].isalpha() and padded[place + 1].isalpha()
        for place, sign in enumerate(padded)
        if sign > "\x7f" and not sign.isalpha() and sign not in "’·"
    )
    return letters - within >= _MOSTLY * sum(signs.values())


def language_share(text: str, encoding: str) -> float:
    """The largest share of letters beyond ASCII that one language of an encoding has, 0 to 1."""
    signs = Counter({s.lower(): n for s, n in _high(text).items() if s.isalpha()})
    total = sum(signs.values())
    if not total:
        return 1.0
    shares = (
        sum(n for sign, n in signs.items() if sign in letters) / total
        for letters in _LANGUAGES[encoding]
    )
    return max(shares)
