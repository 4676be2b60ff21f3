"""Workbook so2 and its guide: form of the master, memo of every question, full marks for the memo, none for a blank."""

import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from learner_kit import survey, workbook
from learner_kit.course import master, programme

HOME = Path(__file__).resolve().parents[2]
PATH = HOME / "assessments/source/so2/so2.ipynb"
MASTER = json.loads(PATH.read_text(encoding="utf-8"))
MEMO = tomllib.loads((HOME / "assessments/memo/so2.toml").read_text(encoding="utf-8"))
GUIDE = json.loads((HOME / "notebooks/so2-initiate.ipynb").read_text(encoding="utf-8"))
CRITERIA = [one.id for one in programme.load().unit.criteria if one.outcome == "so2"]
MARKED = {id: one for id, one in MEMO.items() if "levels" in one}
ANSWERS = {id: one["answer"] for id, one in MEMO.items() if "answer" in one}
MODELS = {id: one["model"] for id, one in MEMO.items() if "model" in one}


def told(cell):
    return cell["metadata"].get("nbgrader", {})


def source(cell):
    return "".join(cell["source"])


CODE = [cell for cell in MASTER["cells"] if cell["cell_type"] == "code"]
CHECKS = [cell for cell in CODE if told(cell).get("grade")]
TASKS = [cell for cell in MASTER["cells"] if told(cell).get("task")]
ASKED = dict(master.questions(master.read(PATH)))


def grade(answers):
    """Run the master on answers; gives the points of each check, and what was asked and found."""
    run = master.run(master.read(PATH), answers)
    checks = [one for one in run.shown if one.cell.role == "check"]
    assert all(one.error is None or isinstance(one.error, workbook.CheckFailed) for one in checks), checks
    return {one.cell.grade_id: one.score for one in checks}, run


# --- the form of the master ---


def test_notebook_format_and_kernel():
    assert (MASTER["nbformat"], MASTER["nbformat_minor"]) == (4, 5)
    assert MASTER["metadata"]["kernelspec"] == {"name": "python3", "display_name": "Python 3", "language": "python"}


def test_cells_are_locked_have_readable_ids_and_no_outputs():
    ids = [cell["id"] for cell in MASTER["cells"]]
    assert len(ids) == len(set(ids)) and all(re.fullmatch(r"[a-z][a-z0-9-]{1,60}", id) for id in ids)
    for cell in CODE:
        assert cell["outputs"] == [] and cell["execution_count"] is None
        assert told(cell)["locked"] and not told(cell)["solution"] and told(cell)["grade_id"] == cell["id"]
    for cell in CODE + TASKS:
        assert set(told(cell)) - {"points"} == {"grade", "grade_id", "locked", "schema_version", "solution", "task"}
        assert told(cell)["schema_version"] == 3


def test_checks_begin_with_a_visible_test_and_hide_the_expected_value():
    for cell in CHECKS:
        visible, hidden = source(cell).split("### BEGIN HIDDEN TESTS\n")
        assert visible == f'book.check("{cell["id"]}")\n'
        assert hidden.endswith("### END HIDDEN TESTS") and f'"{cell["id"]}"' in hidden and "hint=" in hidden
        assert told(cell)["points"] > 0


def test_a_share_of_points_is_said_with_the_points_of_its_cell():
    for cell in CHECKS:
        said = re.search(r"^    points=(\d+)", source(cell), re.MULTILINE)
        shared = re.search(r"^    lambda", source(cell), re.MULTILINE) or ASKED[cell["id"]].kind == "table"
        assert bool(shared) == bool(said) and (not said or int(said[1]) == told(cell)["points"])


def test_masters_run_plain_python_and_load_nothing_heavy_for_a_learner():
    for cell in CODE:
        visible, *_ = source(cell).split("### BEGIN HIDDEN TESTS")
        loaded = set(re.findall(r"^(?:from|import) .+$", source(cell), re.MULTILINE))
        assert loaded <= {
            "from learner_kit import forms",
            "from learner_kit import notice",
            "from learner_kit import survey",
            "from learner_kit.workbook import Workbook, choice, choices, evidence, number, order, table, text",
            "import re",
        }
        assert "open(" not in source(cell) and "survey" not in re.sub(r'"[^"]*"', "", visible)


def test_prose_has_headings_in_order_no_html_and_no_dollar_signs():
    text = "\n".join(source(cell) for cell in MASTER["cells"] if cell["cell_type"] == "markdown")
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert "$" not in text and not re.search(r"<(?!/?(details|summary)\b)[a-z/]", text)


# --- what it asks ---


@pytest.mark.parametrize("criterion", CRITERIA)
def test_each_criterion_has_three_scored_questions(criterion):
    scored = [cell["id"] for cell in CHECKS + TASKS if cell["id"].startswith(criterion + "-")]
    assert len(scored) >= 6
    explained = [cell["id"] for cell in TASKS if cell["id"].startswith(criterion + "-")]
    assert len(explained) == (1 if criterion in ("so2-ac2", "so2-ac4") else 0)
    assert any(criterion in one.criteria for one in ASKED.values() if one.kind == "evidence")


