"""Who is looking: language, theme and workspace of this browser tab.

The URL holds the workspace's id (``?w=``) and a chosen language (``?lang=``); a
reload or a link brings both back. session_state only remembers them between pages.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import streamlit as st

from causalrec.core.errors import NotFoundError
from causalrec.core.words import LANGUAGES, Text, render
from causalrec.ui.kit.server import shared
from causalrec.workspace import Workspace, default_root

if TYPE_CHECKING:
    from causalrec.runs.background.launcher import Launcher

__all__ = [
    "begin",
    "choose_language",
    "create_workspace",
    "current_workspace",
    "dark",
    "known_workspaces",
    "language",
    "launcher",
    "leave_workspace",
    "open_workspace",
    "plain",
    "query",
    "say",
    "t",
    "workspace",
]

_LANG, _CHOSEN, _WORKSPACE = "causalrec_lang", "causalrec_lang_chosen", "causalrec_workspace"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$~:&=^@])")
_READ_LATER = re.compile(
    r"(?i)(?<=[a-z]):(?=[/\w])"  # addresses: http://, mailto:
    r"|:(?=[\w+-]+[:/])"  # :red[, :heart:, :material/
    r"|www(?=\.)|(?<=[\w.+-])@(?=[\w-]+\.[\w-])"  # www. and mail
    r"|[<>~-](?=[->=])"  # arrows and signs
)
"""What streamlit finds in the text once markdown is read, where no backslash helps any more."""
_JOINER = "\u2060"


def begin() -> None:
    """Read language and workspace from the URL, then write back what links must carry."""
    asked = st.query_params.get("lang")
    if asked in LANGUAGES:
        st.session_state[_LANG] = asked
        st.session_state[_CHOSEN] = True
    elif _LANG not in st.session_state:
        st.session_state[_LANG] = "zh" if (st.context.locale or "").startswith("zh") else "en"
    identity = st.query_params.get("w")
    if identity:
        st.session_state[_WORKSPACE] = identity
    _write_url()


def _write_url() -> None:
    for name, value in query().items():
        if st.query_params.get(name) != value:
            st.query_params[name] = value


def query() -> dict[str, str]:
    """What every link inside the dashboard carries: workspace id and chosen language."""
    carried = {}
    if st.session_state.get(_WORKSPACE):
        carried["w"] = str(st.session_state[_WORKSPACE])
    if st.session_state.get(_CHOSEN):
        carried["lang"] = language()
    return carried


def language() -> str:
    """The page's language: ``?lang=``, else the switch, else the browser's locale."""
    return str(st.session_state.get(_LANG, "en"))


def choose_language() -> None:
    """Callback of the switch in the sidebar.

    The browser knows a choice by its words. What is chosen on the page is set once more, so that
    it is sent with its words in the new language and does not come back as a choice unknown.
    """
    for key, value in st.session_state.items():
        if isinstance(value, (str, int, float, list, tuple)) and not isinstance(value, bool):
            st.session_state[key] = value
    st.session_state[_LANG] = st.session_state["ui_language"]
    st.session_state[_CHOSEN] = True
    st.query_params["lang"] = st.session_state[_LANG]


def t(key: str, /, **values: object) -> str:
    """The words of a key in the page's language."""
    return Text(key, **values).to(language())


def say(text: object) -> str:
    """A Text in the page's language; anything else as a string."""
    return str(render(text, language()))


def plain(text: str) -> str:
    """Text that markdown leaves alone: titles and names of other people stay what they are.

    Signs are escaped; addresses, icons and arrows, which streamlit finds in the finished text,
    are broken by a sign without a width. Blanks that begin a line would make it code.
    """
    lines = "\n".join(line.lstrip() for line in text.split("\n"))
    return _MARKDOWN.sub(r"\\\1", _READ_LATER.sub(rf"\g<0>{_JOINER}", lines))


def dark() -> bool:
    """Whether the page is dark now."""
    return st.context.theme.type == "dark"


def current_workspace() -> Workspace | None:
    """The workspace that the URL names; None where it names none.

    Raises:
        NotFoundError: the URL names one that is not there.
    """
    identity = st.session_state.get(_WORKSPACE)
    if not identity:
        return None
    try:
        return Workspace.open(default_root(), identity)
    except NotFoundError:
        st.session_state[_WORKSPACE] = None
        if "w" in st.query_params:
            del st.query_params["w"]
        raise NotFoundError("ui.no_workspace", hint="ui.no_workspace_hint") from None


def workspace() -> Workspace:
    """The workspace of this tab: the URL's, else the one used last, else a new one.

    Raises:
        NotFoundError: the URL names none, and this server is shared: nobody is led into the
            workspace of somebody else.
    """
    current = current_workspace()
    if current is not None:
        return current
    if shared():
        raise NotFoundError("ui.choose_workspace", hint="ui.choose_workspace_hint")
    before = known_workspaces()
    return open_workspace(before[0] if before else create_workspace(t("ui.first_workspace")))


def known_workspaces() -> list[Workspace]:
    """All workspaces of this server, the one last changed first; none where strangers may look.

    A shared server's workspace is opened by its unguessable address alone.
    """
    return [] if shared() else Workspace.all(default_root())


def create_workspace(name: str) -> Workspace:
    """A new, empty workspace of this server; `open_workspace` makes it this tab's."""
    return Workspace.create(default_root(), name)


def open_workspace(chosen: Workspace) -> Workspace:
    """Make a workspace this tab's and put its id in the URL."""
    st.session_state[_WORKSPACE] = chosen.id
    _write_url()
    return chosen


def leave_workspace(gone: Workspace) -> None:
    """Forget a workspace that was deleted."""
    if st.session_state.get(_WORKSPACE) == gone.id:
        st.session_state[_WORKSPACE] = None
        if "w" in st.query_params:
            del st.query_params["w"]


def launcher() -> Launcher:
    """The process's launcher of background runs; it also adopts those of an earlier start."""
    return _launcher(str(default_root()))


def _close(gone: Launcher) -> None:
    gone.close()


@st.cache_resource(show_spinner=False, on_release=_close)
def _launcher(root: str) -> Launcher:
    from causalrec.runs.background.launcher import Launcher

    return Launcher(root)
