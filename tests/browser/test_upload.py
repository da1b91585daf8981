"""A big upload in the browser: it is there at once, its checks follow by themselves."""

from __future__ import annotations

from pathlib import Path

from harness import no_traceback, settled

from causalrec.workspace import Workspace


def test_the_checks_of_a_big_table_follow_by_themselves(server, page, tmp_path: Path):
    log = tmp_path / "log.csv"
    lines = (f"{n % 997},{n % 101},{n % 2},{1_600_000_000 + n}" for n in range(100_001))
    log.write_text("user_id,item_id,click,timestamp\n" + "\n".join(lines), encoding="utf-8")
    workspace = Workspace.create(server.root, "big")
    page.goto(server.page("data", w=workspace.id))
    field = page.locator("[data-testid=stFileUploaderDropzoneInput]").first
    field.wait_for(state="attached")
    settled(page)
    field.set_input_files(str(log))
    page.locator("[class*=st-key-how-read]").first.wait_for()
    page.locator(".st-key-save-dataset button:enabled").wait_for()
    settled(page)
    no_traceback(page)