def test_every_question_names_its_criterion_and_is_asked_once():
    assert len(CHECKS) >= 14
    assert all(any(id.startswith(one + "-") for one in CRITERIA) for id in ASKED)
    assert {cell["id"] for cell in CHECKS + TASKS} <= set(ASKED)
    assert all(ASKED[cell["id"]].kind == "text" for cell in TASKS)
    kinds = {"number", "choice", "choices", "order", "text", "table", "evidence"}
    assert {question.kind for question in ASKED.values()} == kinds


def test_the_right_option_does_not_always_stand_in_one_place():
    places = [
        [key for key, _ in ASKED[id].options].index(answer)
        for id, answer in ANSWERS.items()
        if ASKED[id].kind == "choice"
    ]
    assert max(places.count(place) for place in set(places)) <= len(places) * 0.6
    orders = [(id, answer) for id, answer in ANSWERS.items() if ASKED[id].kind == "order"]
    assert orders and all([key for key, _ in ASKED[id].options] != answer for id, answer in orders)


def test_every_kind_of_activity_is_there():
    text = "\n".join(source(cell) for cell in MASTER["cells"] if cell["cell_type"] == "markdown")
    for kind in (
        "Knowledge activity: own work",
        "Group activity",
        "Skills application: at work",
        "Naturally occurring evidence: notices",
    ):
        assert f"*{kind}" in text
    assert text.count("The source says … but …") >= 4


# --- the memo ---


def test_memo_covers_every_question_and_nothing_else():
    assert set(MEMO) == set(ASKED)
    assert set(MARKED) == {cell["id"] for cell in TASKS}
    for id, one in MEMO.items():
        assert {"answer", "why"} <= set(one) or {"model", "look_for"} <= set(one), id
        assert ("answer" in one) == (id in {cell["id"] for cell in CHECKS})


def test_marked_questions_have_a_model_and_levels_from_full_points_to_none():
    for cell in TASKS:
        one = MARKED[cell["id"]]
        points = [level["points"] for level in one["levels"]]
        assert points[0] == told(cell)["points"] and points[-1] == 0 and points == sorted(points, reverse=True)
        assert all(level["says"] for level in one["levels"]) and len(one["look_for"]) >= 3
        low, high = ASKED[cell["id"]].words
        assert low <= len(one["model"].split()) <= high, cell["id"]


def test_memo_answers_are_sound_and_earn_full_points():
    for id, value in {**ANSWERS, **{id: said for id, said in MODELS.items() if ASKED[id].kind == "text"}}.items():
        assert ASKED[id].fault(value) is None, id
    points, graded = grade(ANSWERS)
    assert points == {cell["id"]: told(cell)["points"] for cell in CHECKS}
    assert all(one.state == "right" for one in graded.results.values())


@pytest.mark.parametrize("blank", [{}, dict.fromkeys(ASKED), dict.fromkeys(ASKED, ""), {id: [] for id in ASKED}])
def test_blank_answers_earn_nothing(blank):
    assert set(grade(blank)[0].values()) == {0}


def test_wrong_answers_earn_nothing_and_the_hint_does_not_tell():
    wrong = {id: _another(ASKED[id], answer) for id, answer in ANSWERS.items()}
    points, graded = grade(wrong)
    assert sum(points.values()) == 0, {id: earned for id, earned in points.items() if earned}
    for id, result in graded.results.items():
        assert result.said
        if ASKED[id].kind == "number":  # written in any way, the figure itself must not stand in the hint
            assert f"{ANSWERS[id]:g}" not in result.said.replace(" ", "").replace("\u00a0", "")


def test_ticking_everything_earns_nothing():
    everything = {id: [key for key, _ in ASKED[id].options] for id in ANSWERS if ASKED[id].kind == "choices"}
    points, _ = grade({**ANSWERS, **everything})
    assert everything and all(points[id] == 0 for id in everything)


def test_a_part_that_is_right_earns_a_part_of_the_points():
    tally = [dict(row) for row in ANSWERS["so2-ac2-percentages"]]
    for place, printed in ((0, 6.48), (2, 22.77), (6, 3.73)):  # as the printed guide has them
        tally[place]["Share"] = printed
    points, _ = grade({"so2-ac2-percentages": tally, "so2-ac2-wrong-figures": ["year", "daily"]})
    assert points["so2-ac2-percentages"] == pytest.approx(4) and points["so2-ac2-wrong-figures"] == 0
    ends = {"so2-ac2-interval": [{"From": 49.8, "To": 60.0}], "so2-ac4-facts": ["base", "limit"]}
    points, _ = grade(ends)
    assert points["so2-ac2-interval"] == pytest.approx(1) and points["so2-ac4-facts"] == pytest.approx(2)


