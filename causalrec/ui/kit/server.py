"""What stands before the server: who may ask, how much may be sent, what a page may do."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from causalrec.core.words import LANGUAGES, Text

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send
    from streamlit.runtime.uploaded_file_manager import UploadedFile

__all__ = ["Guard", "drop_upload", "held", "middleware", "shared", "uploads_limit"]

HEADERS = {
    # Streamlit's own pages need inline styles, wasm and blobs; nothing needs another machine.
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "connect-src 'self' data: blob:",
            "frame-src 'self' data: blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    # The address holds the workspace's id: no other site may learn it from a link.
    "Referrer-Policy": "no-referrer",
}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_UPLOAD = "/_stcore/upload_file/"
_UPLOADS_MB = "CAUSALREC_UPLOADS_MB"
_REFUSED = 1008
"""The websocket's code for a broken rule."""


def middleware() -> list[Middleware]:
    """What the server puts before streamlit's own."""
    return [Middleware(Guard)]


def shared() -> bool:
    """Whether others than this machine can reach the server: strangers see no list of workspaces.

    It listens on more than the loopback, or ``$CAUSALREC_SHARED`` says that something before it
    (a reverse proxy) lets others in.
    """
    address = str(st.get_option("server.address") or "")
    return address not in _LOOPBACK or os.environ.get("CAUSALREC_SHARED", "0") not in ("", "0")


def uploads_limit() -> int:
    """Bytes that all uploads under way may take in memory together.

    ``$CAUSALREC_UPLOADS_MB``, else twice what one file may have.
    """
    asked = os.environ.get(_UPLOADS_MB, "")
    megabytes = int(asked) if asked.isdigit() else 2 * int(st.get_option("server.maxUploadSize"))
    return megabytes << 20


class Guard:
    """Refuses other sites' pages and names, and uploads beyond the limit; adds the headers.

    Streamlit itself checks the host of websockets alone, and lets every page of this machine's
    other ports connect.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not _may_ask(scope, headers):
            await _refuse(scope, receive, send, Text("ui.foreign_request"), status=403)
        elif _too_much(scope, headers):
            limit = f"{uploads_limit() >> 20:,} MB"
            words = Text("ui.uploads_full", limit=limit, setting=_UPLOADS_MB)
            await _refuse(scope, receive, send, words, status=413)
        else:
            await self._app(scope, receive, _with_headers(send))


def _may_ask(scope: Scope, headers: Headers) -> bool:
    """Whether the name is one of ours, and a page that sends or connects is our own."""
    host, origin = headers.get("host"), headers.get("origin")
    if not is_host_allowed(host):
        return False
    harmless = scope["type"] == "http" and scope["method"] in ("GET", "HEAD", "OPTIONS")
    if harmless or origin is None or urlsplit(origin).netloc == host:
        return True
    trusted: Iterable[str] = st.get_option("server.corsAllowedOrigins") or ()
    return origin in trusted


def _too_much(scope: Scope, headers: Headers) -> bool:
    """Whether an upload would take all uploads together over the limit."""
    if scope["type"] != "http" or scope["method"] != "PUT" or _UPLOAD not in scope["path"]:
        return False
    length = headers.get("content-length", "")
    coming = int(length) if length.isdigit() else 0
    return held() + coming > uploads_limit()


def held() -> int:
    """Bytes of uploads that are in memory now."""
    if not Runtime.exists():
        return 0
    families = Runtime.instance().uploaded_file_mgr.get_stats().values()
    return sum(getattr(stat, "byte_length", 0) for family in families for stat in family)


def drop_upload(sent: UploadedFile) -> None:
    """Free the memory of a file that was taken over: without this it stays as long as the visit."""
    context = get_script_run_ctx()
    files = Runtime.instance().uploaded_file_mgr if Runtime.exists() else None
    if context is not None and isinstance(files, MemoryUploadedFileManager):
        files.remove_file(context.session_id, sent.file_id)
    sent.close()


async def _refuse(scope: Scope, receive: Receive, send: Send, words: Text, *, status: int) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": _REFUSED})
        return
    body = "\n".join(words.to(lang) for lang in LANGUAGES)
    await PlainTextResponse(body, status)(scope, receive, _with_headers(send))


def _with_headers(send: Send) -> Send:
    async def telling(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return telling
