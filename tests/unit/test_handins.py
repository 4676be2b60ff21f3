"""One function says how far each learner is with each workbook, and every list asks it."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from learner_kit.assess import evidence, progress
from learner_kit.assess.grade import grade
from learner_kit.assess.items import Item
from learner_kit.cli import main
from learner_kit.course import handins, records, release
from learner_kit.desks import facilitator

NOW = dt.datetime(2026, 12, 1, 8)
SO1 = "Workbook 1 · Why customers matter (so1)"


def states(cohort, workbook="so1", now=NOW) -> list[str]:
    return [one.state for (_, book), one in handins.states(cohort, now=now).items() if book == workbook]


def dated(cohort, day: dt.date) -> None:
    release.release(cohort, "so1", "tests", release.end_of(day))


@pytest.fixture
def class_of_three(cohort, hand_in, right_answers):
    """The first learner is graded, the second handed in after that, the third did nothing; so1 alone is out."""
    dated(cohort, dt.date(2026, 12, 4))
    hand_in("L-0001", right_answers, dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC))
    grade(cohort)
    hand_in("L-0002", right_answers, dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC))
    return cohort


def test_each_learner_and_workbook_has_one_state(class_of_three, hand_in):
    assert states(class_of_three) == [handins.GRADED, handins.UNGRADED, handins.OUT]
    assert states(class_of_three, "so2") == [handins.NOT_RELEASED] * 3
    late = dt.datetime(2026, 12, 4, 22)  # midnight of the fourth, in South Africa
    assert states(class_of_three, now=late)[2] == handins.OVERDUE
    assert states(class_of_three, now=late - dt.timedelta(seconds=2))[2] == handins.OUT
    hand_in("L-0001", {}, dt.datetime(2026, 11, 3, 8, tzinfo=dt.UTC))
    assert states(class_of_three)[0] == handins.UNGRADED, "a newer hand-in is not graded yet"
    grade(class_of_three)
    assert states(class_of_three)[:2] == [handins.GRADED] * 2
    hand_in("L-0001", {"so1-ac1-annual-sales": 1.0}, dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC))
    own = handins.states(class_of_three, "L-0001", NOW)["L-0001", "so1"]
    assert own.state == handins.GRADED and own.number == 3, "an older one that comes later is not what counts"


def test_without_a_date_nothing_is_overdue(cohort):
    assert states(cohort, now=dt.datetime(2099, 1, 1)) == [handins.OUT] * 3
    assert [one.whole for one in handins.left(cohort, handins.states(cohort))] == [
        f"{SO1}: 3 of 3 still to hand in: L-0001, L-0002, L-0003."
    ]


def test_every_list_says_the_same(class_of_three, capsys, monkeypatch):
    monkeypatch.setattr(records, "now", lambda: NOW)
    line = f"{SO1}, due 4 December 2026: 1 of 3 still to hand in: L-0003."
    assert [one.whole for one in handins.left(class_of_three, handins.states(class_of_three))] == [line]
    for command in ("status", "progress"):
        main([command, str(class_of_three.path)])
        assert line in capsys.readouterr().out
    desk = facilitator.Desk(class_of_three.path)
    desk.progressing.read.click()
    plain = [re.sub("<[^>]*>", "", face) for face in (desk.overview.handed.value, desk.progressing.summary.value)]
    assert all(line in one for one in plain)
    assert "due 4 December 2026: 1 of 3 still to hand in." in re.sub("<[^>]*>", "", desk.today.words.value)
    found = progress.progress(class_of_three)
    assert "Still to hand in:\n- " + line.partition(": ")[0] in progress.message(class_of_three, found, "L-0003")
    assert "still to hand in" not in progress.message(class_of_three, found, "L-0002").lower()
    asked = {book for one in evidence.matrix(class_of_three) for book in one.missing}
    assert asked == {"so1"}, "nobody is asked for what is not released"


def test_work_that_waits_for_grading_is_said_first_with_the_button_to_grade(class_of_three, capsys):
    main(["progress", str(class_of_three.path)])
    assert "1 workbook is not graded yet" in capsys.readouterr().out
    desk = facilitator.Desk(class_of_three.path).progressing
    desk.read.click()
    assert "Grade first." in desk.first.value and desk.grade_first.layout.display == ""
    desk.grade.click()
    assert desk.grade_first.layout.display == "none" and desk.found.to_grade == 0
    assert states(class_of_three)[1] == handins.GRADED


@pytest.mark.parametrize(
    ("kind", "share", "missed"),
    [
        ("question", 0.9, True),  # a check asks for all of it
        ("question", 1.0, False),
        ("marked", 0.8, False),  # 8 of 10 is a good answer
        ("marked", 0.4, True),
        ("marked", None, False),  # nobody marked it yet
        ("document", 0.0, False),
    ],
)
def test_a_marked_answer_is_missed_below_half_of_its_marks(kind, share, missed):
    item = Item("so1-ac3-memo", kind, "so1", share, out_of=10)
    one = evidence.Standing("L-0001", "so1-ac3", evidence.READY, 1, (item,), ())
    assert bool(progress._stuck(one, {})) is missed
    (found,) = progress._questions([one]) or (None,)
    assert (found.missed if found else 0) == missed
