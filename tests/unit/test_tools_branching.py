"""A branching talk, used as a learner would: choose, read, go back, begin again, come back another day."""

import pytest

from learner_kit.lessons import scenarios
from learner_kit.tools.branching import branching
from learner_kit.workbook import Workbook

from .hands import found, html

widgets = pytest.importorskip("ipywidgets")


def press(face, says):
    next(one for one in found(face, widgets.Button) if one.description.startswith(says)).click()


def offered(face):
    own = ("Take the last step back", "Begin again")
    return [one for one in found(face, widgets.Button) if one.description not in own]


def play(face, mark):
    """Choose a reply of this mark, where there is one, until the talk ends."""
    marks = {
        reply.says: reply.mark
        for scene in scenarios.load("guarded-customer").scenes.values()
        for reply in scene.replies.values()
    }
    for _ in range(20):
        replies = offered(face)
        if not replies:
            return
        next((one for one in replies if marks[one.description] == mark), replies[0]).click()


def test_a_talk_of_good_replies_comes_to_a_good_end():
    face = branching("guarded-customer")
    assert "What do you do?" in html(face) and len(offered(face)) == 3
    play(face, "good")
    said = html(face)
    assert "A good end." in said and "Take away:" in said and "This helps." in said and "makes it harder" not in said
    assert 'role="status"' in said


def test_a_poor_talk_says_what_harmed_and_how_to_go_on():
    face = branching("guarded-customer")
    play(face, "poor")
    assert "Not the end you wanted." in html(face) and "This makes it harder." in html(face)
    assert "begin again" in html(face)


def test_a_step_is_taken_back_and_the_talk_begun_again():
    face = branching("guarded-customer")
    start = html(face)
    back, again = (one for one in found(face, widgets.Button) if one not in offered(face))
    assert back.disabled and again.disabled
    offered(face)[0].click()
    assert html(face) != start and not back.disabled
    press(face, "Take the last step back")
    assert html(face) == start and back.disabled
    play(face, "poor")
    press(face, "Begin again")
    assert html(face) == start


def test_the_talk_is_kept_and_stands_there_again(tmp_path):
    def opened():
        book = Workbook("guide", folder=tmp_path, file="progress.json")
        return branching("guarded-customer", book=book, id="so3-ac4-talk"), book

    face, _ = opened()
    play(face, "good")
    again, book = opened()
    assert html(again) == html(face) and book.answers["so3-ac4-talk"].count("/") == 3
    press(again, "Begin again")
    assert "so3-ac4-talk" not in opened()[1].answers


def test_a_kept_talk_that_no_longer_fits_starts_where_it_still_does(tmp_path):
    book = Workbook("guide", folder=tmp_path, file="progress.json")
    branching("guarded-customer", book=book, id="so3-ac4-talk")
    book.set("so3-ac4-talk", "silence/settle thaw/gone <b>/x")
    face = branching("guarded-customer", book=book, id="so3-ac4-talk")
    assert "The desks must last" in html(face) and "<b>/x" not in html(face)


def test_words_of_a_scenario_are_escaped_and_stand_in_plain_words(tmp_path):
    text = (scenarios.FOLDER / "guarded-customer.toml").read_text(encoding="utf-8").replace("arms folded", "<b>arms")
    path = tmp_path / "talk.toml"
    path.write_text(text, encoding="utf-8")
    face = branching(path, title="Another title")
    assert "&lt;b&gt;arms" in html(face) and repr(face).startswith("Another title. A talk to practise")


@pytest.mark.parametrize("given", [{"id": "so3-ac4-x"}, {"book": Workbook("guide")}])
def test_book_and_id_go_together(given):
    with pytest.raises(ValueError, match="together"):
        branching("guarded-customer", **given)
