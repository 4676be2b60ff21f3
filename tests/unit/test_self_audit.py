"""The self-audit: statements as data, what ratings say, and the live form, rated as a learner would."""

import pytest

from learner_kit.errors import DataError
from learner_kit.lessons import self_audit
from learner_kit.workbook import Workbook

from .hands import found

HELD = self_audit.load()


def test_the_kits_audit_has_seven_and_eight_statements_rated_from_one_to_five():
    assert [len(part.items) for part in HELD.parts] == [7, 8] and len(HELD.scale) == 5
    assert len({item.short for item in HELD.items}) == 15


def test_means_lowest_grown_and_fallen():
    before = {"vision": 3, "processes": 2, "staff": 4, "together": 1, "measure": 2}
    after = {"vision": 5, "processes": 2, "staff": 3, "together": 4, "measure": 4}
    found = self_audit.outcome(HELD, before, after)
    assert found.means["business"] == pytest.approx((2.4, 3.6)) and found.means["team"] == (None, None)
    assert [one.item.key for one in found.lowest] == ["processes"]
    assert [one.item.key for one in found.grown] == ["together", "vision", "measure"]
    assert [one.item.key for one in found.fallen] == ["staff"]
    assert "work with customers (up 3)" in found.says and "Fallen: staff who stay" in found.says


def test_nothing_rated_and_everything_at_the_top_have_nothing_to_begin_with():
    assert self_audit.outcome(HELD, {}).says.startswith("Rate one statement")
    top = self_audit.outcome(HELD, {item.key: 5 for item in HELD.items})
    assert top.lowest == () and "Begin" not in top.says


def test_the_chart_says_the_same_in_words_and_in_html():
    found = self_audit.outcome(HELD, {"vision": 2}, {"vision": 4})
    shown = self_audit.chart(HELD, found)
    assert "Shared picture | before 2 | after 4" in shown.words
    assert "before 2" in shown.html and "after 4" in shown.html and "<caption" in shown.html


@pytest.mark.parametrize("ratings", [{"vision": 0}, {"vision": 6}, {"vision": 2.5}, {"vision": True}, {"nothing": 3}])
def test_ratings_off_the_scale_are_refused(ratings):
    with pytest.raises(ValueError):
        self_audit.outcome(HELD, ratings)


def test_faults_of_a_file_are_told_together(tmp_path):
    path = tmp_path / "audit.toml"
    path.write_text(
        'format = 1\nscale = ["low"]\n[[parts]]\nkey = "a"\ntitle = "A"\n[[parts.items]]\nkey = "a"\nshort = "S"\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError) as caught:
        self_audit.load(path)
    said = str(caught.value)
    assert "scale" in said and "says" in said and "stands twice" in said


# --- the form ---


@pytest.fixture
def made(tmp_path):
    pytest.importorskip("ipywidgets")
    from learner_kit.tools.audit import audit

    def make():
        return audit(Workbook("guide", tmp_path, file="progress.json"), "so2-ac4-care-audit")

    return make


def test_ratings_are_kept_and_what_they_say_follows(made):
    import ipywidgets as widgets

    face = made()
    cells = {one.description: one for one in found(face, widgets.Dropdown)}
    assert len(cells) == 30 and "15 statements" in repr(face)
    first = HELD.items[0].says
    cells[f"{first}, Before"].value = "2"
    cells[f"{first}, After"].value = "5"
    text = "".join(one.value for one in found(face, widgets.HTML))
    assert "Grown most: shared picture (up 3)" in text and "after 5" in text
    again = {one.description: one.value for one in found(made(), widgets.Dropdown)}
    assert (again[f"{first}, Before"], again[f"{first}, After"]) == ("2", "5")
