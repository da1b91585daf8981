"""What only the browser can do for a page: follow light and dark, and say its language.

The page is drawn again when a person switches between light and dark, so that charts follow. Its
``lang`` is what screen readers and the browser's translator go by; streamlit's own is "en".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import streamlit as st

from causalrec.ui.kit.session import dark, language

__all__ = ["theme_watch"]

_SCRIPT = """
const asked = new WeakMap();

function isDark(element) {
  const colour = getComputedStyle(element).getPropertyValue("--st-background-color").trim();
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(colour);
  const parts = hex
    ? hex.slice(1, 4).map((two) => parseInt(two, 16))
    : (colour.match(/[0-9.]+/g) || []).map(Number);
  return parts.length < 3 ? null : 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] < 128;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.host ?? parentElement;
  document.documentElement.lang = data.lang;
  const dark = isDark(element);
  if (dark === null || dark === data.dark) {
    asked.delete(element);
  } else if (asked.get(element) !== dark) {
    asked.set(element, dark);
    setTriggerValue("theme", dark ? "dark" : "light");
  }
}
"""


@cache
def _component() -> Callable[..., object]:
    return st.components.v2.component("causalrec-theme-watch", html="<span></span>", js=_SCRIPT)


def theme_watch() -> None:
    """An unseen part of the page that asks for one rerun when the theme has changed."""
    with st.container(key="theme-watch"):
        data = {"dark": dark(), "lang": {"zh": "zh-CN"}.get(language(), language())}
        _component()(key="causalrec-theme", data=data, on_theme_change=_again)


def _again() -> None:
    """The rerun itself is what is wanted."""
