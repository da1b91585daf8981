"""The Graph page without a browser: drafts, echoes, import, bindings, versions and conflicts."""

from __future__ import annotations

import json

import pytest

from causalrec.causal.formats.graph_text import read_graph
from causalrec.causal.formats.json_document import from_document, to_document
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.graph.paths import causal_paths
from causalrec.causal.identification.adjustment_report import analyse
from causalrec.core.errors import GraphError
from causalrec.ui.graph.board import editor_key
from causalrec.ui.graph.document import colours, from_editor, readable, to_editor
from causalrec.ui.graph.drafts import Draft

TRIANGLE = "dag { x [exposure] y [outcome] z -> x z -> y x -> y }"


def graph(text: str = TRIANGLE) -> CausalGraph:
    return read_graph(text)


def drafted(workspace, text: str = TRIANGLE, **kept) -> tuple[dict, Draft]:
    """Session values that hold a draft, and the draft."""
    draft = Draft(document=to_editor(graph(text)), **kept)
    return {f"graph_draft_{workspace.id}": draft}, draft


def sent(workspace, draft: Draft, document: dict, *, revision: int = 1, version=None) -> dict:
    """What the browser's editor leaves in the session after an edit."""
    value = {"version": version or draft.version, "revision": revision, "document": document}
    return {editor_key(workspace): {"graph": value}}


def given(test) -> dict:
    """What the editor in the browser is given."""
    protos = [element.proto for element in test.get("bidi_component")]
    (found,) = (p.json for p in protos if p.component_name == "causalrec_dag_editor")
    return json.loads(found)


def names(test) -> set[str]:
    return {node["name"] for node in given(test)["document"]["nodes"]}


def said(test) -> str:
    boxes = [*test.info, *test.success, *test.warning, *test.error]
    return " ".join(box.value for box in boxes).replace("\\", "")


# ------------------------------------------------------------------------------ documents


def test_document_round_trip() -> None:
    text = "dag { a [adjusted] u [latent] i [instrumental] x [exposure] y [outcome] "
    text += "a -> x u -> x u -> y x -> y i -> x a <-> y }"
    first = graph(text).with_bindings({"a": "age"})
    assert from_editor(json.loads(json.dumps(to_editor(first)))) == first


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"nodes": [{"name": "a"}, {"name": "a"}], "edges": []},
        {"nodes": [{"name": "a"}], "edges": [{"source": "a"}]},
        {"nodes": None, "edges": []},
        {
            "nodes": [{"name": "a"}, {"name": "b"}],
            "edges": [
                {"source": "a", "target": "b", "kind": "directed"},
                {"source": "b", "target": "a", "kind": "directed"},
            ],
        },
    ],
    ids=["empty", "twice", "half an edge", "no nodes", "cycle"],
)
def test_bad_documents_are_refused(document: dict) -> None:
    with pytest.raises(GraphError) as error:
        from_editor(document)
    assert error.value.hint


def test_colours_follow_what_is_adjusted() -> None:
    triangle = graph()
    painted = colours(triangle, analyse(triangle, "x", "y"), bound=True)
    assert painted["suggested"] == ["z"]
    assert [(e["source"], e["target"]) for e in painted["causal"]] == [("x", "y")]
    assert {(e["source"], e["target"]) for e in painted["biasing"]} == {("z", "x"), ("z", "y")}
    assert set(painted["unbound"]) == {"x", "y", "z"}
    adjusted = colours(triangle, analyse(triangle, "x", "y", ["z"]), bound=False)
    assert adjusted["suggested"] == adjusted["biasing"] == adjusted["unbound"] == []


def test_places_of_other_tools_are_spread() -> None:
    close = graph('dag { a [pos="0,0"] b [pos="1,0.5"] a -> b }')
    assert readable(close).positions["b"][0] > 100
    far = graph('dag { a [pos="0,0"] b [pos="300,0"] a -> b }')
    assert readable(far).positions == far.positions
    assert readable(graph('dag { a [pos="0,0"] a -> b }')).positions == {}


