"""Who may reach the dashboard, what its pages may do, and whether strangers see workspaces."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st

from causalrec.ui.kit import server
from causalrec.ui.kit.server import Guard
from causalrec.ui.kit.session import plain

HOST = "127.0.0.1:8501"


@pytest.fixture(autouse=True)
def settings(monkeypatch):
    options = {
        "server.address": "127.0.0.1",
        "server.allowedHosts": ["localhost", "127.0.0.1", "::1"],
        "server.corsAllowedOrigins": [],
        "server.maxUploadSize": 1024,
    }
    monkeypatch.setattr("streamlit.config.get_option", options.__getitem__)
    monkeypatch.setattr(st, "get_option", options.__getitem__)
    monkeypatch.delenv("CAUSALREC_SHARED", raising=False)
    return options


def asked(kind="http", method="GET", path="/", **headers):
    """What the guard sends back (status or close code, headers); None where the app answers."""
    sent = []

    async def app(scope, receive, send):
        if kind == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
        else:
            await send({"type": "websocket.accept"})

    async def receive():
        return {"type": f"{kind}.connect"}

    async def send(message):
        sent.append(message)

    known = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    scope = {"type": kind, "method": method, "path": path, "headers": known}
    # In a thread of its own: a browser's loop may run in this one, of an earlier test.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, Guard(app)(scope, receive, send)).result()
    return sent


def status(*args, **options):
    first = asked(*args, **options)[0]
    return first.get("status") or first["type"].removeprefix("websocket.")


@pytest.mark.parametrize("host", ["localhost:8501", HOST, "[::1]:8501"])
def test_our_own_page_may_connect(host):
    assert status("websocket", host=host, origin=f"http://{host}") == "accept"
    assert status(host=host) == 200


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("evil.example:8501", "http://evil.example:8501"),  # a name pointed at this machine
        (HOST, "http://evil.example"),
        (HOST, "http://localhost:3000"),  # another port of this machine is another site
        (HOST, "null"),
    ],
)
def test_pages_of_other_sites_are_refused(host, origin):
    assert status("websocket", host=host, origin=origin) == "close"
    assert status(method="PUT", path="/_stcore/upload_file/a/b", host=host, origin=origin) == 403


def test_a_foreign_name_is_refused_for_plain_requests_too():
    assert status(host="evil.example") == 403
    assert status() == 403


def test_a_named_origin_is_trusted(settings):
    settings["server.corsAllowedOrigins"] = ["https://shop.example"]
    assert status("websocket", host=HOST, origin="https://shop.example") == "accept"


def test_every_answer_says_what_a_page_may_do():
    headers = {k.decode(): v.decode() for k, v in asked(host=HOST)[0]["headers"]}
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy
    assert "http" not in policy  # nothing is loaded from elsewhere
    assert headers["referrer-policy"] == "no-referrer"  # the address holds the workspace's id
    assert headers["x-frame-options"] == "SAMEORIGIN"


def test_uploads_have_a_limit_together(monkeypatch):
    monkeypatch.setenv("CAUSALREC_UPLOADS_MB", "100")
    monkeypatch.setattr(server, "held", lambda: 60 << 20)
    put = {"method": "PUT", "path": "/_stcore/upload_file/a/b", "host": HOST}
    assert status(**put, content_length=str(30 << 20)) == 200
    assert status(**put, content_length=str(50 << 20)) == 413


def test_strangers_see_no_list_where_they_can_come_in(settings, monkeypatch):
    assert not server.shared()
    monkeypatch.setenv("CAUSALREC_SHARED", "1")
    assert server.shared()
    monkeypatch.delenv("CAUSALREC_SHARED")
    for address in ("0.0.0.0", "192.168.1.5", "", None):
        settings["server.address"] = address
        assert server.shared()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("<b> & &lt;", r"\<b\> \& \&lt;"),
        ("[l](x) $x$ :red[R]", r"\[l\]\(x\) \$x\$ \:red\[R\]"),
        ("http://a.example", "http\\:\u2060//a\\.example"),
        ("www.a.example", "www\u2060\\.a\\.example"),
        ("me@a.example", "me\\@\u2060a\\.example"),
        (":material/delete:", "\\:\u2060material/delete\\:"),
        ("a -> b <= c", "a \\-\u2060\\> b \\<\u2060\\= c"),
        ("    code\n\tcode", "code\ncode"),
        ("plain words, 50 % 图", "plain words, 50 % 图"),
    ],
)
def test_names_of_others_are_text_on_a_page(name, told):
    assert plain(name) == told


def test_an_upload_that_was_taken_over_leaves_memory(monkeypatch):
    """Else it stays until the visit ends: 100 MB a file, two minutes beyond it."""
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

    files = MemoryUploadedFileManager("/upload")
    record = UploadedFileRec("one", "a.csv", "text/csv", b"x" * 1000)
    files.add_file("visit", record)
    files.add_file("visit", UploadedFileRec("two", "b.csv", "text/csv", b"y" * 10))

    class Running:
        uploaded_file_mgr = files
        exists = staticmethod(lambda: True)
        instance = staticmethod(lambda: Running)

    monkeypatch.setattr(server, "Runtime", Running)
    visit = type("Context", (), {"session_id": "visit"})
    monkeypatch.setattr(server, "get_script_run_ctx", lambda: visit)
    assert server.held() == 1010
    server.drop_upload(UploadedFile(record, None))
    assert server.held() == 10
