"""What a page shows has an address: ``?effect=NAME`` or ``?scenario=NAME`` beside the workspace.

The address says what is shown; where it says nothing, this tab shows what it showed last. A link
to what is not there (any more) is said as long as something else stands in its place.
"""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from causalrec.ui.kit.session import plain, t

__all__ = ["asked_for", "linked", "show"]


def linked(kind: str, names: Collection[str]) -> str | None:
    """Which of some things the address names; None where it names none of them.

    Args:
        kind: of the things: "effect" or "scenario"; it is the parameter's name too.
        names: what there is.
    """
    name = st.query_params.get(kind)
    if name is not None and name not in names:
        _missing()[kind] = [name]
    return name if name in names else None


def asked_for(kind: str, names: Collection[str]) -> str | None:
    """Which of some things the page shall show: as `linked`, else what this tab showed last."""
    last = _last().get(kind)
    return linked(kind, names) or (last if last in names else None)


def show(kind: str, name: str | None) -> None:
    """The page shows a thing: write its address, and say which link was not followed.

    Args:
        kind: of the thing.
        name: its name; None where what is shown is not kept.
    """
    if name is None:
        _last().pop(kind, None)
        st.query_params.pop(kind, None)
    else:
        _last()[kind] = name
        if st.query_params.get(kind) != name:
            st.query_params[kind] = name
    missing = _missing().get(kind, [])
    if len(missing) == 1:
        missing.append(name)
    if missing[1:] == [name]:
        st.info(t(f"ui.no_{kind}", name=plain(str(missing[0]))), icon=":material/link_off:")
    else:
        _missing().pop(kind, None)


def _last() -> dict[str, str]:
    """Names shown last, by kind, in the workspace of the address."""
    last: dict[str, str] = st.session_state.setdefault(f"causalrec_shown_{_workspace()}", {})
    return last


def _missing() -> dict[str, list[str | None]]:
    """By kind: the name of a link that leads nowhere, then what is shown in its place."""
    missing: dict[str, list[str | None]] = st.session_state.setdefault(
        f"causalrec_missing_{_workspace()}", {}
    )
    return missing


def _workspace() -> str:
    return st.query_params.get("w", "")