def test_causal_paths_are_listed_lazily() -> None:
    # 2 ** 40 paths: listing them all would never end.
    pairs = [(f"{i}", f"{i}{s}") for i in range(40) for s in "ab"]
    pairs += [(f"{i}{s}", f"{i + 1}") for i in range(40) for s in "ab"]
    first = next(causal_paths(CausalGraph(pairs).edges, "0", "40"))
    assert (first[0], first[-1]) == ("0", "40")
    assert list(causal_paths(graph().edges, "y", "x")) == []


# ------------------------------------------------------------------------------ the page


def test_an_empty_workspace_says_how_to_begin(app, workspace) -> None:
    test = app("graph", w=workspace.id)
    assert not test.exception
    assert names(test) == set()
    assert "double-click the canvas" in said(test)


def test_the_answer_is_on_top_in_both_languages(app, workspace) -> None:
    state, _ = drafted(workspace)
    assert "adjust for z" in said(app("graph", state=state, w=workspace.id))
    state, _ = drafted(workspace)
    test = app("graph", state=state, w=workspace.id, lang="zh")
    assert not test.exception
    assert "z" in said(test)
    assert given(test)["words"]["do_undo"] == "撤销"


def test_an_edit_in_the_browser_is_taken_and_analysed(app, workspace) -> None:
    state, draft = drafted(workspace)
    edited = to_editor(graph("dag { x [exposure] y [outcome] x -> y }"))
    test = app("graph", state=state | sent(workspace, draft, edited), w=workspace.id)
    assert names(test) == {"x", "y"}
    assert given(test)["analysis"]["revision"] == given(test)["revision"] == 1
    assert given(test)["version"] == draft.version  # no new version: the browser keeps its own


def test_an_echo_of_an_older_version_is_ignored(app, workspace) -> None:
    state, draft = drafted(workspace)
    edited = to_editor(graph("dag { x -> y }"))
    old = sent(workspace, draft, edited, revision=9, version=draft.version - 1)
    test = app("graph", state=state | old, w=workspace.id)
    assert names(test) == {"x", "y", "z"}


def test_a_cyclic_document_is_refused_and_replaced(app, workspace) -> None:
    state, draft = drafted(workspace)
    document = json.loads(json.dumps(draft.document))
    document["edges"].append({"source": "y", "target": "z", "kind": "directed"})
    before = draft.version
    test = app("graph", state=state | sent(workspace, draft, document), w=workspace.id)
    assert "→" in said(test)
    assert given(test)["version"] > before
    assert len(given(test)["document"]["edges"]) == 3


def test_a_draft_survives_a_reload(app, workspace) -> None:
    state, draft = drafted(workspace)
    edited = to_editor(graph("dag { a -> b }"))
    app("graph", state=state | sent(workspace, draft, edited), w=workspace.id)
    assert names(app("graph", w=workspace.id)) == {"a", "b"}  # a new session


def test_import_recognises_text_and_keeps_the_graph_when_it_is_none(app, workspace) -> None:
    state, _ = drafted(workspace)
    test = app("graph", state={**state, "graph-menu-import": True}, w=workspace.id)
    test.text_area(key="graph-import-text").set_value("digraph { p -> q }").run()
    test.button(key="graph-import").click().run()
    assert names(test) == {"p", "q"}
    for text in ("no graph at all <b>", "hello", "y ~ x", "{}", "dag { {a b c} -> [ }"):
        test.session_state["graph-menu-import"] = True
        test.run()
        test.text_area(key="graph-import-text").set_value(text).run()
        test.button(key="graph-import").click().run()
        assert len(test.error) == 1, text
        assert not test.exception
        assert names(test) == {"p", "q"}


def test_export_offers_four_forms(app, workspace) -> None:
    state, _ = drafted(workspace)
    test = app("graph", state={**state, "graph-menu-export": True}, w=workspace.id)
    labels = [button.proto.label for button in test.get("download_button")]
    assert labels == ["DAGitty text", "DOT (Graphviz)", "GML", "JSON"]


