"""Pictures of every page, after the finished journey has run.

    python tests/benchmarks/pictures.py                   light and dark, into assets/pictures
    python tests/benchmarks/pictures.py --review FOLDER   also narrow and Chinese, whole pages

Needs Chromium (and a Chinese font for the Chinese ones: fonts-noto-cjk).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "practice")]

import harness  # noqa: E402

from causalrec.runs.record.runner import run_inline  # noqa: E402
from causalrec.ui.kit.pages import PAGES  # noqa: E402
from causalrec.workspace import Workspace  # noqa: E402

ASKED = {"story": {"step": "3"}}
"""What a page is asked to show, beside the workspace: of the story, the answer."""
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 420, "height": 900}


def settings(review: bool) -> Iterator[tuple[str, str, str, dict[str, int]]]:
    """Label, colour scheme, language and viewport of each round."""
    for scheme in ("light", "dark"):
        yield scheme, scheme, "en", WIDE
    if review:
        yield "zh", "light", "zh", WIDE
        yield "narrow", "light", "en", NARROW
        yield "zh-narrow-dark", "dark", "zh", NARROW


def shrink(picture: bytes, path: Path) -> None:
    """Save with 256 colours: a third of the size, no visible loss on flat pages."""
    from PIL import Image

    with Image.open(BytesIO(picture)) as image:
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def ready(page) -> None:
    """Settled, charts drawn, fonts loaded, nothing moving."""
    harness.settled(page, timeout=60_000)
    page.wait_for_timeout(1500)
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')", timeout=60_000)
    page.wait_for_timeout(500)
    harness.settled(page, timeout=60_000)
    page.evaluate("document.fonts.ready")


def whole(page) -> None:
    """Make the window as high as the page's content: the content scrolls inside it."""
    high = page.evaluate(
        "Math.max(...Array.from(document.querySelectorAll('[data-testid=stMain]'),"
        " main => main.scrollHeight))"
    )
    size = page.viewport_size
    page.set_viewport_size({"width": size["width"], "height": min(max(high, 900), 6000)})
    ready(page)


def take(server, chromium, workspace: Workspace, options: argparse.Namespace) -> None:
    folder = options.review or ROOT / "assets" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for label, scheme, lang, size in settings(options.review is not None):
        context = chromium.new_context(
            viewport=size, color_scheme=scheme, locale={"en": "en-US", "zh": "zh-CN"}[lang]
        )
        page = context.new_page()
        for name in options.pages or PAGES:
            page.set_viewport_size(size)
            page.goto(server.page(name, w=workspace.id, lang=lang, **ASKED.get(name, {})))
            ready(page)
            if name == "story":
                page.locator(".st-key-story-reveal button").click()
                ready(page)
            if options.review:
                whole(page)
            shrink(page.screenshot(), folder / f"{name}-{label}.png")
            print(folder / f"{name}-{label}.png", flush=True)
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--review", type=Path, help="folder for the larger set")
    parser.add_argument("--pages", nargs="*", help="only these pages")
    parser.add_argument("--root", type=Path, help="a workspace root to show; its newest one")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        root = options.root or Path(name) / "workspaces"
        known = Workspace.all(root)
        workspace = known[0] if known else Workspace.create(root, "Demo")
        if not known:
            run_inline(workspace, "journey", {})
        chromium = driver.chromium.launch(executable_path=harness.chromium(), args=harness.FLAGS)
        server = harness.Server(root, Path(name) / "server.log").start()
        try:
            take(server, chromium, workspace, options)
        finally:
            chromium.close()
            server.stop()


if __name__ == "__main__":
    main()
