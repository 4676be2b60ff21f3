"""The workplace project: figures of one's own that agree earn all, figures that do not agree lose what hangs on them."""

from copy import deepcopy

import pytest

from learner_kit.course import master, programme

WORKBOOK = "summative"
PROGRAMME = programme.load()
UNIT = PROGRAMME.unit
# Tables in which no figure follows from others: what makes a row wrong there.
WRONG = {
    "so1-ac5-work-agreed": {"Position": "x"},
    "so2-ac3-work-sent": {"Way to stop": "Forgotten"},
    "so3-ac1-work-procedure": {"Within how many hours": 0.0},
    "so3-ac2-work-log": {"Done on": "2026-02-01"},  # a Sunday
    "so3-ac4-work-partners": {"Next step by": "2026-02-01"},
    "so4-ac1-work-reports": {"Written on": "2026-02-02"},
    "so4-ac3-work-audience": {"Position": "x"},
}


MASTER = master.read(PROGRAMME.folder / "source" / WORKBOOK / f"{WORKBOOK}.ipynb")


def checks(kind):
    asked = master.questions(MASTER)
    return [one.grade_id for one in MASTER.checks if asked[one.grade_id].kind == kind]


def test_every_criterion_is_marked_by_a_person_and_shown_by_a_document(book):
    every = {one.id for one in UNIT.criteria}
    assert set(book.explained) == every
    shown = {criterion for one in book.asked.values() if one.kind == "evidence" for criterion in one.criteria}
    assert shown == every
    checked = {UNIT.criterion_of(cell["id"]).id for cell in book.checks}
    assert checked == every


@pytest.mark.parametrize("id", checks("table"))
def test_a_row_that_does_not_agree_loses_points(book, id):
    rows = deepcopy(book.answers[id])
    if id in WRONG:
        rows[0].update(WRONG[id])
    else:
        name = [name for name, cell in book.asked[id].cells if cell.kind == "number"][-1]
        rows[0][name] = rows[0][name] * 0.8 if rows[0][name] > 3 else rows[0][name] + 3
    assert book.asked[id].fault(rows) is None
    assert book.points({**book.answers, id: rows})[id] < book.full[id]


@pytest.mark.parametrize("kind", ["number", "date"])
def test_a_figure_that_does_not_follow_earns_nothing(book, kind):
    for id in checks(kind):
        other = "2026-05-13" if kind == "date" else book.answers[id] * 0.8 if book.answers[id] > 3 else 5.0
        other = float(round(other)) if getattr(book.asked[id], "whole", False) else other
        assert book.points({**book.answers, id: other})[id] == 0, id


def test_a_choice_that_the_figures_do_not_bear_out_earns_nothing(book):
    for id in checks("choice"):
        keys = [key for key, _ in book.asked[id].options if key != book.answers[id]]
        earned = [book.points({**book.answers, id: key})[id] for key in keys]
        assert earned.count(0) >= len(keys) - 1, id  # a tie may be named either way


def test_a_figure_without_the_table_it_follows_from_earns_nothing(book):
    lone = {id: value for id, value in book.answers.items() if book.asked[id].kind in ("number", "date", "choice")}
    assert set(book.points(lone).values()) == {0}


def test_nine_customers_are_too_few(book):
    rows = [{"Count": count, "Share": share} for count, share in [(5, 55.6), (4, 44.4), (0, 0), (0, 0), (0, 0)]]
    answers = {**book.answers, "so2-ac2-work-tally": rows, "so2-ac2-work-base": 9}
    points = book.points(answers)
    assert points["so2-ac2-work-tally"] == points["so2-ac2-work-base"] == 0


def test_a_log_of_less_than_three_months_earns_half(book):
    rows = [row if row["Done on"] < "2026-04-01" else dict.fromkeys(row) for row in book.answers["so3-ac2-work-log"]]
    assert book.points({**book.answers, "so3-ac2-work-log": rows})["so3-ac2-work-log"] == 3


def test_zeros_and_empty_rows_earn_nothing(book):
    for id in checks("table"):
        cells = book.asked[id].cells
        rows = [
            {name: 0.0 if cell.fault(0.0) is None and cell.kind == "number" else None for name, cell in cells}
            for _ in book.asked[id].rows
        ]
        assert book.points({id: rows})[id] == 0, id


def test_a_message_without_a_way_out_loses_points(book):
    said = "Paper Place: school paper at a lower price until Friday. Order from Anna."
    assert 0 < book.points({"so2-ac3-work-wording": said})["so2-ac3-work-wording"] < 3
