"""The frame around every page: router, sidebar, header, and the one place that catches errors."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from pathlib import Path
from runpy import run_path

import streamlit as st

from causalrec.core.errors import CausalRecError
from causalrec.core.words import LANGUAGES, Text
from causalrec.ui.kit import press, session
from causalrec.ui.kit.session import say, t
from causalrec.ui.kit.theme_watch import theme_watch

__all__ = ["PAGES", "caught", "page", "page_path", "route"]

ROOT = Path(__file__).resolve().parents[3]
SECTIONS: dict[str, tuple[str, ...]] = {
    "home": ("home",),
    "learn": ("data", "train"),
    "understand": ("graph", "effects"),
    "decide": ("interventions", "compare"),
    "record": ("runs",),
}
PAGES = tuple(name for names in SECTIONS.values() for name in names)
ICONS = {
    "home": ":material/home:",
    "data": ":material/table_chart:",
    "train": ":material/model_training:",
    "graph": ":material/account_tree:",
    "effects": ":material/query_stats:",
    "interventions": ":material/tune:",
    "compare": ":material/compare_arrows:",
    "runs": ":material/history:",
}
_log = logging.getLogger("causalrec.ui")
_routed: ContextVar[bool] = ContextVar("routed", default=False)


def page_path(name: str) -> str:
    """Where a page's script is, for links and switches."""
    return str(ROOT / "pages" / f"{name}.py")


def page(name: str, target: str) -> None:
    """Draw one page: header, then its room's ``show()``.

    A page script that streamlit starts by itself (a deep link to a freshly started
    server) runs the app first, whose router then runs the page.

    Args:
        name: one of `PAGES`.
        target: ``"module:function"`` of the room.
    """
    if not _routed.get():
        run_path(str(ROOT / "app.py"))
        st.stop()
    with caught():
        _header(name)
    with caught():
        press.carry_out()
    with caught():
        module, _, function = target.partition(":")
        getattr(import_module(module), function)()
    press.leave()


def route() -> None:
    """Set the page up, read language and workspace from the URL, run the chosen page."""
    st.set_page_config(
        page_title="CausalRec",
        page_icon=str(ROOT / "assets" / "favicon.svg"),
        layout="wide",
        menu_items={},
    )
    session.begin()
    _style()
    theme_watch()
    chosen = st.navigation(_navigation(), expanded=True)
    ready = False
    with caught():
        session.launcher()
        _sidebar()
        ready = True
    if not ready and chosen.title != t("ui.page_home"):
        label = t("ui.go_to", page=t("ui.page_home"))
        st.page_link(page_path("home"), label=label, icon=ICONS["home"], query_params={})
        return
    token = _routed.set(True)
    try:
        chosen.run()
    finally:
        _routed.reset(token)


@contextmanager
def caught() -> Iterator[None]:
    """Turn an error into a sentence and a next step; use it inside fragments and callbacks too.

    A foreseen error shows its message and hint. Any other goes to the log with a
    reference, and the page shows that reference: no traceback reaches a page.
    """
    try:
        yield
    except CausalRecError as error:
        _say_error(error.text, error.hint)
    except Exception as error:  # noqa: BLE001 - the page's one net; the log has the traceback
        reference = secrets.token_hex(4)
        _log.exception("unforeseen error, reference %s", reference)
        _say_error(
            Text("core.unexpected", kind=type(error).__name__),
            Text("core.unexpected_hint", reference=reference),
        )


def _say_error(text: Text, hint: Text | None) -> None:
    body = session.plain(say(text))
    if hint is not None:
        body += "\n\n" + session.plain(say(hint))
    st.error(body, icon=":material/error:")


def _navigation() -> dict[str, list[st.Page]]:
    pages: dict[str, list[st.Page]] = {}
    for section, names in SECTIONS.items():
        there = [_page(name) for name in names if Path(page_path(name)).exists()]
        if there:
            pages["" if section == "home" else t(f"ui.section_{section}")] = there
    return pages


def _page(name: str) -> st.Page:
    return st.Page(
        page_path(name),
        title=t(f"ui.page_{name}"),
        icon=ICONS[name],
        url_path=name,
        default=name == "home",
        help=t(f"ui.purpose_{name}"),
    )


def _header(name: str) -> None:
    if name == "home":
        return
    st.title(t(f"ui.page_{name}"), anchor=False)
    st.markdown(f":gray[{t(f'ui.purpose_{name}')}]")


def _style() -> None:
    logo = "logo-dark.svg" if session.dark() else "logo.svg"
    st.logo(str(ROOT / "assets" / logo), icon_image=str(ROOT / "assets" / "favicon.svg"))
    for style in ("app.css", "app-dark.css") if session.dark() else ("app.css",):
        st.html(ROOT / "assets" / style)


def _sidebar() -> None:
    with st.sidebar:
        current = session.current_workspace()
        if current is not None:
            st.caption(t("ui.in_workspace", name=session.plain(current.name)))
        st.segmented_control(
            t("ui.language"),
            LANGUAGES,
            format_func={"en": "English", "zh": "中文"}.__getitem__,
            key="ui_language",
            default=session.language(),
            required=True,
            on_change=session.choose_language,
        )
