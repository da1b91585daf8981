"""Models side by side: the answer, figures with intervals, paired differences, costs."""

from __future__ import annotations

from functools import partial

import streamlit as st
from pydantic import TypeAdapter

from causalrec.core.words import Text
from causalrec.recsys.evaluation.leaderboard import Leaderboard
from causalrec.recsys.metrics import METRICS, foremost
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.tasks.recsys.train import Train
from causalrec.ui.kit import widgets
from causalrec.ui.kit.open_models import board_of, model_name, table_of, training_of
from causalrec.ui.kit.session import language, plain, say, t
from causalrec.ui.train.results.figures import COSTS, Shown, costs_of, download, table
from causalrec.ui.train.start.live_runs import begin
from causalrec.workspace import Thing

__all__ = ["board"]

_COMPARED, _KNOWN = "train-compared", "train-compared-of"
_MOST = 20
_MOST_GROUPED = 4
_TEXT: TypeAdapter[Text] = TypeAdapter(Text)


def board(models: list[Thing]) -> None:
    """Draw the comparison."""
    top = st.container()
    chosen = _chosen(models)
    if not chosen:
        return
    shown = _controls(chosen)
    with top:
        widgets.answer(shown.board.summary(language()))
        for thing in models:
            widgets.stale_note(thing, redo=partial(begin, Train.name, [thing.meta["asked"]]))
    _charts(shown)
    table(shown)
    download(shown)
    _wider(shown)
    _how(chosen[0])
    _curves(chosen)


def _chosen(models: list[Thing]) -> list[Thing]:
    """The models to compare, those of one split; the others are named."""
    by_name = {model_name(thing): thing for thing in models}
    names = list(by_name)
    _join(names)
    if len(names) > 1:
        names = st.multiselect(
            t("page_train.models"), names, names[:_MOST], key=_COMPARED, max_selections=_MOST
        )
    picked = [by_name[name] for name in names]
    if not picked:
        return []
    split = table_of(picked[0]).split
    same = [thing for thing in picked if table_of(thing).split == split]
    other = [model_name(thing) for thing in picked if thing not in same]
    if other:
        text = t("page_train.other_split", names=", ".join(other), kept=model_name(picked[0]))
        st.info(plain(text), icon=":material/info:")
    return same


def _join(names: list[str]) -> None:
    """What was trained since the choice was last drawn joins it; what was taken out stays out."""
    known = st.session_state.get(_KNOWN)
    st.session_state[_KNOWN] = names
    if known is None or _COMPARED not in st.session_state:
        return
    kept = [name for name in st.session_state[_COMPARED] if name in names]
    fresh = [name for name in names if name not in known and name not in kept]
    st.session_state[_COMPARED] = [*kept, *fresh][-_MOST:]


def _controls(chosen: list[Thing]) -> Shown:
    lengths = table_of(chosen[0]).lengths
    measured = set(table_of(chosen[0]).table["metric"])
    metrics = [name for name in METRICS if name in measured]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric = st.selectbox(
            t("page_train.metric"),
            metrics,
            metrics.index(METRICS.default),
            format_func=lambda name: say(METRICS[name].word()),
            key="train-metric",
            width=220,
        )
        k = st.segmented_control(
            t("page_train.k"), lengths, default=lengths[0], key="train-k", required=True
        )
        bars = RECOMMENDERS.where(baseline=True)
        base = next((n for n, x in enumerate(chosen) if x.meta["model"] in bars), 0)
        against = chosen[base]
        if len(chosen) > 1:
            against = st.selectbox(
                t("page_train.against"),
                chosen,
                base,
                format_func=model_name,
                key="train-against",
                width=260,
            )
    st.caption(plain(say(METRICS[metric].word("_about"))))
    ordered = sorted(chosen, key=lambda x: -float(table_of(x).row(metric, int(k))["value"]))
    return Shown(ordered, board_of(ordered, against), metric, int(k))


def _charts(shown: Shown) -> None:
    board, asked = shown.board, {"metric": shown.metric, "k": shown.k}
    left, right = st.columns(2)
    with left.container(border=True):
        st.markdown(f"**{t('page_train.chart_values')}**")
        widgets.chart(board, key="train-values", **asked)
    with right.container(border=True):
        st.markdown(f"**{plain(t('page_train.chart_changes', base=board.base))}**")
        if len(board.names) < 2:
            st.caption(t("page_train.one_model"))
            return
        widgets.chart(board, key="train-changes", **asked, differences=True)
        st.caption(t("page_train.grey"))


