"""Every workbook: form of its master, memo of every question, full marks for the memo, none for a blank."""

import ast
import datetime as dt
import re
from collections import Counter

import pytest

from learner_kit.course import programme
from learner_kit.course.soundness import telling

UNIT = programme.load().unit
ACTIVITIES = programme.load().activities
QUESTIONS = ("Workbook", "choice", "choices", "date", "evidence", "number", "order", "table", "text")
FIGURES = ("count", "given", "percent", "pick", "rand", "some_of", "worked")
FORMS = {"learner_kit.forms", "learner_kit.desks.learner"} | {
    f"learner_kit.workbook.{name}" for name in QUESTIONS + FIGURES
}
# What a learner's own cells load beyond forms and questions, and what hidden tests load besides: nothing heavy.
VISIBLE = {
    "01-customer-care": {"learner_kit.lessons.options", "learner_kit.lessons.self_audit", "learner_kit.value"},
    "so1": {"learner_kit.value"},
    "summative": {
        "datetime.date",
        "learner_kit.faces.calculator",
        "learner_kit.faces.field",
        "learner_kit.shown.say",
        "learner_kit.value",
        "learner_kit.workbook.rules.each_row",
        "learner_kit.workbook.rules.filled",
        "learner_kit.workbook.rules.near",
    },
}
HIDDEN = {
    "so2": {"learner_kit.lessons.notice", "learner_kit.survey", "re"},
    "so3": {
        "datetime.date",
        "learner_kit.contact.Policy",
        "learner_kit.contact.may_contact",
        "datetime.timedelta",
        "learner_kit.course.programme.HOME",
        "learner_kit.reading.read_date",
        "learner_kit.value",
    },
    "so4": {"learner_kit.grading", "learner_kit.trends"},
    "summative": {"learner_kit.contact.Policy", "learner_kit.course.programme.HOME", "learner_kit.lessons.notice"},
    "knowledge-test": {"learner_kit.value"},
}


def told(cell):
    return cell["metadata"]["nbgrader"]


# --- the form of the master ---


def test_kernel(book):
    assert book.held["metadata"]["kernelspec"] == {"name": "python3", "display_name": "Python 3", "language": "python"}


def test_cells_are_locked_and_have_readable_ids(book):
    assert all(re.fullmatch(r"[a-z][a-z0-9-]{1,60}", cell["id"]) for cell in book.cells)
    for cell in book.code:
        assert cell["outputs"] == [] and cell["execution_count"] is None
        assert told(cell)["locked"] and not told(cell)["solution"] and told(cell)["grade_id"] == cell["id"]
    for cell in book.code + book.tasks:
        assert set(told(cell)) - {"points"} == {"grade", "grade_id", "locked", "schema_version", "solution", "task"}
        assert told(cell)["schema_version"] == 3


def test_checks_begin_with_a_visible_test_and_hide_the_expected_value(known):
    for cell in known.checks:
        visible, hidden = cell["source"].split("### BEGIN HIDDEN TESTS\n")
        assert visible == f'book.check("{cell["id"]}")\n'
        assert hidden.endswith("### END HIDDEN TESTS") and f'"{cell["id"]}"' in hidden and "hint=" in hidden
        assert told(cell)["points"] > 0


def test_a_share_of_points_is_said_with_the_points_of_its_cell(book):
    for cell in book.checks:
        called = [node for node in ast.walk(ast.parse(cell["source"])) if isinstance(node, ast.Call)]
        (check,) = (call for call in called if ast.unparse(call.func) == "book.check" and len(call.args) > 1)
        shared = isinstance(check.args[1], ast.Lambda) or book.asked[cell["id"]].kind in ("choices", "table")
        said = [ast.literal_eval(one.value) for one in check.keywords if one.arg == "points"]
        assert said == ([told(cell)["points"]] if shared else []), cell["id"]


def test_plain_python_that_loads_nothing_heavy_for_a_learner(book):
    for cell in book.code:
        assert not re.search(r"pandas|open\(|import os|subprocess|requests|urllib", cell["source"]), cell["id"]
        may = FORMS | VISIBLE.get(book.name, set())
        assert _loaded(cell["source"].split("### BEGIN HIDDEN TESTS")[0]) <= may, cell["id"]
        assert _loaded(cell["source"]) <= may | HIDDEN.get(book.name, set()), cell["id"]


def test_activities_are_numbered_and_prose_has_no_html(book):
    assert not re.search(r"<(?!/?(details|summary)\b)[a-z/]", book.prose) and "$" not in book.prose
    activities = re.findall(r"^### Activity (\d+)", book.prose, re.MULTILINE)
    assert activities == [str(place) for place in range(1, len(activities) + 1)]


# --- what it asks ---


def test_every_criterion_has_three_scored_questions(books):
    scored = Counter(criterion for book in books for criterion in book.scored)
    assert not [one.id for one in UNIT.criteria if scored[one.id] < 3]


def test_ids_are_unique_over_all_workbooks(books):
    ids = Counter(id for book in books for id in book.asked)
    assert not [id for id, times in ids.items() if times > 1]


def test_every_question_names_a_criterion_of_the_workbook(book):
    served = {criterion for one in ACTIVITIES if one.workbook == book.name for criterion in one.criteria}
    assert len(book.checks) >= 14 and set(book.scored) == set(served)
    assert {UNIT.criterion_of(id).id for id in book.asked} == set(served)
    assert {cell["id"] for cell in book.checks + book.tasks} <= set(book.asked)
    assert all(book.asked[cell["id"]].kind == "text" for cell in book.tasks)