@pytest.mark.parametrize(
    ("said", "points"),
    [
        ("Kit Foods: rice, 10 kg R129, until Sat 28 Nov. Reply STOP to opt out.", 4),
        ("Rice, 10 kg R129, until Sat 28 Nov. Reply STOP to opt out.", 3),
        ("Kit Foods: rice, 10 kg R129, until Sat 28 Nov.", 3),
        ("KIT FOODS RICE SALE!!! 10 kg R129 until 28 Nov. Reply STOP to opt out", 3),
        ("Kit Foods sends you greetings. Reply STOP to opt out.", 0),
        ("hello", 0),
    ],
)
def test_the_rewritten_sms_is_weighed_point_by_point(said, points):
    assert grade({"so2-ac3-rewrite": said})[0]["so2-ac3-rewrite"] == pytest.approx(points)


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("so2-ac2-total", 99.99),
        ("so2-ac2-wrong-figures", ["year", "weekly", "never"]),
        ("so2-ac2-top-two", 57.3),
        ("so2-ac2-solved", 46.7),
        ("so2-ac2-interval", [{"From": 49.8, "To": 64.5}]),
        ("so2-ac1-loyal-share", 55),
        ("so2-ac3-parts", 2),
        ("so2-ac3-cost", 360),
        ("so2-ac4-response", 37),
    ],
)
def test_the_exercises_of_the_source_have_their_corrected_answers(id, value):
    assert ANSWERS[id] == value
    assert grade({id: value})[0][id] > 0


def test_what_the_prompts_say_is_what_the_practice_survey_gives():
    form = survey.Questionnaire.load(HOME / "data" / "questionnaire.toml")
    responses = survey.read_responses(HOME / "data" / "survey_responses.csv", form)
    counts = survey.tally(responses, "usage")["count"].tolist()
    assert counts == [35, 42, 46, 23, 20, 12, 7]
    happy, years = survey.satisfaction(responses), survey.compare(responses, "satisfaction", by="period")
    assert happy[:2] == (98, 171) and (years.first[:2], years.second[:2]) == ((31, 73), (67, 98))
    solved = survey.tally(responses, "outcome")
    assert (solved["count"].iloc[0], solved["base"].iloc[0]) == (35, 75)
    places = survey.importance_performance(responses)["quadrant"].tolist()
    assert places == [row["Quarter"] for row in ANSWERS["so2-ac2-quarters"]]


# --- the guide ---


def test_guide_is_stored_run_folded_and_without_warnings():
    assert GUIDE["metadata"]["kernelspec"]["name"] == "python3"
    code = [cell for cell in GUIDE["cells"] if cell["cell_type"] == "code"]
    assert all(re.fullmatch(r"[a-z][a-z0-9-]{1,60}", cell["id"]) for cell in GUIDE["cells"])
    assert all(cell["metadata"]["jupyter"]["source_hidden"] and cell["execution_count"] for cell in code)
    assert all(out["output_type"] == "execute_result" for cell in code for out in cell["outputs"])
    assert all(cell["outputs"] for cell in code if cell["id"] != "setup")


@pytest.mark.parametrize("criterion", CRITERIA)
def test_each_lesson_keeps_the_rhythm(criterion):
    """Why, idea, example, something to try, two to five checks, workplace task and reflection, for each criterion."""
    short = criterion.removeprefix("so2-")
    cells = [cell for cell in GUIDE["cells"] if cell["id"] == short or cell["id"].startswith(short + "-")]
    text = "\n".join(source(cell) for cell in cells)
    headings = re.findall(r"^### (.+)$", text, re.MULTILINE)
    assert headings == [
        "Why it matters",
        "The idea",
        "A worked example",
        "Try it",
        "Check yourself",
        "In your workplace",
        "Reflect",
    ]
    assert re.search(r"(calculator|sorter|survey_form|media_form|message_form|report_form)\(", text)
    assert re.search(r"(segments|survey\.\w+|media\.choose|notice\.sms_size)\(", text)
    assert "The source says … but …" in text
    assert 2 <= text.count("quiz(") <= 5 and f'"{criterion}-reflection"' in text
    assert f"evidence for {criterion.upper().replace('-', ' ')}" in " ".join(text.split())


def test_lessons_stand_in_the_order_of_the_criteria_and_say_so():
    text = "\n".join(source(cell) for cell in GUIDE["cells"])
    assert re.findall(r"^## Lesson (\d).*\(SO2 AC(\d)\)$", text, re.MULTILINE) == [(n, n) for n in "1234"]
    assert "report before the notices" in text


def test_ids_kept_by_the_guide_are_unique():
    ids = re.findall(r'(?:id=|prefix=|text\()"([^"]+)"', "\n".join(source(cell) for cell in GUIDE["cells"]))
    assert len(ids) == len(set(ids)) >= 20 and all(id.startswith(tuple(CRITERIA)) for id in ids)


def _another(question, answer):
    """An answer of the right form that is not right, and that earns no part either."""
    if question.kind == "number":
        return answer + 1
    if question.kind == "text":
        return "Come soon."
    if question.kind == "table":
        return [{name: _another(cell, row[name]) for name, cell in question.cells} for row in answer]
    keys = [key for key, _ in question.options]
    if question.kind == "choice":
        return next(key for key in keys if key != answer)
    if question.kind == "choices":
        return [key for key in keys if key not in answer]
    return answer[::-1]
