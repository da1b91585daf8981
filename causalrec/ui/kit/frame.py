"""The frame around every page: router, sidebar, header, and the one place that catches errors."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from runpy import run_path

import streamlit as st

from causalrec.core.errors import CausalRecError
from causalrec.core.words import LANGUAGES, Text
from causalrec.ui.kit import press, session
from causalrec.ui.kit.pages import HOME, PAGES, Page
from causalrec.ui.kit.session import say, t
from causalrec.ui.kit.site import SITE
from causalrec.ui.kit.theme_watch import theme_watch

__all__ = ["caught", "page", "route"]

_log = logging.getLogger("causalrec.ui")
_routed: ContextVar[bool] = ContextVar("routed", default=False)


def page(name: str) -> None:
    """Draw one page: header, then its room's ``show()``.

    A page script that streamlit starts by itself (a deep link to a freshly started
    server) runs the app first, whose router then runs the page.

    Args:
        name: one of `PAGES`.
    """
    if not _routed.get():
        run_path(str(SITE / "app.py"))
        st.stop()
    with caught():
        _header(PAGES[name])
    with caught():
        press.carry_out()
    with caught():
        import_module(PAGES[name].room).show()
    press.leave()


def route() -> None:
    """Set the page up, read language and workspace from the URL, run the chosen page."""
    st.set_page_config(
        page_title="CausalRec",
        page_icon=str(SITE / "assets" / "favicon.svg"),
        layout="wide",
        menu_items={},
    )
    session.begin()
    _style()
    theme_watch()
    chosen = st.navigation(_navigation(), expanded=True)
    if chosen.title != say(HOME.title):
        st.set_page_config(page_title=f"{chosen.title} · CausalRec")
    ready = False
    with caught():
        session.launcher()
        _sidebar()
        ready = True
    if not ready and chosen.title != say(HOME.title):
        label = t("ui.go_to", page=HOME.title)
        st.page_link(str(HOME.script), label=label, icon=HOME.icon, query_params={})
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
    sections: dict[str, list[st.Page]] = {}
    for one in PAGES.values():
        if one.script.exists():
            section = "" if one.section == HOME.section else t(f"ui.section_{one.section}")
            sections.setdefault(section, []).append(_entry(one))
    return sections


def _entry(one: Page) -> st.Page:
    return st.Page(
        str(one.script),
        title=say(one.title),
        icon=one.icon,
        url_path=one.name,
        default=one is HOME,
        help=say(one.purpose),
    )


def _header(one: Page) -> None:
    if one.section != HOME.section:
        st.title(say(one.title), anchor=False)
        st.markdown(f":gray[{say(one.purpose)}]")


def _style() -> None:
    logo = "logo-dark.svg" if session.dark() else "logo.svg"
    st.logo(str(SITE / "assets" / logo), icon_image=str(SITE / "assets" / "favicon.svg"))
    for style in ("app.css", "app-dark.css") if session.dark() else ("app.css",):
        st.html(SITE / "assets" / style)


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