def test_a_workbook_to_practise_in_asks_in_many_ways(formative):
    assert formative.kinds >= {"number", "choice", "choices", "order", "text"}
    assert all(formative.scored.count(criterion) >= 3 for criterion in set(formative.scored))


def test_neither_length_nor_place_tells_the_right_option(known):
    asked = [(known.asked[id], answer) for id, answer in _answers(known, "choice")]
    assert telling(([said for _, said in one.options], _keys(one).index(answer)) for one, answer in asked) == []
    orders = _answers(known, "order")
    assert orders and all(_keys(known.asked[id]) != answer for id, answer in orders)


def test_what_a_field_takes_does_not_give_the_answer_away(known):
    for id, answer in _answers(known, "number"):
        assert f"example {answer:g}." not in known.asked[id].takes.replace(",", "."), id


@pytest.mark.parametrize(
    "kind",
    [
        "Knowledge activity: own work",
        "Group activity",
        "Skills application: at work",
        "Naturally occurring evidence",
    ],
)
def test_every_kind_of_activity_is_there(formative, kind):
    assert re.search(rf"^\*[^*\n]*{kind}", formative.prose, re.MULTILINE)
    assert formative.prose.count("The source says … but …") >= 3


# --- the memo ---


def test_memo_covers_every_question_and_nothing_else(book):
    assert set(book.memo) == set(book.asked)
    assert {id for id, one in book.memo.items() if "levels" in one} == {cell["id"] for cell in book.tasks}
    for id, one in book.memo.items():
        assert {"answer", "why"} <= set(one) or {"model", "look_for"} <= set(one), id
        assert ("answer" in one) == (id in book.full)


def test_marked_questions_have_a_model_and_levels_from_full_points_to_none(book):
    for cell in book.tasks:
        one = book.memo[cell["id"]]
        points = [level["points"] for level in one["levels"]]
        assert points[0] == told(cell)["points"] and points[-1] == 0 and points == sorted(points, reverse=True)
        assert all(level["says"] for level in one["levels"]) and len(one["look_for"]) >= 3
        low, high = book.asked[cell["id"]].words
        assert low <= len(one["model"].split()) <= high, cell["id"]


def test_memo_answers_are_sound_and_earn_full_points(book):
    models = {id: one["model"] for id, one in book.memo.items() if "model" in one and book.asked[id].kind == "text"}
    for id, value in {**book.answers, **models}.items():
        assert book.asked[id].fault(value) is None, id
    points, graded = book.grade(book.answers)
    assert points == book.full
    assert all(one.state == "right" for one in graded.results.values())


@pytest.mark.parametrize("blank", ["missing", None, "", []], ids=repr)
def test_blank_answers_earn_nothing(book, blank):
    assert set(book.points({} if blank == "missing" else dict.fromkeys(book.asked, blank)).values()) == {0}


def test_wrong_answers_earn_nothing_and_the_hint_does_not_tell(known):
    wrong = {id: _another(known.asked[id], answer) for id, answer in known.answers.items()}
    assert not [id for id, value in wrong.items() if known.asked[id].fault(value)]
    points, graded = known.grade(wrong)
    assert sum(points.values()) == 0, {id: earned for id, earned in points.items() if earned}
    for id, result in graded.results.items():
        assert result.said
        if known.asked[id].kind == "number":  # written in any way, the figure itself must not stand in the hint
            assert f"{known.answers[id]:g}" not in result.said.replace(" ", "").replace("\u00a0", "")
        if known.asked[id].kind == "date":
            assert known.answers[id] not in result.said


def test_ticking_everything_earns_nothing(known):
    everything = {id: _keys(known.asked[id]) for id, _ in _answers(known, "choices")}
    points = known.points({**known.answers, **everything})
    assert everything and all(points[id] == 0 for id in everything)


def test_one_answer_for_all_rows_earns_little(book):
    assert not {id: share for id, share in book.all_alike().items() if share > 0.34}


def _answers(book, kind):
    return [(id, answer) for id, answer in book.answers.items() if book.asked[id].kind == kind]


def _keys(question):
    return [key for key, _ in question.options]


def _loaded(source):
    """Full names of what a cell imports."""
    nodes = list(ast.walk(ast.parse(source)))
    whole = {one.name for node in nodes if isinstance(node, ast.Import) for one in node.names}
    return whole | {
        f"{node.module}.{one.name}" for node in nodes if isinstance(node, ast.ImportFrom) for one in node.names
    }


def _another(question, answer):
    """An answer of the right form that is not right, and that earns no part either."""
    if question.kind == "number":
        return answer + 1 if question.fault(answer + 1) is None else answer - 1
    if question.kind == "date":
        return (dt.date.fromisoformat(answer) + dt.timedelta(1)).isoformat()
    if question.kind == "text":
        return "Come soon."
    if question.kind == "table":
        return [{name: _another(cell, row[name]) for name, cell in question.cells} for row in answer]
    if question.kind == "choice":
        return next(key for key in _keys(question) if key != answer)
    if question.kind == "choices":
        return [key for key in _keys(question) if key not in answer]
    return answer[::-1]
