"""Reports: a comparison to send around."""

from pathlib import Path
from tempfile import TemporaryDirectory

import causalrec as cr
from causalrec.reports.export_files import to_csv
from causalrec.reports.report import to_html

shop = cr.sample_shop(users=600, items=120, impressions=24_000)
before = shop.logging_policy()
after = cr.intervention("explore", epsilon=0.1).apply(before)
comparison = cr.compare_policies(cr.fit_world(shop.dataset()), before, after)

# One HTML page that needs nothing else, in English or Chinese, and the figures as a table.
with TemporaryDirectory() as folder:
    page, table = Path(folder) / "report.html", Path(folder) / "report.csv"
    page.write_text(to_html(comparison, "zh"), encoding="utf-8")
    table.write_bytes(to_csv(comparison))
    print(f"{page.name}: {len(page.read_text(encoding='utf-8')):,} characters")
    print(f"{table.name}: {len(table.read_text(encoding='utf-8').splitlines())} lines")
print(comparison.summary("en"))
print(comparison.summary("zh"))
