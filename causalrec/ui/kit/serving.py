"""``causalrec app``: start the dashboard, on this machine or open to its network."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress

from causalrec.core.words import LANGUAGES, Text
from causalrec.ui.kit.site import SITE

__all__ = ["own_names", "serve", "server_command"]

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def serve(words: Sequence[str], lang: str, program: str) -> None:
    """Become the server: this process is streamlit's from here on.

    Args:
        words: what stands after ``app`` on the command line.
        lang: language of messages.
        program: what the command is called.
    """
    asked = _asked(words, lang, program)
    notes = [Text("cli.app_shared")] if asked.share else []
    notes.append(Text("cli.app_starts", port=asked.port))
    for note in notes:
        sys.stderr.write(note.to(lang) + "\n")
    sys.stderr.flush()
    command = server_command(asked.port, share=asked.share, hosts=asked.host)
    os.execv(command[0], command)  # noqa: S606 - one process, which a signal ends


def server_command(port: int, *, share: bool, hosts: Sequence[str]) -> list[str]:
    """The command of the server.

    Args:
        port: where it listens.
        share: whether the network may reach it.
        hosts: further names that it answers to.
    """
    address = "0.0.0.0" if share else "127.0.0.1"  # noqa: S104 - asked for
    command = [sys.executable, "-m", "streamlit", "run", str(SITE / "app.py")]
    command += ["--server.address", address, "--server.port", str(port)]
    for name in [*(own_names() if share else _LOOPBACK), *hosts]:
        command += ["--server.allowedHosts", name]
    return [*command, "--server.headless", "true"]


def own_names() -> list[str]:
    """The names and addresses that this machine goes by: pages under any other are refused."""
    name = socket.gethostname()
    names = {*_LOOPBACK, name, socket.getfqdn(), f"{name}.local"}
    with suppress(OSError):
        names |= {str(info[4][0]) for info in socket.getaddrinfo(name, None)}
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # nothing is sent: it asks which address would be used
        names.add(probe.getsockname()[0])
    return sorted(names)


def _asked(words: Sequence[str], lang: str, program: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=f"{program} app", description=Text("cli.app").to(lang), allow_abbrev=False
    )
    parser.add_argument("--share", action="store_true", help=Text("cli.app_share").to(lang))
    parser.add_argument(
        "--host", action="append", default=[], metavar="NAME", help=Text("cli.app_host").to(lang)
    )
    parser.add_argument("--port", type=int, default=8501, help=Text("cli.app_port").to(lang))
    parser.add_argument("--lang", choices=LANGUAGES, help=Text("cli.lang").to(lang))
    return parser.parse_args(list(words))
