"""What every page to send around is: one HTML file that follows the reader's light or dark setting.

Without scripts, fonts or pictures from elsewhere; it prints well.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from causalrec.core.words import Text, render

__all__ = ["Say", "document"]

_CSS = """
:root{--bg:#fff;--panel:#f6f7fb;--text:#1c2024;--muted:#60646c;--border:#dfe2ea;--after:#3451b2;
--before:#7b7f8a;--good:#0f8a74;--bad:#c2410c;--unsure:#7b7f8a}
@media (prefers-color-scheme:dark){:root{--bg:#111418;--panel:#191d24;--text:#edeef0;
--muted:#a9afb8;--border:#2e343d;--after:#8da4ef;--before:#a0a6b1;--good:#3dd6b5;--bad:#ff9f4a;
--unsure:#a0a6b1}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:16px/1.55 -apple-system,
BlinkMacSystemFont,"Segoe UI",Roboto,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{max-width:960px;margin:0 auto;padding:40px 24px 64px}
h1{font-size:1.6rem;line-height:1.25;margin:.2em 0 .1em}h2{font-size:1.1rem;margin:2.2em 0 .6em}
.kicker,.muted{color:var(--muted)}.kicker{font-size:.85rem;letter-spacing:.02em}
.verdict{border-left:5px solid var(--unsure);background:var(--panel);border-radius:0 10px 10px 0;
padding:16px 20px;margin:20px 0;font-size:1.08rem}
.verdict b{display:block;font-size:1.3rem;margin-bottom:.2em}.verdict p{margin:.5em 0 0}
.verdict.good{border-color:var(--good)}.verdict.good b{color:var(--good)}
.verdict.bad{border-color:var(--bad)}.verdict.bad b{color:var(--bad)}
.card{border:1px solid var(--border);border-radius:12px;padding:12px 16px;overflow-x:auto}
svg{width:100%;min-width:640px;height:auto;display:block}
svg text{font-size:13px;fill:var(--text)}svg .small{font-size:11.5px}svg .strong{font-weight:600}
svg text.muted{fill:var(--muted)}svg .italic{font-style:italic}svg .middle{text-anchor:middle}
svg text.better{fill:var(--good)}svg text.worse{fill:var(--bad)}svg text.unsure{fill:var(--unsure)}
svg .grid{stroke:var(--border)}svg .zero,svg .before{stroke:var(--before);stroke-dasharray:3 3}
svg .before{stroke-width:2}svg circle.after,svg rect.after{fill:var(--after)}
svg circle.unsure,svg rect.unsure{fill:var(--unsure)}svg .band{opacity:.22}
svg .start{fill:var(--bg);stroke:var(--before);stroke-width:2}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:7px 10px;border-bottom:1px solid var(--border);vertical-align:top}
th{color:var(--muted);font-weight:500}td.num{text-align:right;white-space:nowrap;
font-variant-numeric:tabular-nums}.better{color:var(--good)}.worse{color:var(--bad)}
.unclear,.same,.refused{color:var(--unsure)}li{margin:.3em 0}
footer{margin-top:3em;color:var(--muted);font-size:.85rem}
@media print{main{padding:0}.card{break-inside:avoid}}
"""


def document(title: str, parts: Iterable[str], lang: str) -> str:
    """The file.

    Args:
        title: escaped words.
        parts: of its body, one after the other.
        lang: "en" or "zh".
    """
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>{_CSS}</style></head><body><main>{''.join(parts)}"
        "</main></body></html>"
    )


class Say:
    """Escaped words of a language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, key: str, /, **values: object) -> str:
        return escape(Text(key, **values).to(self.lang))

    def text(self, text: object) -> str:
        """Unescaped words."""
        return str(render(text, self.lang))