def test_a_set_is_used_at_a_click(app, workspace) -> None:
    state, _ = drafted(workspace)
    test = app("graph", state=state, w=workspace.id)
    test.button(key="graph-set-0").click().run()
    roles = {node["name"]: node["role"] for node in given(test)["document"]["nodes"]}
    assert roles["z"] == "adjusted"
    assert "removes the bias" in said(test)


def test_the_question_can_be_chosen_below_the_canvas(app, workspace) -> None:
    state, _ = drafted(workspace, "dag { a -> b }")
    test = app("graph", state=state, w=workspace.id)
    assert "Mark a treatment" in said(test)
    test.selectbox(key="graph-treatment").select("a").run()
    test.selectbox(key="graph-outcome").select("b").run()
    assert "identified" in said(test)
    assert "a" not in test.selectbox(key="graph-outcome").options


def test_names_are_text_in_the_panel(app, workspace) -> None:
    name = "[x](javascript:alert(1)) <script>"
    state, _ = drafted(workspace, f'dag {{ "{name}" -> y }}')
    test = app("graph", state=state, w=workspace.id)
    assert not test.exception
    shown = " ".join(element.value for element in test.markdown)
    assert "](" not in shown.replace("\\](", "").replace("]\\(", "")


# ------------------------------------------------------------------------------ versions


def test_save_open_and_next(app, workspace) -> None:
    state, _ = drafted(workspace)
    test = app("graph", state=state, w=workspace.id)
    assert test.button(key="next-effects").disabled
    test.button(key="graph-save").click().run()
    thing = workspace.thing("graph", "My graph")
    assert from_document(thing.json()) == graph()
    assert not test.button(key="next-effects").disabled
    test.button(key="graph-set-0").click().run()
    test.button(key="graph-save").click().run()
    assert workspace.thing("graph", "My graph").version == 2
    test.session_state["graph-menu-open"] = True
    test.run()
    test.selectbox(key="graph-open-version-My graph").set_value(1).run()
    test.button(key="graph-open").click().run()
    assert {node["role"] for node in given(test)["document"]["nodes"]} == {
        "treatment",
        "outcome",
        None,
    }


def test_save_waits_for_a_change_or_another_name(app, workspace) -> None:
    workspace.save_json("graph", "g", to_document(graph()))
    test = app("graph", w=workspace.id)
    assert test.button(key="graph-save").disabled
    test.text_input(key="graph-name-g-1").set_value("h").run()
    assert not test.button(key="graph-save").disabled
    test.text_input(key="graph-name-g-1").set_value("g").run()
    test.selectbox(key="graph-outcome").select("z").run()
    assert not test.button(key="graph-save").disabled
    test.button(key="graph-save").click().run()
    assert test.button(key="graph-save").disabled
    assert "version 2" in test.toast[0].value.replace("\\", "")
    test.run()
    assert not test.toast  # said once


@pytest.mark.parametrize(
    ("choice", "version", "theirs"),
    [("graph-keep-mine", 3, False), ("graph-load-theirs", 2, True), ("graph-save-copy", 2, True)],
)
def test_two_tabs_the_later_save_says_so_and_offers_both(
    app, workspace, choice: str, version: int, theirs: bool
) -> None:
    other = graph("dag { other -> y }")
    workspace.save_json("graph", "g", to_document(graph()))
    test = app("graph", w=workspace.id)
    test.selectbox(key="graph-outcome").select("z").run()
    workspace.save_json("graph", "g", to_document(other), expect=1)  # the other tab
    test.button(key="graph-save").click().run()
    assert "version 2 by now" in said(test)
    assert workspace.thing("graph", "g").version == 2
    assert names(test) == {"x", "y", "z"}  # nothing is lost
    test.button(key=choice).click().run()
    assert "by now" not in said(test)
    assert workspace.thing("graph", "g").version == version
    saved = from_document(workspace.thing("graph", "g").json())
    assert (saved == other) is theirs
    assert (names(test) == {"other", "y"}) is (choice == "graph-load-theirs")
    assert (workspace.find("graph", "g (2)") is not None) is (choice == "graph-save-copy")