def _wider(shown: Shown) -> None:
    """Beyond accuracy: how far the lists reach, and for whom they are good."""
    drawn = {"train-trade": _trade_off} if len(shown.board.names) > 1 else {}
    if shown.board.groupings:
        drawn["train-groups"] = _groups
    places = st.columns(len(drawn)) if drawn else []
    for (key, draw), place in zip(drawn.items(), places, strict=True):
        with place.container(border=True, key=key):
            draw(shown)


def _trade_off(shown: Shown) -> None:
    st.markdown(f"**{t('page_train.chart_map')}**")
    measured = set(shown.board.table["metric"])
    costs = {name: costs_of(shown.things, name) for name in COSTS}
    beyond = [
        name for name in foremost() if METRICS[name].family != METRICS[METRICS.default].family
    ]
    metrics = [name for name in beyond if name in measured and name != shown.metric]
    options = [*metrics, *(name for name, values in costs.items() if values)]
    up = st.selectbox(
        t("page_train.up"),
        options,
        format_func=lambda name: (
            t(f"page_train.cost_{name}") if name in costs else say(METRICS[name].word())
        ),
        key="train-up",
        width=260,
    )
    against = costs.get(up, up)
    widgets.chart(
        shown.board,
        key="train-map",
        metric=shown.metric,
        k=shown.k,
        against=against,
        colour=shown.board.shade,
        title=t(f"page_train.cost_{up}") if up in costs else None,
    )
    about = METRICS[shown.board.shade].word("_about")
    st.caption(plain(t("page_train.map_about", colour=about)))


def _groups(shown: Shown) -> None:
    st.markdown(f"**{t('page_train.chart_groups')}**")
    board, measured = shown.board, _by_groups(shown.board)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.selectbox(
            t("page_train.by"), board.groupings, format_func=_grouping, key="train-by", width=180
        )
        default = list(dict.fromkeys([board.names[0], board.base, *board.names]))[:3]
        names = st.multiselect(
            t("page_train.grouped_models"),
            board.names,
            [name for name in board.names if name in default],
            key="train-grouped",
            max_selections=_MOST_GROUPED,
            width=420,
        )
    metric = shown.metric if shown.metric in measured else METRICS.default
    if names:
        widgets.chart(
            board, key="train-by-group", metric=metric, k=shown.k, by=by, names=tuple(names)
        )
    st.caption(t("page_train.groups_about"))


def _by_groups(of: Leaderboard) -> set[str]:
    return set(of.groups["metric"])


def _grouping(by: str) -> str:
    return t(f"page_train.by_{by}") if by in ("activity", "user", "item") else by


def _how(thing: Thing) -> None:
    """Protocol, why it was chosen, and who was left out: beside every number."""
    measured = table_of(thing)
    texts = [
        Text(
            "page_train.how",
            protocol=Text(f"recsys.protocol_{measured.protocol}"),
            n=int(measured.row()["n"]),
        ),
        _TEXT.validate_python(thing.meta["split_note"]),
        *measured.notes,
    ]
    st.caption(":material/straighten: " + " ".join(plain(say(text)) for text in texts))
    st.caption(t("page_train.how_long"))


def _curves(chosen: list[Thing]) -> None:
    """Learning curves, read only when somebody opens them."""
    fold = st.expander(
        t("page_train.curves"), icon=":material/show_chart:", key="train-curves", on_change="rerun"
    )
    if not fold.open:
        return
    with fold:
        results = {model_name(thing): training_of(thing) for thing in chosen}
        curves = {
            name: training
            for name, training in results.items()
            if training and len(training.curve) > 1
        }
        if not curves:
            st.caption(t("page_train.no_curves"))
        for name, training in curves.items():
            st.markdown(
                plain(t("page_train.best_epoch", name=name, epoch=training.best_epoch or 0))
            )
            frame = training.curve.set_index("epoch").dropna(axis=1, how="all")
            widgets.chart(frame, key=f"train-curve-{name}")
