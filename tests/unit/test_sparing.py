"""A form is sent once, as it stands, without the layouts and styles that say nothing; what changes later is sent, too."""

from __future__ import annotations

import pytest

widgets = pytest.importorskip("ipywidgets")

from learner_kit.faces import calculator, field, quiz, right, wrong  # noqa: E402
from learner_kit.forms import sparing  # noqa: E402


@pytest.fixture
def sent(monkeypatch):
    """Every message about a widget, as it would go to the browser: its kind, the widget's id, its state."""
    import comm
    from comm.base_comm import BaseComm

    said = []

    class Told(BaseComm):
        def publish_msg(self, msg_type, data=None, **_):
            said.append((msg_type, self.comm_id, (data or {}).get("state", {})))

    monkeypatch.setattr(comm, "create_comm", Told)
    return said


def test_a_form_in_one_go(sent):
    def plain():
        line = widgets.Text(description="Price")
        line.add_class("lk-stack")
        return widgets.VBox([line, widgets.Button(description="More")])

    plain()
    loose = len(sent)
    sent.clear()
    made = sparing.sparing(plain)()
    assert loose == 9 and len(sent) == 3 and {kind for kind, *_ in sent} == {"comm_open"}
    known = set()
    for _, id, state in sent:  # a part is known before what it is part of
        assert all(child.removeprefix("IPY_MODEL_") in known for child in state.get("children", ()))
        assert "layout" not in state and "style" not in state
        known.add(id)
    assert list(sent[0][2]["_dom_classes"]) == ["lk-stack"]
    assert made.comm and made.children[0].comm


@pytest.mark.parametrize("name", ["layout", "style"])
def test_what_is_said_about_looks_later_is_sent_when_it_is_said(sent, name):
    with sparing.draft():
        made = widgets.Text()
    assert name not in sent[-1][2]
    sent.clear()
    if name == "layout":
        made.layout.display = "none"
    else:
        made.style.description_width = "3em"
    own = getattr(made, name).model_id
    assert ("comm_msg", made.model_id, {name: f"IPY_MODEL_{own}"}) in sent
    changed = {"display": "none"} if name == "layout" else {"description_width": "3em"}
    assert sent[-1] == ("comm_msg", own, changed)
    assert name in made.get_state()


def test_a_layout_given_anew_is_sent(sent):
    with sparing.draft():
        made = widgets.Text()
    made.layout = widgets.Layout(width="4em")
    assert sent[-1] == ("comm_msg", made.model_id, {"layout": f"IPY_MODEL_{made.layout.model_id}"})


def test_a_layout_says_only_what_was_said_and_everything_when_asked_again(sent):
    with sparing.draft():
        made = widgets.Text(layout=widgets.Layout(width="4em"))
    state = sent[0][2]
    assert {key: value for key, value in state.items() if not key.startswith("_")} == {"width": "4em"}
    assert state["_model_name"] == "LayoutModel"
    made.layout.width = None
    assert sent[-1][2] == {"width": None}
    assert "height" in made.layout.get_state()


def test_parts_that_wait_and_a_draft_that_fails_are_sent_all_the_same(sent):
    with pytest.raises(ZeroDivisionError), sparing.draft():
        waiting = widgets.Text()
        1 / 0  # noqa: B018
    assert waiting.comm
    after = widgets.Text()
    assert after.comm and "layout" in sent[-1][2]


def test_a_draft_in_a_draft_is_part_of_it(sent):
    with sparing.draft():
        with sparing.draft():
            inner = widgets.Text()
        assert not sent
        widgets.VBox([inner])
    assert len(sent) == 2


def test_the_kits_forms_send_nothing_twice(sent):
    quiz("2 + 2?", wrong("3", "No."), right("4", "Yes."))
    calculator(lambda a: a, {"a": field("A", 1)}, show=lambda found, _: (str(found), None))
    assert sent and all(kind == "comm_open" for kind, *_ in sent)
    assert len(sent) == len({id for _, id, _ in sent})