def test_a_taken_name_is_not_overwritten(app, workspace) -> None:
    workspace.save_json("graph", "taken", to_document(graph("dag { a -> b }")))
    state, _ = drafted(workspace)
    test = app("graph", state=state, w=workspace.id)
    test.text_input(key="graph-name--0").set_value("taken").run()
    test.button(key="graph-save").click().run()
    assert "already a graph called “taken”" in said(test)
    assert workspace.thing("graph", "taken").version == 1


# ------------------------------------------------------------------------------ with data


@pytest.fixture
def shop(workspace):
    """A workspace whose current dataset is a small sample shop."""
    from causalrec.shop.large_shop import sample_shop
    from causalrec.tasks.data.import_data import keep_dataset

    keep_dataset(workspace, sample_shop(seed=0, users=300, items=50, impressions=3000).dataset())
    return workspace


def test_starting_graphs_bind_by_role(app, shop) -> None:
    test = app("graph", state={"graph-menu-new": True}, w=shop.id)
    test.radio(key="graph-start-name").set_value("promotion-purchase").run()
    test.button(key="graph-start").click().run()
    bound = {node["name"]: node["column"] for node in given(test)["document"]["nodes"]}
    assert bound["promotion"] == "promotion"
    assert bound["purchase"] == "purchase"
    assert given(test)["analysis"]["unbound"] == []
    assert "adjust for" in said(test)


def test_a_starting_graph_says_which_role_is_missing(app, workspace) -> None:
    import pandas as pd

    from causalrec.data.dataset.dataset import Dataset
    from causalrec.data.dataset.mapping import ColumnMapping
    from causalrec.tasks.data.import_data import keep_dataset

    frame = pd.DataFrame({"i": ["a", "b"] * 5, "c": [0, 1] * 5})
    mapping = ColumnMapping(item="i", outcomes={"click": "c"})
    keep_dataset(workspace, Dataset.from_frame(frame, mapping))
    test = app("graph", state={"graph-menu-new": True}, w=workspace.id)
    test.radio(key="graph-start-name").set_value("position-click").run()
    assert ":orange[:material/warning:" in " ".join(m.value for m in test.markdown)
    test.button(key="graph-start").click().run()
    assert "position" in given(test)["analysis"]["unbound"]


def test_a_node_without_a_column_is_flagged_unless_unobserved(app, shop) -> None:
    state, _ = drafted(shop, "dag { taste [latent] price -> click taste -> click mood -> click }")
    test = app("graph", state=state, w=shop.id)
    assert set(given(test)["analysis"]["unbound"]) == {"price", "click", "mood"}
    test.selectbox(key="graph-column-price").select("price").run()
    assert set(given(test)["analysis"]["unbound"]) == {"click", "mood"}
    assert "graph-column-taste" not in [box.key for box in test.selectbox]


def test_a_draft_is_written_as_every_graph_and_comes_back_as_it_was(workspace) -> None:
    """With places or without (the browser lays it out then), bound, marked, edited or not."""
    for text in (TRIANGLE, 'dag { x [exposure,pos="0,0"] u [latent,pos="1,2"] x <-> y u -> y }'):
        for edited in (False, True):
            draft = Draft()
            draft.start(graph(text).with_bindings({"x": "clicks"}), "Mine", "user")
            draft.clean = draft.document
            if edited:
                draft.put(draft.graph.with_node("new"))
            draft.autosave(workspace)
            kept = workspace.settings()["graph_draft"]
            assert from_document(kept["graph"]) == draft.graph
            again = Draft.written(kept)
            assert again.document == draft.document
            assert (again.name, again.unit, again.changed) == ("Mine", "user", edited)
