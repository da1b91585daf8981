"""Home, from top to bottom."""

from __future__ import annotations

import streamlit as st

from causalrec.ui.session import t

__all__ = ["show"]


def show() -> None:
    """Draw Home."""
    st.title(t("page_home.title"), anchor=False)
    st.markdown(t("page_home.purpose"))
