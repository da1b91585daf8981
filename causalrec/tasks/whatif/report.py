"""Write a saved comparison as one HTML page and a table."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pandas as pd

from causalrec.core.errors import StorageError
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.words import LANGUAGES, Text
from causalrec.runs.record.task import Task
from causalrec.workspace import Workspace

__all__ = ["Report", "ReportParams", "ReportResult", "file_name"]


class ReportParams(Params):
    """Which comparison, in which language, into which folder."""

    comparison: str = param(help="compare.param_comparison")
    lang: str = param("en", choices=LANGUAGES, help="compare.param_lang")
    folder: str | None = param(None, help="compare.param_folder")


class ReportResult(Result):
    """Where the files are.

    Attributes:
        page, table: paths of the HTML page and the CSV.
        verdict: what the page says on top: the decision, and the answer's sentence.
    """

    page: str
    table: str
    verdict: Text

    def to_frame(self) -> pd.DataFrame:
        """Columns file, path."""
        return pd.DataFrame({"file": ["page", "table"], "path": [self.page, self.table]})

    def summary(self, lang: str = "en") -> str:
        """Where the page is, and what it says."""
        return Text("compare.report_written", page=self.page, verdict=self.verdict).to(lang)


class Report(Task[ReportParams, ReportResult]):
    """Read a comparison, write its page and its table."""

    name: ClassVar[str] = "report"
    Params: ClassVar[type[Params]] = ReportParams
    Result: ClassVar[type[Result]] = ReportResult

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> ReportResult:
        from causalrec.reports.export_files import to_csv
        from causalrec.reports.report import to_html
        from causalrec.tasks.whatif.compare import comparison_of
        from causalrec.whatif.changes.comparison_answer import comparison_answer

        asked = self.params
        on_progress(0.2, Text("compare.working_report"))
        comparison = comparison_of(workspace.thing("comparison", asked.comparison))
        folder = Path(asked.folder) if asked.folder else workspace.folder / "reports"
        page = folder / file_name(comparison.name, "html")
        table = folder / file_name(comparison.name, "csv")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            page.write_text(to_html(comparison, asked.lang), encoding="utf-8")
            table.write_bytes(to_csv(comparison))
        except OSError as error:
            raise StorageError(
                "compare.not_written",
                hint="compare.not_written_hint",
                folder=str(folder),
                why=str(error.strerror),
            ) from error
        answer = comparison_answer(comparison)
        verdict = Text("answer.summary", decided=answer.decided, told=answer.headline)
        return ReportResult(page=str(page), table=str(table), verdict=verdict)


def file_name(name: str, suffix: str) -> str:
    """A file's name from what people called a scenario: letters and digits of any script."""
    kept = "".join(sign if sign.isalnum() else "-" for sign in name)
    parts = [part for part in kept.split("-") if part]
    return f"{'-'.join(parts)[:80] or 'comparison'}.{suffix}"
