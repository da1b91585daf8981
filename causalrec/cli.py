"""The command line: every task is a command, every parameter an option."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from causalrec.core.errors import Cancelled, CausalRecError, NotFoundError, ParamError
from causalrec.core.words import LANGUAGES, Text
from causalrec.runs.record.command_options import add_options, given
from causalrec.runs.record.task import Task
from causalrec.terminal import Progress, say, say_answer, say_error

if TYPE_CHECKING:
    from causalrec.core.results.result import Result
    from causalrec.workspace import Workspace

__all__ = ["main"]

OK, FAILED, USAGE, CANCELLED = 0, 1, 2, 130
_HIDDEN = ("run", "standby")
_APP = "app"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give the exit status.

    0 done (a refused estimate is an answer too), 1 failed with a sentence and a next
    step on stderr, 2 not understood, 130 stopped.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    lang = _language(words)
    try:
        _check_letters(words)
        if words and words[0] in _HIDDEN:
            return _hidden(words)
        if _APP in words[:1]:
            return _serve(words[1:], lang)
        return _command(words, lang)
    except (ParamError, NotFoundError) as error:
        say_error(error, lang)
        return USAGE
    except CausalRecError as error:
        say_error(error, lang)
        return FAILED
    except (Cancelled, KeyboardInterrupt):
        say(Text("core.cancelled").to(lang))
        return CANCELLED


def _language(words: Sequence[str]) -> str:
    """The language asked for, before anything else is understood; English else."""
    for word, following in pairwise([*words, ""]):
        asked = following if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and asked in LANGUAGES:
            return asked
    return "en"


def _check_letters(words: Sequence[str]) -> None:
    """Words are text.

    Raises:
        ParamError: one has bytes that are no UTF-8 (Python keeps them as lone surrogates).
    """
    for word in words:
        if any("\ud800" <= letter <= "\udfff" for letter in word):
            shown = word.encode("utf-8", "backslashreplace").decode()
            raise ParamError("cli.no_text", hint="cli.no_text_hint", word=shown[:80])


def _hidden(words: Sequence[str]) -> int:
    """What the launcher starts: a registered run, or a warm process that waits for one."""
    from causalrec.runs.background.child import run_one, stand_by

    if words[0] == "standby":
        return stand_by()
    parser = argparse.ArgumentParser(prog="python -m causalrec run")
    parser.add_argument("run_id")
    parser.add_argument("--workspace", required=True, type=Path)
    asked = parser.parse_args(words[1:])
    return run_one(asked.workspace.resolve(), asked.run_id)


def _serve(words: list[str], lang: str) -> int:
    from causalrec.ui.kit.serving import serve

    serve(words, lang, _program())
    return OK


def _program() -> str:
    """What the command was called by."""
    name = Path(sys.argv[0]).name
    return name if name == "causalrec" else "python -m causalrec"


def _command(words: list[str], lang: str) -> int:
    name = next((w for w in words if not w.startswith("-") and w not in LANGUAGES), None)
    if name is None:
        parser = _overview(lang)
        parser.parse_args(words)
        parser.print_help()
        return USAGE
    words.remove(name)
    task = _task_called(name)
    parser = _task_parser(task, lang)
    if task.shared:
        parser.add_argument("--nproc", type=int, metavar="N", help=Text("cli.nproc").to(lang))
    asked = parser.parse_args(words)
    return _run(task.name, given(task.Params, {**vars(asked), "lang": lang}), asked, lang)


def _task_called(name: str) -> type[Task[Any, Any]]:
    """The task of a name, or that people call so.

    Raises:
        NotFoundError: there is none.
    """
    from causalrec.runs.record.catalogue import TASKS

    if name not in TASKS:
        name = next((known for known in TASKS if name in TASKS[known].called), name)
    task: type[Task[Any, Any]] = TASKS[name]
    return task


def _overview(lang: str) -> argparse.ArgumentParser:
    from causalrec.runs.record.catalogue import TASKS, word_of

    width = max(map(len, TASKS), default=0)
    lines = [f"  {_APP:{width}}  {Text('cli.app').to(lang)}"]
    lines += [f"  {name:{width}}  {word_of(name, '_help').to(lang)}" for name in TASKS]
    parser = argparse.ArgumentParser(
        prog=_program(),
        usage=f"{_program()} TASK [--help] ...",
        description=Text("cli.description").to(lang),
        epilog="\n".join([Text("cli.tasks").to(lang), *lines]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--lang", choices=LANGUAGES, help=Text("cli.lang").to(lang))
    return parser


def _task_parser(task: type[Task[Any, Any]], lang: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"{_program()} {task.name}",
        description=task.word("_help").to(lang),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_options(parser.add_argument_group(Text("cli.parameters").to(lang)), task.Params, lang)
    general = parser.add_argument_group(Text("cli.general").to(lang))
    general.add_argument("--workspace", metavar="PATH|ID", help=Text("cli.workspace").to(lang))
    general.add_argument("--json", action="store_true", help=Text("cli.json").to(lang))
    general.add_argument("--lang", choices=LANGUAGES, help=Text("cli.lang").to(lang))
    return parser


def _run(task: str, params: dict[str, Any], asked: argparse.Namespace, lang: str) -> int:
    from causalrec.recsys.team.team import current_team

    workspace = _workspace(asked.workspace, lang)
    if not current_team().leads:
        return _take_part(workspace, task, params)
    say(Text("cli.in_workspace", name=workspace.name, folder=str(workspace.folder)).to(lang))
    processes = getattr(asked, "nproc", None) or 1
    result = _done(workspace, task, params, processes=processes, lang=lang)
    if asked.json:
        sys.stdout.write(result.model_dump_json(indent=1) + "\n")
    else:
        say_answer(result, lang)
    return OK


def _done(
    workspace: Workspace, task: str, params: dict[str, Any], *, processes: int, lang: str
) -> Result:
    if processes < 1:
        words = {"name": "nproc", "value": str(processes), "why": "≥ 1"}
        raise ParamError("core.bad_param", hint="core.bad_param_hint", **words)
    with Progress(lang) as on_progress:
        if processes == 1:
            from causalrec.runs.record.runner import run_inline

            return run_inline(workspace, task, params, on_progress)
        from causalrec.runs.background.ranks import run_together

        return run_together(workspace, task, params, processes=processes, on_progress=on_progress)


def _take_part(workspace: Workspace, task: str, params: dict[str, Any]) -> int:
    """Do a share, unheard: what a process that ``torchrun`` started and that does not lead does."""
    from causalrec.runs.record.catalogue import TASKS

    if TASKS[task].shared:
        TASKS[task](params).run(workspace)
    return OK


def _workspace(asked: str | None, lang: str) -> Workspace:
    """The workspace at a path or with an id; else the one last used; else a new one."""
    from causalrec.workspace import Workspace, default_root

    if asked is None:
        others = Workspace.all(default_root())
        new = Text("cli.first_workspace").to(lang)
        return others[0] if others else Workspace.create(default_root(), new)
    path = Path(asked).expanduser().resolve()
    if path.is_dir():
        return Workspace.open(path.parent, path.name)
    return Workspace.open(default_root(), asked)
