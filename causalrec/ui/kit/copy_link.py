"""A button that copies the address of what is shown, without the network and on plain HTTP too."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import streamlit as st

from causalrec.ui.kit.server import shared
from causalrec.ui.kit.session import t

__all__ = ["copy_link"]

_STYLE = """
button {
  display: inline-flex; align-items: center; gap: 0.45rem; padding: 0.25rem 0.75rem;
  min-height: 2.5rem; font: inherit; font-size: 0.925rem; cursor: pointer;
  color: var(--st-text-color); background: transparent; border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius);
}
button[hidden] { display: none; }
button:hover { color: var(--st-primary-color); border-color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
svg { width: 1.1em; height: 1.1em; fill: currentColor; flex: none; }
"""
_ICON = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3.9 12a3.1 3.1 0 0 1 3.1-3.1h4V7H7a5 5 0'
    " 0 0 0 10h4v-1.9H7A3.1 3.1 0 0 1 3.9 12zM8 13h8v-2H8zm9-6h-4v1.9h4a3.1 3.1 0 0 1 0"
    ' 6.2h-4V17h4a5 5 0 0 0 0-10z"/></svg>'
)
_BUTTON = f'<button type="button" hidden>{_ICON}<span aria-live="polite"></span></button>'
_SCRIPT = """
function byHand(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("no clipboard");
}

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const words = button.querySelector("span");
  words.textContent = data.label;
  button.title = data.help;
  button.hidden = false;  // never without its name
  button.onclick = async () => {
    const link = new URL(window.location.pathname, window.location.origin);
    link.search = new URLSearchParams(data.query).toString();
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(link.href);
      else byHand(link.href);
      words.textContent = data.done;
    } catch {
      window.prompt(data.label, link.href);
    }
    setTimeout(() => { words.textContent = data.label; }, 2000);
  };
}
"""


@cache
def _component() -> Callable[..., object]:
    return st.components.v2.component("causalrec-copy-link", html=_BUTTON, css=_STYLE, js=_SCRIPT)


def copy_link(kind: str, name: str) -> None:
    """Draw the button; whoever opens the link reads it in a language of their own.

    Args:
        kind: of what this page shows, "effect" or "scenario".
        name: its name.
    """
    query = {"w": st.query_params.get("w", ""), kind: name}
    words = {"label": t("ui.copy_link"), "done": t("ui.link_copied")}
    help_key = "ui.copy_link_shared" if shared() else "ui.copy_link_help"
    data = {"query": query, "help": t(help_key), **words}
    with st.container(key=f"copy-{kind}", width="content"):
        _component()(key=f"copy-link-{kind}", data=data)
