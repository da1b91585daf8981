"""The frame: router, language, workspace in the URL, and what a page does with errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from causalrec.core.words import table
from causalrec.ui.kit.pages import PAGES
from causalrec.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


def shown(test) -> str:
    """All text of a page that AppTest can see."""
    boxes = [*test.main, *test.sidebar]
    return "\n".join(str(getattr(one, "value", "")) for one in boxes)


def test_every_page_of_the_journey_has_a_script_of_few_lines():
    scripts = {p.stem for p in (ROOT / "pages").glob("*.py")}
    assert scripts == set(PAGES)
    for name in scripts:
        lines = (ROOT / "pages" / f"{name}.py").read_text().splitlines()
        assert len(lines) <= 40, name


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_on_an_empty_workspace_in_both_languages(app, workspace, name, lang):
    test = app(name, w=workspace.id, lang=lang)
    assert not test.exception
    assert not test.error, [box.value for box in test.error]
    if name != "home":
        assert test.title[0].value == table(lang)[f"ui.page_{name}"]


def test_a_first_visit_makes_one_workspace_and_later_ones_offer_it(address, app, workspace_root):
    first = app()
    assert not first.exception
    made = Workspace.all(workspace_root)
    assert [one.id for one in made] == [address(first, "w")]
    second = app()
    assert len(Workspace.all(workspace_root)) == 1
    assert "w" not in second.query_params
    second.button(key=f"open-{made[0].id}").click().run()
    assert address(second, "w") == made[0].id


def test_a_page_without_a_workspace_in_its_address_reuses_the_latest(address, app, workspace):
    test = app("runs")
    assert address(test, "w") == workspace.id


def test_a_shared_server_lists_no_workspace_and_leads_nobody_into_one(
    app, workspace, workspace_root, monkeypatch
):
    monkeypatch.setenv("CAUSALREC_SHARED", "1")
    home = app()
    keys = {button.key for button in home.button}
    assert not any(key and workspace.id in key for key in keys)
    page = app("runs")
    assert any(table("en")["ui.choose_workspace"][:20] in box.value for box in page.error)
    assert [one.id for one in Workspace.all(workspace_root)] == [workspace.id]  # and none is made
    own = app("runs", w=workspace.id)
    assert not own.error


def test_a_workspace_that_is_gone_is_a_sentence_and_a_next_step(app, workspace_root):
    test = app("runs", w="A" * 22)
    assert not test.exception
    assert any(table("en")["ui.no_workspace"][:20] in box.value for box in test.error)
    assert not test.title  # the page of somebody's other workspace is not shown instead


@pytest.mark.parametrize("identity", ["../../etc", "x", "%2e%2e%2f", "a" * 500, ".."])
def test_a_workspace_id_from_the_url_never_leaves_the_root(app, workspace_root, identity):
    test = app("runs", w=identity)
    assert not test.exception
    assert test.error


def test_the_switch_changes_the_language_and_the_address(address, app, workspace):
    test = app(w=workspace.id)
    assert "lang" not in test.query_params
    test.sidebar.segmented_control[0].set_value("zh").run()
    assert address(test, "lang") == "zh"
    assert test.title[0].value == table("zh")["page_home.title"]


def test_the_address_wins_over_the_switch(app, workspace):
    test = app(w=workspace.id, lang="zh", state={"causalrec_lang": "en"})
    assert test.title[0].value == table("zh")["page_home.title"]


def test_an_unknown_language_in_the_address_is_ignored(app, workspace):
    test = app(w=workspace.id, lang="<script>")
    assert test.title[0].value == table("en")["page_home.title"]


def test_an_unforeseen_error_shows_a_reference_and_no_detail(caplog):
    from streamlit.testing.v1 import AppTest

    test = AppTest.from_string(
        "from causalrec.ui.kit.frame import caught\n"
        "with caught():\n"
        "    raise ValueError('secret <b>detail</b>')\n"
    ).run()
    assert not test.exception
    text = test.error[0].value
    assert "secret" not in text
    reference = caplog.records[-1].args[0]
    assert reference in text
    assert "secret" in caplog.text


def test_a_foreseen_error_shows_its_sentence_and_its_hint():
    from streamlit.testing.v1 import AppTest

    test = AppTest.from_string(
        "from causalrec.core.errors import DataError\n"
        "from causalrec.ui.kit.frame import caught\n"
        "with caught():\n"
        "    raise DataError('ui.no_workspace', hint='ui.no_workspace_hint')\n"
    ).run()
    assert "does not exist" in test.error[0].value
    assert "Open Home" in test.error[0].value


def test_a_rerun_inside_the_net_is_no_error():
    from streamlit.testing.v1 import AppTest

    test = AppTest.from_string(
        "import streamlit as st\n"
        "from causalrec.ui.kit.frame import caught\n"
        "with caught():\n"
        "    if 'seen' not in st.session_state:\n"
        "        st.session_state.seen = True\n"
        "        st.rerun()\n"
        "    st.write('second')\n"
        "    st.stop()\n"
    ).run()
    assert not test.error
    assert test.markdown[0].value == "second"


def test_names_of_other_people_stay_text():
    from causalrec.ui.kit.session import plain

    assert plain("![x](http://evil) <b>$5$ :red[x]") == (
        "\\!\\[x\\]\\(http\\:\u2060//evil\\) \\<b\\>\\$5\\$ \\:red\\[x\\]"
    )


def test_a_root_that_cannot_be_written_is_a_sentence(app, tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("CAUSALREC_WORKSPACE", str(blocked / "workspaces"))
    test = app()
    assert not test.exception
    assert test.error
    assert "Traceback" not in shown(test)
